import type { ScheduledRun } from '@busbar/ocpp';
import type { Outgoing, TransactionAnswer } from './dialect/dialect.ts';
import type { TransactionEvent } from './evse/transaction.ts';
import { isLost } from './link.ts';
import type { Settings } from './settings.ts';

/** A day of samples each ten seconds; a station without connection for longer thins out what it holds. */
const mostWaiting = 8_640;

export interface DeliveryHost {
  /** There is a connection and the CSMS has accepted the station. */
  readonly isReady: boolean;
  readonly settings: Pick<Settings, 'messageAttempts' | 'messageAttemptIntervalSeconds'>;
  schedule(delayMs: number, run: () => void): ScheduledRun;
  /** Undefined for an event for which the version has no message. */
  translate(event: TransactionEvent): Outgoing<TransactionAnswer> | undefined;
  exchange<Answer>(message: Outgoing<Answer>): Promise<Answer>;
  delivered(event: TransactionEvent, answer: TransactionAnswer): void;
}

/** The transaction messages that the CSMS has not confirmed yet: in order, one at a time, through reboots. */
export class Delivery {
  readonly #host: DeliveryHost;
  #waiting: TransactionEvent[] = [];
  #attempts = 0;
  #sending = false;
  #retry: ScheduledRun | undefined;

  constructor(host: DeliveryHost) {
    this.#host = host;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** Nothing will be sent until something happens. */
  get isResting(): boolean {
    return !this.#sending && (this.#waiting.length === 0 || this.#retry !== undefined || !this.#host.isReady);
  }

  holds(transactionId: string): boolean {
    return this.#waiting.some(({ transaction }) => transaction.id === transactionId);
  }

  add(event: TransactionEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length > mostWaiting) this.#waiting = thinned(this.#waiting);
    this.pump();
  }

  /** Sends what waits, if there is a way. */
  pump(): void {
    if (this.#sending || this.#retry || !this.#host.isReady) return;
    const event = this.#waiting[0];
    if (!event) return;
    const message = this.#host.translate(event);
    if (!message) {
      this.#next();
      return;
    }
    this.#sending = true;
    this.#host.exchange(message).then(
      (answer) => {
        this.#sending = false;
        this.#next(() => this.#host.delivered(event, answer));
      },
      (error) => {
        this.#sending = false;
        this.#failed(error);
      },
    );
  }

  /** A new connection: waits that belonged to the old one are over. */
  resume(): void {
    this.stop();
    this.pump();
  }

  stop(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  #next(confirmed?: () => void) {
    this.#waiting.shift();
    this.#attempts = 0;
    confirmed?.();
    this.pump();
  }

  #failed(error: unknown) {
    // A lost connection is no refusal: the message stays first, for the next connection.
    if (isLost(error)) return;
    this.#attempts++;
    if (this.#attempts >= this.#host.settings.messageAttempts) {
      this.#next(); // E13.FR.04
      return;
    }
    // E13.FR.03: the interval times the number of transmissions before.
    this.#retry = this.#host.schedule(
      this.#host.settings.messageAttemptIntervalSeconds * this.#attempts * 1000,
      () => {
        this.#retry = undefined;
        this.pump();
      },
    );
  }
}

/** E04.FR.08: every other one of the Updated events goes, none of the others. The first may be under way. */
function thinned(events: readonly TransactionEvent[]): TransactionEvent[] {
  let updates = 0;
  return events.filter((event, index) => index === 0 || event.eventType !== 'Updated' || ++updates % 2 === 0);
}
