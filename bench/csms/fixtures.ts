import pg from 'pg';

/** Registers the bench's stations and tokens in one statement each, as an import would. */
export async function registerFleet(databaseUrl: string, stations: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `insert into station (id, identity_key, admission, security_profile, created_at)
     select 'BENCH-' || n, 'bench-' || n, 'Accepted', 0, now() from generate_series(0, $1 - 1) n on conflict do nothing`,
    [stations],
  );
  await client.query(
    `insert into id_token (token_key, id_token, status, created_at, changed_at)
     select 'token-' || n, 'TOKEN-' || n, 'Accepted', now(), now() from generate_series(0, $1 - 1) n on conflict do nothing`,
    [stations],
  );
  await client.end();
}
