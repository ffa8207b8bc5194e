/** Latencies in buckets that grow by about 5 %: exact enough for percentiles, and no memory per message. */
export class Histogram {
  readonly #counts = new Uint32Array(400);
  #total = 0;
  #max = 0;

  record(milliseconds: number): void {
    const bucket = bucketOf(milliseconds);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
    if (milliseconds > this.#max) this.#max = milliseconds;
  }

  get count(): number {
    return this.#total;
  }

  get max(): number {
    return this.#max;
  }

  /** The upper bound of the bucket in which the share lies, in milliseconds. */
  percentile(share: number): number {
    let left = this.#total * share;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.min(0.01 * growth ** (bucket + 1), this.#max);
    }
    return this.#max;
  }
}

const growth = 1.05;

function bucketOf(milliseconds: number): number {
  return Math.max(0, Math.min(399, Math.floor(Math.log(milliseconds / 0.01) / Math.log(growth))));
}
