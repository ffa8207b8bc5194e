import { CallFailed, type CallFailure } from './call-failed.ts';
import { Fifo } from './fifo.ts';
import type { Expiring, Timeouts } from './timeouts.ts';

/** A CALL of ours from the asking to its end. */
export interface OutgoingCall {
  readonly messageId: string;
  readonly action: string;
  readonly payload: object;
  readonly timeoutMs: number;
  readonly resolve: (answer: object) => void;
  readonly reject: (error: CallFailed) => void;
}

/** Puts a call on the wire. */
export interface CallSender {
  sendCall(call: OutgoingCall): void;
}

export interface OutgoingCallsOptions {
  readonly sender: CallSender;
  readonly timeouts: Timeouts;
  readonly now: () => number;
  readonly maxWaiting: number;
  readonly maxRemembered: number;
}

/** FR.01: at most one CALL of ours is in flight; the others wait for its answer or its time-out. */
export class OutgoingCalls implements Expiring {
  readonly #options: OutgoingCallsOptions;
  #inFlight: OutgoingCall | undefined;
  #deadline = 0;
  #waiting: Fifo<OutgoingCall> | undefined;
  #timedOut: OutgoingCall[] | undefined;
  #lastAnsweredId: string | undefined;

  constructor(options: OutgoingCallsOptions) {
    this.#options = options;
  }

  get length(): number {
    return (this.#inFlight === undefined ? 0 : 1) + (this.#waiting?.length ?? 0);
  }

  get isInFlight(): boolean {
    return this.#inFlight !== undefined;
  }

  add(call: OutgoingCall): void {
    if (this.#inFlight === undefined) {
      this.#send(call);
      return;
    }
    this.#waiting ??= new Fifo();
    if (this.#waiting.length >= this.#options.maxWaiting) {
      fail(
        call,
        'QueueFull',
        false,
        `${this.#waiting.length} calls wait already: ${call.action} is not sent`,
      );
      return;
    }
    this.#waiting.push(call);
  }

  /** Takes out one that waits still; false when it was sent or has ended. */
  withdraw(call: OutgoingCall): boolean {
    return this.#waiting?.remove((waiting) => waiting === call) !== undefined;
  }

  /** The call that this answer ends; the next one is sent. */
  answered(messageId: string): OutgoingCall | undefined {
    const call = this.#inFlight;
    if (call?.messageId !== messageId) return undefined;
    this.#lastAnsweredId = messageId;
    this.#sendNext();
    return call;
  }

  /** A call that was given up, when its answer comes after all. */
  answeredLate(messageId: string): OutgoingCall | undefined {
    const at = this.#timedOut?.findIndex((call) => call.messageId === messageId) ?? -1;
    return at === -1 ? undefined : this.#timedOut?.splice(at, 1)[0];
  }

  isRepeated(messageId: string): boolean {
    return messageId === this.#lastAnsweredId;
  }

  expire(nowMs: number): void {
    const call = this.#inFlight;
    if (call === undefined || nowMs < this.#deadline) return;
    this.#timedOut ??= [];
    if (this.#timedOut.push(call) > this.#options.maxRemembered) this.#timedOut.shift();
    this.#sendNext();
    fail(call, 'Timeout', true, `${call.action} was not answered within ${call.timeoutMs} ms`);
  }

  close(reason: string): void {
    const inFlight = this.#inFlight;
    this.#inFlight = undefined;
    this.#options.timeouts.unwatch(this);
    if (inFlight !== undefined) {
      fail(
        inFlight,
        'Closed',
        true,
        `The connection ended before ${inFlight.action} was answered: ${reason}`,
      );
    }
    this.withdrawWaiting(reason);
  }

  withdrawWaiting(reason: string): void {
    for (const call of this.#waiting?.drain() ?? []) {
      fail(call, 'Closed', false, `The connection ended before ${call.action} was sent: ${reason}`);
    }
  }

  #send(call: OutgoingCall): void {
    this.#inFlight = call;
    this.#deadline = this.#options.now() + call.timeoutMs;
    this.#options.timeouts.watch(this);
    this.#options.sender.sendCall(call);
  }

  #sendNext(): void {
    const next = this.#waiting?.shift();
    if (next !== undefined) {
      this.#send(next);
      return;
    }
    this.#inFlight = undefined;
    this.#options.timeouts.unwatch(this);
  }
}

function fail(call: OutgoingCall, reason: CallFailure, sent: boolean, message: string): void {
  call.reject(new CallFailed({ reason, sent, message, messageId: call.messageId }));
}
