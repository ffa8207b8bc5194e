import type { ScheduledRun } from '@busbar/ocpp';
import type { BootAnswer, BootReason } from './dialect/dialect.ts';
import { isLost } from './link.ts';

/** Chosen by the station where the CSMS gives no interval, or no answer (B02.FR.07, B03.FR.05). */
const ownRetrySeconds = 60;

export interface RegistrationHost {
  readonly isOnline: boolean;
  schedule(delayMs: number, run: () => void): ScheduledRun;
  sendBoot(reason: BootReason): Promise<BootAnswer>;
  /** Accepted for the first time since the boot. */
  accepted(intervalSeconds: number): void;
}

export type RegistrationStatus = 'Unanswered' | BootAnswer['status'];

/** From power-on until the CSMS accepts the station (B01-B03). */
export class Registration {
  readonly #host: RegistrationHost;
  #status: RegistrationStatus = 'Unanswered';
  #reason: BootReason = 'PowerUp';
  #retry: ScheduledRun | undefined;
  #sending = false;

  constructor(host: RegistrationHost) {
    this.#host = host;
  }

  get status(): RegistrationStatus {
    return this.#status;
  }

  /** The station starts anew: it has to be accepted again (B01.FR.03). */
  begin(reason: BootReason): void {
    this.stop();
    this.#status = 'Unanswered';
    this.#reason = reason;
  }

  /** A connection stands. A BootNotification goes out unless its time has not come (B02.FR.04). */
  connected(): void {
    if (this.#status !== 'Accepted' && !this.#retry) this.#send(this.#reason);
  }

  /** The CSMS asked for a BootNotification. */
  triggered(): void {
    this.#send('Triggered');
  }

  stop(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  #send(reason: BootReason) {
    if (this.#sending) return;
    this.stop();
    this.#sending = true;
    this.#host
      .sendBoot(reason)
      .then(
        (answer) => this.#answered(answer),
        (error) => this.#failed(error),
      )
      .finally(() => {
        this.#sending = false;
      });
  }

  #answered({ status, intervalSeconds }: BootAnswer) {
    this.#status = status;
    if (status === 'Accepted') this.#host.accepted(intervalSeconds);
    else this.#again(intervalSeconds > 0 ? intervalSeconds : ownRetrySeconds);
  }

  #failed(error: unknown) {
    // With the connection gone there is nothing to wait for: the next one begins with a BootNotification.
    if (!isLost(error)) this.#again(ownRetrySeconds);
  }

  #again(seconds: number) {
    this.stop();
    this.#retry = this.#host.schedule(seconds * 1000, () => {
      this.#retry = undefined;
      if (this.#host.isOnline) this.#send(this.#reason);
    });
  }
}
