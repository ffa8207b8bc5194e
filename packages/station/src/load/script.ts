import { randomUUID } from 'node:crypto';
import type { Version } from '@busbar/ocpp';
import type { Outgoing } from '../dialect/dialect.ts';
import { type Random, wholeBetween } from '../random.ts';
import { messages2 } from './messages-2.ts';
import { messages16 } from './messages-16.ts';

/** One message of the load; `answered` hears what the CSMS said to it. */
export interface Step {
  readonly action: string;
  readonly payload: object;
  answered?(answer: object): void;
}

/** What the messages of one station are made from. */
export interface Plot {
  readonly stationId: string;
  readonly idToken: string;
  /** The running transaction. */
  transactionId: string;
  /** 1.6: the number that the CSMS gave. */
  number: number;
  seqNo: number;
  meterWh: number;
}

/** The words of one version for the same load. */
export interface LoadMessages {
  boot(plot: Plot): Step;
  /** The device model in parts; none in a version without such a message. */
  report(variables: number): readonly Outgoing<void>[];
  /** What is answered to a CALL of the CSMS, by action; the same for all stations. */
  answers(variables: number): Readonly<Record<string, object>>;
  authorize(plot: Plot): Step;
  status(plot: Plot, at: string): Step;
  meterValues(plot: Plot, at: string): Step;
  started(plot: Plot, at: string): Step;
  updated(plot: Plot, at: string): Step;
  ended(plot: Plot, at: string): Step;
}

const words: Record<Version, LoadMessages> = { '1.6': messages16, '2.0.1': messages2, '2.1': messages2 };

export function messagesOf(version: Version): LoadMessages {
  return words[version];
}

/** One message in ten is none of metering: the three of them in turn. */
const otherPart = 0.1;

const others = ['authorize', 'status', 'boot'] as const;

/** A transaction has so many Updated events. */
const updates = { least: 4, most: 10 };

/** What one station says, message after message, without end. */
export class Script {
  readonly plot: Plot;
  readonly #messages: LoadMessages;
  readonly #random: Random;
  #other = 0;
  #updatesLeft: number | undefined;
  #isMetering = false;

  constructor(stationId: string, idToken: string, version: Version, random: Random) {
    this.#messages = messagesOf(version);
    this.#random = random;
    const meterWh = wholeBetween(random, 0, 1_000_000);
    this.plot = { stationId, idToken, transactionId: '', number: 0, seqNo: 0, meterWh };
  }

  /** @param at the instant for its timestamps */
  next(at: string): Step {
    const { plot } = this;
    if (this.#random() < otherPart) {
      const kind = others[this.#other++ % others.length] ?? 'authorize';
      return this.#messages[kind](plot, at);
    }
    plot.meterWh += wholeBetween(this.#random, 10, 60);
    this.#isMetering = !this.#isMetering;
    if (this.#isMetering) return this.#messages.meterValues(plot, at);
    return this.#transaction(at);
  }

  #transaction(at: string): Step {
    const { plot } = this;
    if (this.#updatesLeft === undefined) {
      this.#updatesLeft = wholeBetween(this.#random, updates.least, updates.most);
      plot.transactionId = randomUUID();
      plot.seqNo = 0;
      return this.#messages.started(plot, at);
    }
    if (this.#updatesLeft-- > 0) return this.#messages.updated(plot, at);
    this.#updatesLeft = undefined;
    return this.#messages.ended(plot, at);
  }
}
