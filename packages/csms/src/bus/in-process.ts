import { type Bus, NoHearer } from './bus.ts';
import { withDeadline } from './deadline.ts';
import { createHere } from './here.ts';

/** The bus of a single node. Messages are copied, as they would be between machines. */
export function createInProcessBus(): Bus {
  const here = createHere();
  return {
    serve: here.serve,
    async request(subject, message, timeoutMs) {
      const answer = here.answerer(subject);
      if (!answer) throw new NoHearer(`nobody serves ${subject}`);
      return withDeadline(subject, timeoutMs, (late) => Promise.race([answer(message), late]));
    },
    publish: here.tell,
    subscribe: here.subscribe,
    async close() {
      here.clear();
    },
  };
}
