import type { Pool } from 'pg';
import type { Committer } from '../../store/committer.ts';
import { writeSettlement } from '../operation/tables.ts';
import { writeDisconnected } from './ownership.ts';

/**
 * Puts right what a server that ended without a farewell left in the database: its stations are connected no more,
 * and the answers to its commands are not awaited by anybody. At the start of the only node nothing else can be
 * connected.
 */
export async function clearLeftovers(options: {
  readonly pool: Pool;
  readonly committer: Pick<Committer, 'commit'>;
  readonly now: () => Date;
}): Promise<void> {
  const { pool, committer } = options;
  const [connections, operations] = await Promise.all([
    pool.query<{ station_id: string }>(
      'select station_id from station_owner where connected_at is not null and disconnected_at is null',
    ),
    pool.query<{ id: string; station_id: string; command: string }>(
      "select id, station_id, command from operation where state = 'Sent'",
    ),
  ]);
  if (connections.rows.length + operations.rows.length === 0) return;
  const at = options.now().toISOString();
  const state = 'Unknown';
  const problem = { code: 'Lost', detail: 'The server that sent it ended before the answer came' };
  await committer.commit({
    source: 'start',
    settle: () => ({
      answer: undefined,
      writes: [
        ...connections.rows.map(({ station_id }) => writeDisconnected({ station_id, at })),
        ...operations.rows.map(({ id }) => writeSettlement({ id, state, result: undefined, problem, at })),
      ],
      events: [
        ...connections.rows.map(
          ({ station_id: stationId }) =>
            ({
              type: 'station.disconnected',
              stationId,
              at,
              data: { code: 1006, reason: 'the server ended unexpectedly' },
            }) as const,
        ),
        ...operations.rows.map(
          ({ id: operationId, station_id: stationId, command }) =>
            ({
              type: 'operation.changed',
              stationId,
              at,
              data: { operationId, command, state, problem },
            }) as const,
        ),
      ],
    }),
  });
}
