import { BusAway, BusFull, Declined, MessageTooLarge, NoHearer } from './bus.ts';
import type { NatsLimits } from './nats-limits.ts';
import type { NatsLink } from './nats-link.ts';
import type { Heard } from './nats-session.ts';
import { askSubject, decodeReply, encode, type Reply, replySubject } from './nats-wire.ts';

export interface AsksOptions {
  readonly link: NatsLink;
  /** Of this node. */
  readonly id: string;
  readonly limits: NatsLimits;
  readonly onBadMessage: () => void;
}

/** The requests of this node to others, each waiting for its answer. */
export interface Asks {
  /** @throws BusAway, BusFull, MessageTooLarge when nothing was sent */
  ask(subject: string, message: object): Ask;
  /** Ends the waiting of all of them. */
  failAll(error: Error): void;
  readonly count: number;
}

export interface Ask {
  readonly answer: Promise<object>;
  /** The asker does not wait any more. */
  end(): void;
}

/** One subscription hears the answers to all requests; the number at the end of their subject says to which. */
export function createAsks({ link, id, limits, onBadMessage }: AsksOptions): Asks {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  link.listen(replySubject(id, '*'), hear);

  return {
    ask(subject, message) {
      const data = encode(message);
      if (data.length > link.largestMessageBytes) {
        throw new MessageTooLarge(
          `a request of ${data.length} bytes on ${subject}: the bus takes ${link.largestMessageBytes}`,
        );
      }
      if (waiting.size >= limits.mostRequests) {
        throw new BusFull(`${limits.mostRequests} requests to other nodes wait for their answers already`);
      }
      const number = ++last;
      if (!link.send(askSubject(subject), data, replySubject(id, number))) {
        throw new BusAway(
          `nobody here serves ${subject}, and the other nodes cannot be reached: it was not sent`,
        );
      }
      const { promise, resolve, reject } = Promise.withResolvers<object>();
      waiting.set(number, {
        subject,
        resolve,
        reject,
        working: new Set(),
        refusal: undefined,
        grace: undefined,
      });
      return {
        answer: promise,
        end() {
          clearTimeout(waiting.get(number)?.grace);
          waiting.delete(number);
        },
      };
    },
    failAll(error) {
      for (const { reject } of waiting.values()) reject(error);
    },
    get count() {
      return waiting.size;
    },
  };

  function hear({ subject, data, isNoHearer }: Heard): void {
    const request = waiting.get(Number(subject.slice(subject.lastIndexOf('.') + 1)));
    // One that comes late, or second, is none of our business any more.
    if (!request) return;
    const reply = isNoHearer ? undefined : decodeReply(data);
    if (isNoHearer) request.reject(new NoHearer(`nobody serves ${request.subject}`));
    else if (reply) settle(request, reply);
    else onBadMessage();
  }

  function settle(request: Waiting, reply: Reply): void {
    const { subject, resolve, reject, refusal, working } = request;
    switch (reply.kind) {
      case 'answer':
        resolve(reply.answer);
        break;
      case 'error':
        reject(new Error(reply.text));
        break;
      case 'full':
        reject(new BusFull(`the node that serves ${subject} has too many requests under way`));
        break;
      case 'working':
        working.add(reply.by);
        clearTimeout(request.grace);
        break;
      case 'declined':
        refuse(request, reply.by, new Declined(reply.text, reply.reply));
        break;
      case 'gone':
        refuse(request, reply.by, refusal ?? new NoHearer(`nobody serves ${subject} any more`));
        break;
      default:
        reply satisfies never;
    }
  }

  /** Another may serve the subject as well, and has a moment to say so. */
  function refuse(request: Waiting, by: string, refusal: Declined | NoHearer): void {
    request.refusal = refusal;
    request.working.delete(by);
    if (request.working.size > 0) return;
    clearTimeout(request.grace);
    request.grace = setTimeout(() => request.reject(refusal), limits.declinedGraceMs);
  }
}

interface Waiting {
  readonly subject: string;
  readonly resolve: (answer: object) => void;
  readonly reject: (error: Error) => void;
  /** Nodes that said that they are at it. */
  readonly working: Set<string>;
  refusal: Declined | NoHearer | undefined;
  grace: NodeJS.Timeout | undefined;
}
