/** 32 buckets for each doubling: what is read from them is at most 3 % off. */
const bucketsPerDoubling = 32;

/** From 1 µs to more than an hour. */
const doublings = 32;

/** Latencies in fixed buckets, so that a million of them cost what one costs. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(bucketsPerDoubling * doublings);
  #count = 0;
  #maxMs = 0;

  record(ms: number): void {
    this.#count++;
    if (ms > this.#maxMs) this.#maxMs = ms;
    const index = indexOf(ms * 1000);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  get count(): number {
    return this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** The latency that this part of all stayed below: `quantileMs(0.99)`. */
  quantileMs(part: number): number {
    let left = Math.ceil(this.#count * part);
    for (let index = 0; index < this.#counts.length; index++) {
      left -= this.#counts[index] ?? 0;
      if (left <= 0 && this.#count > 0) return Math.min(upperEdge(index) / 1000, this.#maxMs);
    }
    return 0;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#maxMs = 0;
  }
}

function indexOf(micros: number): number {
  const value = Math.max(1, micros);
  const doubling = Math.min(doublings - 1, Math.floor(Math.log2(value)));
  const within = Math.floor((value / 2 ** doubling - 1) * bucketsPerDoubling);
  return doubling * bucketsPerDoubling + Math.min(bucketsPerDoubling - 1, within);
}

function upperEdge(index: number): number {
  const doubling = Math.floor(index / bucketsPerDoubling);
  return 2 ** doubling * (1 + ((index % bucketsPerDoubling) + 1) / bucketsPerDoubling);
}
