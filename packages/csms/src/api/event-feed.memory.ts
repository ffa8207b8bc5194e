import { type EventFeed, type FeedEvent, type FeedFilter, matches } from './event-feed.ts';

/** A feed without a database, for tests: counts its reads, and can be made to fail or to lose its wake-ups. */
export class MemoryEventFeed implements EventFeed {
  readonly events: FeedEvent[] = [];
  reads = 0;
  failure: Error | undefined;
  silent = false;
  /** How many events one read looks through. */
  eventsPerRead = Number.POSITIVE_INFINITY;
  /** How many of the oldest events are gone. */
  dropped = 0;
  readonly #listeners = new Set<() => void>();

  async append(events: readonly Omit<FeedEvent, 'position'>[]): Promise<void> {
    for (const event of events) this.events.push({ ...event, position: BigInt(this.events.length + 1) });
    if (!this.silent) for (const wake of this.#listeners) wake();
  }

  async read(after: bigint, limit: number, filter: FeedFilter) {
    this.reads += 1;
    await Promise.resolve();
    if (this.failure) throw this.failure;
    const looked = this.events.slice(Number(after), Number(after) + this.eventsPerRead);
    const found = looked.filter((event) => matches(event, filter));
    const events = found.slice(0, limit);
    const last = found.length > limit ? events.at(-1) : looked.at(-1);
    return { events, position: last?.position ?? after };
  }

  subscribe(wake: () => void): () => void {
    this.#listeners.add(wake);
    return () => this.#listeners.delete(wake);
  }

  async begin(): Promise<bigint> {
    if (this.failure) throw this.failure;
    return BigInt(this.dropped);
  }

  async head(): Promise<bigint> {
    if (this.failure) throw this.failure;
    return BigInt(this.events.length);
  }
}
