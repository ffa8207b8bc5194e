/** One thing that happened, with its place in the order in which all readers see it. */
export interface FeedEvent {
  readonly position: bigint;
  readonly type: string;
  readonly stationId?: string;
  /** UTC instant by our clock, ISO 8601. */
  readonly at: string;
  readonly data: object;
}

/** Every filter that is given has to match. */
export interface FeedFilter {
  readonly stationId?: string;
  readonly types?: readonly string[];
}

/** The outbox as its readers see it. What a feed promises is in event-feed.contract.ts, run by every implementation. */
export interface EventFeed {
  /**
   * Up to `limit` matching events after a position, in order. `position` is how far the feed has been looked through:
   * every matching event up to there has been given, so that the next read goes on from it. There may be more even when
   * fewer than `limit` came, since one read does a bounded amount of work; the end is where the position stays.
   */
  read(
    after: bigint,
    limit: number,
    filter: FeedFilter,
  ): Promise<{ readonly events: readonly FeedEvent[]; readonly position: bigint }>;
  /** Calls back some time after something was appended: a hint, of which some may be lost. Returns its end. */
  subscribe(wake: () => void): () => void;
  /** The position of the newest event, 0 where there was none. */
  head(): Promise<bigint>;
  /** The position after which everything can still be read; what was before has been dropped by retention. */
  begin(): Promise<bigint>;
}

export function matches(event: FeedEvent, { stationId, types }: FeedFilter): boolean {
  return (stationId === undefined || event.stationId === stationId) && (types?.includes(event.type) ?? true);
}
