import type { Pool } from 'pg';
import { type EventFeed, type FeedEvent, matches } from '../api/event-feed.ts';

/** Batches read at once; each may hold some hundred events. */
const batchesPerRead = 50;

/** The outbox as a feed: events by position, replayed from any position that retention has left. */
export function createOutboxFeed(pool: Pool, subscribe: (wake: () => void) => () => void): EventFeed {
  return {
    subscribe,
    async head() {
      const { rows } = await pool.query('select last_position from relay');
      return rows[0]?.last_position ?? 0n;
    },
    async begin() {
      // Positions have no gaps: where nothing is left, what comes next is the first.
      const { rows } = await pool.query(
        'select coalesce((select min(first_position) - 1 from outbox), (select last_position from relay)) as position',
      );
      return rows[0]?.position ?? 0n;
    },
    async read(after, limit, filter) {
      const { rows } = await pool.query(
        `select first_position, events from outbox
         where first_position >= coalesce((select max(first_position) from outbox where first_position <= $1), 0)
         order by first_position limit $2`,
        [after, batchesPerRead],
      );
      const events: FeedEvent[] = [];
      let position = after;
      for (const row of rows) {
        const stated: readonly Omit<FeedEvent, 'position'>[] = JSON.parse(row.events);
        for (const [index, event] of stated.entries()) {
          const at = row.first_position + BigInt(index);
          if (at <= after) continue;
          if (events.length === limit) return { events, position };
          position = at;
          const found: FeedEvent = { position: at, ...event };
          if (matches(found, filter)) events.push(found);
        }
      }
      return { events, position };
    },
  };
}
