/** The back-off of 2.x Part 4, section 5.4; the fields are the variables of OCPPCommCtrlr. */
export interface Backoff {
  /** RetryBackOffWaitMinimum */
  readonly waitMinimumSeconds: number;
  /** RetryBackOffRandomRange */
  readonly randomRangeSeconds: number;
  /** RetryBackOffRepeatTimes: how often the wait is doubled before it stays. */
  readonly repeatTimes: number;
}

/** Ten seconds to about five minutes: quick after a restart of the CSMS, kind to it after a long one. */
export const defaultBackoff: Backoff = { waitMinimumSeconds: 10, randomRangeSeconds: 10, repeatTimes: 5 };

/**
 * The waits before each attempt to reconnect: the minimum plus a random part; then each time twice the wait
 * before plus a new random part, until it was doubled `repeatTimes` times; from there on the last wait.
 */
export class BackoffWaits {
  readonly #backoff: Backoff;
  readonly #random: () => number;
  #attempt = 0;
  #lastMs = 0;

  constructor(backoff: Backoff, random: () => number) {
    this.#backoff = backoff;
    this.#random = random;
  }

  nextMs(): number {
    const { waitMinimumSeconds, randomRangeSeconds, repeatTimes } = this.#backoff;
    if (this.#attempt <= repeatTimes) {
      const base = this.#attempt === 0 ? waitMinimumSeconds * 1000 : this.#lastMs * 2;
      this.#lastMs = base + this.#random() * randomRangeSeconds * 1000;
    }
    this.#attempt++;
    return this.#lastMs;
  }

  /** After a connection stood, the next loss starts from the minimum (errata 2025-04). */
  reset(): void {
    this.#attempt = 0;
    this.#lastMs = 0;
  }
}
