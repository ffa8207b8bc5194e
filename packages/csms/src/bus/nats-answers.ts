import { Declined } from './bus.ts';
import type { Here } from './here.ts';
import type { NatsLimits } from './nats-limits.ts';
import type { NatsLink } from './nats-link.ts';
import type { Heard } from './nats-session.ts';
import { decodeMessage, encode, isReplySubject, type Reply } from './nats-wire.ts';

export interface AnswersOptions {
  readonly link: NatsLink;
  readonly here: Here;
  /** Of this node. */
  readonly id: string;
  readonly limits: NatsLimits;
  readonly onBadMessage: () => void;
}

/** The requests of other nodes, answered by who serves their subject here. */
export interface Answers {
  hear(subject: string, heard: Heard): void;
  /** Resolves when none is under way. */
  idle(): Promise<void>;
}

export function createAnswers({ link, here, id, limits, onBadMessage }: AnswersOptions): Answers {
  let count = 0;
  const waiting: (() => void)[] = [];

  return {
    hear(subject, { data, reply }) {
      const message = decodeMessage(data);
      if (!message || !isReplySubject(reply)) onBadMessage();
      else if (count >= limits.mostAnswers) send(reply, { kind: 'full' });
      else {
        count++;
        void answer(subject, message, reply).finally(() => {
          if (--count === 0) for (const resolve of waiting.splice(0)) resolve();
        });
      }
    },
    idle() {
      return count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
  };

  async function answer(subject: string, message: object, to: string): Promise<void> {
    const answerer = here.answerer(subject);
    if (!answerer) {
      send(to, { kind: 'gone', by: id });
      return;
    }
    const slow = setTimeout(() => send(to, { kind: 'working', by: id }), limits.workingAfterMs);
    const reply = await answerer(message).then(
      (answer): Reply => ({ kind: 'answer', answer }),
      (error): Reply =>
        error instanceof Declined
          ? { kind: 'declined', by: id, text: error.message, reply: error.reply }
          : { kind: 'error', text: textOf(error) },
    );
    clearTimeout(slow);
    send(to, reply);
  }

  /** An answer that cannot be sent is not kept: the asker has given up by its time-out, or by the lost connection. */
  function send(to: string, reply: Reply): void {
    link.send(to, sendable(reply));
  }

  function sendable(reply: Reply): Uint8Array {
    try {
      const data = encode(reply);
      if (data.length <= link.largestMessageBytes) return data;
      const text = `the answer has ${data.length} bytes: the bus takes ${link.largestMessageBytes}`;
      return encode({ kind: 'error', text } satisfies Reply);
    } catch (error) {
      // It was done, and what came of it is nothing that JSON can carry.
      return encode({ kind: 'error', text: textOf(error) } satisfies Reply);
    }
  }
}

/** The message alone: a stack is for the log of the node where it happened. */
function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, longestText);
}

/** Of an error that goes to another node. */
const longestText = 1_000;
