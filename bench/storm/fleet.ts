import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createCredentials } from '../../packages/csms/src/core/station/credentials.ts';
import type { StormPlan } from './stations.ts';

export const pepper = randomBytes(32).toString('base64');

/** Registers stations that have each a generated password, as an import would, and gives what they log in with. */
export async function registerWithPasswords(
  databaseUrl: string,
  fleet: { readonly name: string; readonly count: number; readonly securityProfile: 1 | 2 },
): Promise<StormPlan['stations']> {
  const credentials = createCredentials({ pepper: Buffer.from(pepper) });
  const { name, count, securityProfile } = fleet;
  const made = Array.from({ length: count }, (_, n) => ({ id: `${name}-${n}`, ...credentials.generate() }));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `insert into station (id, identity_key, admission, security_profile, password, created_at)
     select id, lower(id), 'Accepted', $3, password::jsonb, now() from unnest($1::text[], $2::text[]) as made (id, password)`,
    [made.map(({ id }) => id), made.map(({ stored }) => JSON.stringify(stored)), securityProfile],
  );
  await client.end();
  return made.map(({ id, password }) => ({ id, password }));
}

/** Stations whose owner changed more than once, and stations that are not connected: both should be none. */
export async function lookAtOwners(databaseUrl: string): Promise<{ twice: number; absent: number }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(
    `select count(*) filter (where epoch > 1)::integer as twice,
       count(*) filter (where epoch is null or node is null)::integer as absent
     from station left join station_owner on station_owner.station_id = station.id`,
  );
  await client.end();
  return rows[0];
}
