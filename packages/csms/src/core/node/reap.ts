import type { Pool } from 'pg';
import type { Committer, Entry } from '../../store/committer.ts';
import { lostOperation, type SentOperation } from '../operation/lost.ts';
import { claimRelease } from './tables.ts';

interface Orphan {
  readonly station_id: string;
  readonly epoch: string;
  readonly node: string;
  /** It was told that it is connected, and not yet that it is not. */
  readonly connected: boolean;
}

/** Stations that are taken away together; more would hold up what else waits for the committer. */
const releasedAtOnce = 500;

const problem = {
  code: 'Lost',
  detail: 'The node that sent it ended before the answer came',
} as const;

/**
 * Puts right what nodes that ended without a farewell left behind: their stations are connected no more, and nobody
 * waits for the answers to their commands. `dead` names them; without it they are all that are not in table `node`.
 * Returns how many stations were taken away. Several nodes may do it at once: each station is taken away once.
 */
export async function reap(
  deps: {
    readonly pool: Pool;
    readonly committer: Pick<Committer, 'commit'>;
    readonly now: () => Date;
  },
  dead?: readonly string[],
): Promise<number> {
  const { pool, committer, now } = deps;
  for (let released = 0; ; ) {
    const { rows: orphans } = await pool.query<Orphan>(
      `select station_id, epoch, node, connected_at is not null and disconnected_at is null as connected
       from station_owner owner
       where case when $1::text[] is null then node is not null and not exists (select from node where id = owner.node)
         else node = any($1) end
       order by station_id limit ${releasedAtOnce}`,
      [dead],
    );
    if (orphans.length === 0) return released;
    const operations = await operationsOf(pool, orphans);
    const at = now().toISOString();
    await Promise.all(
      orphans.map((orphan) => committer.commit(release(orphan, operations.get(orphan.station_id) ?? [], at))),
    );
    released += orphans.length;
  }
}

async function operationsOf(pool: Pool, orphans: readonly Orphan[]): Promise<Map<string, SentOperation[]>> {
  const { rows } = await pool.query<SentOperation>(
    "select id, station_id, command from operation where state = 'Sent' and station_id = any($1::text[])",
    [orphans.map(({ station_id }) => station_id)],
  );
  return Map.groupBy(rows, ({ station_id }) => station_id);
}

function release(orphan: Orphan, operations: readonly SentOperation[], at: string): Entry {
  const { station_id: stationId, node, connected } = orphan;
  return {
    source: `node ${node}`,
    claims: [claimRelease({ station_id: stationId, epoch: Number(orphan.epoch), node, at })],
    settle({ held }) {
      if (!held[0]) return { answer: undefined, writes: [], events: [] };
      const lost = operations.map((operation) => lostOperation(operation, problem, at));
      const data = { code: 1006, reason: 'the node that held it was lost' };
      return {
        answer: undefined,
        writes: lost.flatMap(({ writes }) => writes),
        events: [
          ...(connected ? [{ type: 'station.disconnected', stationId, at, data } as const] : []),
          ...lost.flatMap(({ events }) => events),
        ],
      };
    },
  };
}
