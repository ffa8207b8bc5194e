import type { Pool } from 'pg';
import { Type } from 'typebox';
import { text } from '../../api/fields.ts';
import { Problem } from '../../problem.ts';
import { identityKey } from './identity.ts';

/** The parameters of everything below /stations/{stationId}. */
export const StationPath = Type.Object({
  stationId: text(48, {
    description: 'The identity of the station, without regard to case',
    examples: ['CS-0001'],
  }),
});

/** SQL for the id of the station whose identity key is `$1`. */
export const stationOfKey = '(select id from station where identity_key = $1)';

export function unknownStation(stationId: string): Problem {
  return new Problem(
    'not-found',
    `There is no station ${stationId}. GET /api/v1/stations lists those that there are.`,
  );
}

/**
 * For lists below a station, which read by {@link stationOfKey}: one that came out empty may be that of a station that
 * does not exist. Asked only then.
 */
export async function refuseUnknownStation(
  pool: Pool,
  stationId: string,
  found: readonly unknown[],
): Promise<void> {
  if (found.length > 0) return;
  const { rowCount } = await pool.query('select from station where identity_key = $1', [
    identityKey(stationId),
  ]);
  if (rowCount === 0) throw unknownStation(stationId);
}

/** The identity as it was registered. Throws `not-found`. */
export async function readStationId(pool: Pool, stationId: string): Promise<string> {
  const { rows } = await pool.query<{ id: string }>('select id from station where identity_key = $1', [
    identityKey(stationId),
  ]);
  const [station] = rows;
  if (station === undefined) throw unknownStation(stationId);
  return station.id;
}
