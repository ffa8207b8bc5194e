import type { Log } from '../log.ts';
import { type Bus, BusAway, Declined, MessageTooLarge, NoHearer } from './bus.ts';
import { withDeadline, within } from './deadline.ts';
import { createHere } from './here.ts';
import { createAnswers } from './nats-answers.ts';
import { createAsks } from './nats-asks.ts';
import { type NatsLimits, natsLimits } from './nats-limits.ts';
import { type BusState, openNatsLink } from './nats-link.ts';
import type { NatsSettings } from './nats-server.ts';
import { askSubject, decodeMessage, encode, tellSubject } from './nats-wire.ts';

export interface NatsBusOptions {
  readonly settings: NatsSettings;
  /** Of this node; letters, digits, `-` and `_`. */
  readonly id: string;
  /** What NATS's own monitoring calls this node. */
  readonly name: string;
  readonly log: Log;
  readonly random: () => number;
  readonly metrics?: BusMetrics;
  readonly onState?: (state: BusState) => void;
  readonly limits?: Partial<NatsLimits>;
}

export interface BusMetrics {
  /** Other nodes were not told something. */
  publishDropped(): void;
  /** Something came in that is none of Busbar's messages. */
  badMessage(): void;
}

export interface NatsBus extends Bus {
  readonly state: BusState;
  /** To other nodes, unanswered. */
  readonly requestsInFlight: number;
  /** Resolves when NATS knows what was said, served and subscribed to so far; at once while it is away. */
  settled(): Promise<void>;
}

/**
 * The bus between nodes. Resolves when it is connected, or was found not to be: it goes on trying, for ever, and what
 * is served on this node is answered all the same.
 *
 * @throws Error when BUSBAR_NATS_URL cannot be read
 */
export async function createNatsBus(options: NatsBusOptions): Promise<NatsBus> {
  const { settings, id, name, log, random, metrics } = options;
  const limits = { ...natsLimits, ...options.limits };
  const here = createHere();
  const link = openNatsLink({ settings, name, log, random, limits, onState });
  const onBadMessage = () => metrics?.badMessage();
  const asks = createAsks({ link, id, limits, onBadMessage });
  const answers = createAnswers({ link, here, id, limits, onBadMessage });
  /** How to leave the subjects that are served and heard here: one subscription for each. */
  const served = new Map<string, () => void>();
  const heard = new Map<string, () => void>();
  await within(limits.firstWaitMs, link.tried);

  return {
    get state() {
      return link.state;
    },
    get requestsInFlight() {
      return asks.count;
    },
    settled: link.settled,
    serve(subject, answer) {
      const wire = askSubject(subject);
      const stop = here.serve(subject, answer);
      if (!served.has(subject)) {
        const leave = link.listen(wire, (message) => answers.hear(subject, message));
        served.set(subject, leave);
      }
      return () => {
        if (stop()) leaveOne(served, subject);
      };
    },
    request(subject, message, timeoutMs) {
      return withDeadline(subject, timeoutMs, async (late) => {
        const answer = here.answerer(subject);
        if (!answer) return askOthers(subject, message, late);
        try {
          return await Promise.race([answer(message), late]);
        } catch (error) {
          if (error instanceof Declined) return askOthers(subject, message, late, error);
          throw error;
        }
      });
    },
    publish(subject, message) {
      const wire = tellSubject(subject);
      const data = encode(message);
      if (data.length > link.largestMessageBytes) {
        throw new MessageTooLarge(
          `a message of ${data.length} bytes on ${subject}: the bus takes ${link.largestMessageBytes}`,
        );
      }
      here.tell(subject, message);
      if (!link.send(wire, data)) metrics?.publishDropped();
    },
    subscribe(subject, hear) {
      const wire = tellSubject(subject);
      const stop = here.subscribe(subject, hear);
      if (!heard.has(subject)) {
        const leave = link.listen(wire, ({ data }) => tellHere(subject, data));
        heard.set(subject, leave);
      }
      return () => {
        if (stop()) leaveOne(heard, subject);
      };
    },
    async close() {
      for (const subject of [...served.keys()]) leaveOne(served, subject);
      for (const subject of [...heard.keys()]) leaveOne(heard, subject);
      asks.failAll(new BusAway('this node ends; whether the request was heard is not known'));
      // Settled once for the requests that were on their way here, and once for the answers to them.
      await within(limits.closeMs, link.settled().then(answers.idle).then(link.settled));
      await link.close();
      here.clear();
    },
  };

  async function askOthers(
    subject: string,
    message: object,
    late: Promise<never>,
    refusal?: Declined,
  ): Promise<object> {
    const ask = asks.ask(subject, message);
    try {
      return await Promise.race([ask.answer, late]);
    } catch (error) {
      throw error instanceof NoHearer && refusal ? refusal : error;
    } finally {
      ask.end();
    }
  }

  function tellHere(subject: string, data: Uint8Array): void {
    const message = decodeMessage(data);
    if (message) here.tell(subject, message);
    else onBadMessage();
  }

  function onState(state: BusState): void {
    if (state === 'connected') here.tellAll({});
    else {
      asks.failAll(
        new BusAway('the connection to the other nodes was lost; whether the request was heard is not known'),
      );
    }
    options.onState?.(state);
  }
}

function leaveOne(subjects: Map<string, () => void>, subject: string): void {
  subjects.get(subject)?.();
  subjects.delete(subject);
}
