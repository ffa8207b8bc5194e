import type { Clock } from '../clock.ts';

export interface Expiring {
  /** Looks whether its time is over. */
  expire(nowMs: number): void;
}

/** A call may be given up this much late, which is little beside 30 s. */
const sweepMs = 250;

/** One timer for everything that waits on a clock, and none while nothing waits. */
export class Timeouts {
  readonly #clock: Clock;
  readonly #watched = new Set<Expiring>();
  #isSweeping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(expiring: Expiring): void {
    this.#watched.add(expiring);
    if (!this.#isSweeping) this.#schedule();
  }

  unwatch(expiring: Expiring): void {
    this.#watched.delete(expiring);
  }

  #schedule(): void {
    this.#isSweeping = true;
    this.#clock.schedule(sweepMs, () => this.#sweep());
  }

  #sweep(): void {
    const nowMs = this.#clock.now();
    for (const expiring of this.#watched) expiring.expire(nowMs);
    this.#isSweeping = false;
    if (this.#watched.size > 0) this.#schedule();
  }
}
