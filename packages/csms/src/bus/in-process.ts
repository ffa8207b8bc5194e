import { type Bus, BusTimeout, NoHearer } from './bus.ts';

/** The bus of a single node. Messages are copied, as they would be between machines. */
export function createInProcessBus(): Bus {
  const servers = new Map<string, (message: object) => Promise<object>>();
  const hearers = new Map<string, Set<(message: object) => void>>();

  return {
    serve(subject, answer) {
      servers.set(subject, answer);
      return () => {
        if (servers.get(subject) === answer) servers.delete(subject);
      };
    },
    async request(subject, message, timeoutMs) {
      const answer = servers.get(subject);
      if (!answer) throw new NoHearer(`nobody serves ${subject}`);
      const { promise: late, reject } = Promise.withResolvers<never>();
      const timer = setTimeout(
        () => reject(new BusTimeout(`no answer on ${subject} in ${timeoutMs} ms`)),
        timeoutMs,
      );
      try {
        return structuredClone(await Promise.race([answer(structuredClone(message)), late]));
      } finally {
        clearTimeout(timer);
      }
    },
    publish(subject, message) {
      for (const hear of hearers.get(subject) ?? []) setImmediate(hear, structuredClone(message));
    },
    subscribe(subject, hear) {
      const set = hearers.get(subject) ?? new Set();
      hearers.set(subject, set.add(hear));
      return () => {
        set.delete(hear);
        if (set.size === 0 && hearers.get(subject) === set) hearers.delete(subject);
      };
    },
    async close() {
      servers.clear();
      hearers.clear();
    },
  };
}
