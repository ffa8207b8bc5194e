import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Log } from '../log.ts';

export interface Relay {
  /** Says that something was committed. */
  wake(): void;
  close(): Promise<void>;
}

export interface RelayOptions {
  /** A connection of the relay's own: its session holds the lease. */
  readonly connect: () => Promise<Client>;
  /** Positions were given; readers may look. */
  readonly onPositions: () => void;
  readonly log: Log;
  readonly limits?: Partial<Record<keyof typeof relayLimits, number>>;
}

export const relayLimits = {
  /** Batches that get their positions in one statement. */
  batches: 200,
  /** Events wait at most this long for their positions when nobody wakes the relay, as after a commit elsewhere. */
  pollMs: 1_000,
  /** Several commits in short succession are positioned together. */
  gatherMs: 20,
  /** How often a node without the lease tries for it. */
  leaseRetryMs: 2_000,
  /** What a statement under way may take when we end; a frozen server's would take for ever. */
  farewellMs: 2_000,
} as const;

/** Any number, the same on every node: whoever holds the lock is the relay. */
const leaseLock = 7_233_100_603;

/**
 * Gives committed events their positions. With several commits under way the order of a sequence is not the order of
 * commit, so positions are given afterwards, by one relay at a time, in the order in which it saw the commits. Events
 * of one station keep their order: its next message is decided only after the commit of the one before.
 */
export function startRelay({ connect, onPositions, log, limits: given }: RelayOptions): Relay {
  const limits: Record<keyof typeof relayLimits, number> = { ...relayLimits, ...given };
  const ending = new AbortController();
  let closed = false;
  let leading: Client | undefined;
  let wake = Promise.withResolvers<void>();
  const stopped = loop();

  return {
    wake: () => wake.resolve(),
    async close() {
      closed = true;
      ending.abort();
      wake.resolve();
      const patience = setTimeout(() => leading?.connection.stream.destroy(), limits.farewellMs);
      await stopped;
      clearTimeout(patience);
    },
  };

  async function loop(): Promise<void> {
    while (!closed) {
      try {
        await lead();
      } catch (error) {
        if (!closed) log.warn({ err: error }, 'the relay lost its connection and starts again');
      }
      // Commits do not wake this one: each would be an attempt of its own.
      await delay(limits.leaseRetryMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  }

  /** Holds the lease for as long as its connection lives. */
  async function lead(): Promise<void> {
    const client = await connect();
    client.on('error', () => {});
    leading = client;
    try {
      const { rows } = await client.query('select pg_try_advisory_lock($1) as leads', [leaseLock]);
      while (!closed && rows[0].leads) {
        wake = Promise.withResolvers();
        let given = 0;
        do {
          given = await givePositions(client, limits.batches);
          if (given > 0) onPositions();
        } while (given > 0 && !closed);
        await rest(limits.pollMs);
        if (!closed) await new Promise((resolve) => setTimeout(resolve, limits.gatherMs));
      }
    } finally {
      await client.end().catch(() => {});
      leading = undefined;
    }
  }

  /** Until woken, or for the time given. */
  async function rest(milliseconds: number): Promise<void> {
    const timer = setTimeout(() => wake.resolve(), milliseconds);
    await wake.promise;
    clearTimeout(timer);
    if (!closed) wake = Promise.withResolvers();
  }
}

/** Returns how many batches got their positions. */
async function givePositions(client: Client, limit: number): Promise<number> {
  const { rowCount } = await client.query({
    name: 'give-positions',
    text: `with waiting as (
        select created_at, batch_id, event_count,
          sum(event_count) over (order by seq) - event_count as before, sum(event_count) over () as total
        from (select * from outbox where first_position is null and event_count > 0 order by seq limit $1) next
      ),
      counter as (
        update relay set last_position = last_position + coalesce((select max(total) from waiting), 0)
        where exists (select from waiting)
        returning last_position
      )
      update outbox set first_position = counter.last_position - waiting.total + waiting.before + 1
      from waiting, counter
      where outbox.created_at = waiting.created_at and outbox.batch_id = waiting.batch_id`,
    values: [limit],
  });
  return rowCount ?? 0;
}
