import { setTimeout as delay } from 'node:timers/promises';
import type { Client, QueryConfig } from 'pg';
import type { Log } from '../log.ts';

export interface Relay {
  /** Whether it has the lease, as far as it knows. */
  readonly leads: boolean;
  /** Says that something was committed. */
  wake(): void;
  close(): Promise<void>;
}

export interface RelayOptions {
  /** Whose lease it is: one for each process. */
  readonly holder: string;
  readonly connect: () => Promise<Client>;
  /** Positions were given; readers may look. */
  readonly onPositions: () => void;
  readonly log: Log;
  readonly limits?: Partial<Record<keyof typeof relayLimits, number>>;
}

export const relayLimits = {
  /** Batches that get their positions in one statement. */
  batches: 200,
  /** Events wait at most this long for their positions when nobody wakes the relay. */
  pollMs: 1_000,
  /** Several commits in short succession are positioned together. */
  gatherMs: 20,
  /** A relay that does not renew its lease for so long has lost it: it paused, was cut off, or ended. */
  leaseMs: 5_000,
  /** How often it is renewed, and how often the others try for it. */
  leaseTryMs: 1_500,
  /** An answer that takes longer is given up with its connection, which may be cut without anybody having said so. */
  answerMs: 5_000,
  /** A frozen server does not answer a farewell. */
  farewellMs: 1_000,
} as const;

/**
 * Gives committed events their positions. With several commits under way the order of a sequence is not the order of
 * commit, so positions are given afterwards, by one relay at a time, in the order in which it saw the commits. Events
 * of one station keep their order: its next message is decided only after the commit of the one before.
 *
 * Which node's relay does it stands in the row that has the last position. Each statement that gives positions changes
 * that row and looks whether the lease is still its own, so that one that was paused can give none after it woke up.
 */
export function startRelay({ holder, connect, onPositions, log, limits: given }: RelayOptions): Relay {
  const limits: Record<keyof typeof relayLimits, number> = { ...relayLimits, ...given };
  const ending = new AbortController();
  let closed = false;
  let client: Client | undefined;
  let wake = Promise.withResolvers<void>();
  let leads = false;
  const stopped = loop();

  return {
    get leads() {
      return leads;
    },
    wake: () => wake.resolve(),
    async close() {
      closed = true;
      ending.abort();
      wake.resolve();
      await stopped;
    },
  };

  async function loop(): Promise<void> {
    while (!closed) {
      try {
        await serve();
      } catch (error) {
        if (!closed) log.warn({ err: error }, 'the relay lost its connection and starts again');
      }
      await delay(limits.leaseTryMs, undefined, { signal: ending.signal }).catch(() => {});
    }
  }

  /** With one connection, for as long as it lives: waits for the lease, and leads while it has it. */
  async function serve(): Promise<void> {
    client = await connect();
    client.on('error', () => {});
    try {
      while (!closed) {
        if (await lease()) await lead();
        // Commits do not wake one without the lease: each would be an attempt of its own.
        else await delay(limits.leaseTryMs, undefined, { signal: ending.signal }).catch(() => {});
      }
      await ask({ text: 'update relay set holder = null where holder = $1', values: [holder] });
    } finally {
      const left = client;
      client = undefined;
      leads = false;
      await Promise.race([left.end(), delay(limits.farewellMs)]).catch(() => {});
      left.connection.stream.destroy();
    }
  }

  /** Takes the lease where it is free, or renews it. */
  async function lease(): Promise<boolean> {
    const { rowCount } = await ask({
      name: 'lease',
      text: `update relay set holder = $1, leased_until = clock_timestamp() + $2 * interval '1 millisecond'
       where holder = $1 or holder is null or leased_until < clock_timestamp()`,
      values: [holder, limits.leaseMs],
    });
    leads = rowCount === 1;
    return leads;
  }

  async function lead(): Promise<void> {
    let renewedMs = performance.now();
    while (!closed) {
      wake = Promise.withResolvers();
      let given = 0;
      do {
        const values = [limits.batches, holder, limits.leaseMs];
        given = (await ask({ name: 'give-positions', text: givePositions, values })).rowCount ?? 0;
        if (given > 0) onPositions();
      } while (given > 0 && !closed);
      if (performance.now() - renewedMs >= limits.leaseTryMs) {
        if (!(await lease())) return;
        renewedMs = performance.now();
      }
      await rest(limits.pollMs);
      if (!closed) await delay(limits.gatherMs);
    }
  }

  async function ask(query: QueryConfig): Promise<{ readonly rowCount: number | null }> {
    const cut = setTimeout(() => client?.connection.stream.destroy(), limits.answerMs);
    try {
      if (!client) throw new Error('the relay has no connection');
      return await client.query(query);
    } finally {
      clearTimeout(cut);
    }
  }

  /** Until woken, or for the time given. */
  async function rest(milliseconds: number): Promise<void> {
    const timer = setTimeout(() => wake.resolve(), milliseconds);
    await wake.promise;
    clearTimeout(timer);
  }
}

/** The count of its rows is how many batches got their positions: none where the lease is another's. */
const givePositions = `with waiting as (
    select created_at, batch_id, event_count,
      sum(event_count) over (order by seq) - event_count as before, sum(event_count) over () as total
    from (select * from outbox where first_position is null and event_count > 0 order by seq limit $1) next
  ),
  counter as (
    update relay set last_position = last_position + coalesce((select max(total) from waiting), 0),
      leased_until = clock_timestamp() + $3 * interval '1 millisecond'
    where holder = $2 and exists (select from waiting)
    returning last_position
  )
  update outbox set first_position = counter.last_position - waiting.total + waiting.before + 1
  from waiting, counter
  where outbox.created_at = waiting.created_at and outbox.batch_id = waiting.batch_id`;
