import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type TestDatabase, testDatabase } from '../testing/database.ts';
import { overdueSeconds, retainedTables, sweep, type TrimmedTable, trim } from './retention.ts';

const keys: TrimmedTable = { name: 'message_key', age: 'created_at' };
const before = new Date('2026-03-01T00:00:00Z');
const { signal } = new AbortController();
const limits = { stepRows: 100, restFactor: 0, restLeastMs: 0 };

/** So many keys of February, one a minute up to its end, and ten of March. */
async function withKeys(t: TestContext, old: number): Promise<TestDatabase> {
  const database = await testDatabase(t);
  await database.sql.query(
    `insert into message_key (station_id, kind, key, digest, answer, created_at)
     select 'CS1', 'event', n::text, '', '{}', timestamptz '2026-03-01T00:00Z' - n * interval '1 minute'
     from generate_series(-9, $1) n`,
    [old],
  );
  return database;
}

async function count({ sql }: TestDatabase, table: string): Promise<number> {
  const { rows } = await sql.query(`select count(*)::integer as n from ${table}`);
  return rows[0].n;
}

test('all old rows are removed in small steps, and no others', async (t) => {
  const database = await withKeys(t, 1_050);
  assert.equal(await overdueSeconds(keys, database.sql, before), 1_050 * 60);
  assert.equal(await trim(keys, { pool: database.sql, before, signal, limits }), 1_050);
  assert.equal(await overdueSeconds(keys, database.sql, before), 0);
  assert.equal(await count(database, 'message_key'), 10);
});

test('of several nodes at once one is at it, and together they remove everything', async (t) => {
  const database = await withKeys(t, 3_000);
  const pools = Array.from({ length: 4 }, (_, n) => database.pool({ name: `node ${n}`, max: 1 }));
  const removed = await Promise.all(pools.map((pool) => trim(keys, { pool, before, signal, limits })));
  assert.equal(
    removed.reduce((sum, rows) => sum + rows, 0),
    3_000,
  );
  assert.equal(await count(database, 'message_key'), 10);
});

test('while a step of another node is under way nothing is removed, and nobody waits for it', async (t) => {
  const database = await withKeys(t, 500);
  const other = await database.sql.connect();
  await other.query(`begin; select pg_advisory_xact_lock(hashtextextended('retention of message_key', 0))`);
  assert.equal(await trim(keys, { pool: database.sql, before, signal, limits }), 0);
  await other.query('commit');
  other.release();
  assert.equal(await trim(keys, { pool: database.sql, before, signal, limits }), 500);
});

test('it ends between two steps when the server ends', async (t) => {
  const database = await withKeys(t, 500);
  const ended = AbortSignal.abort();
  assert.equal(await trim(keys, { pool: database.sql, before, signal: ended, limits }), 100);
  assert.equal(await count(database, 'message_key'), 410);
});

test('old keys are found by their index, also when the table was planned for empty', async (t) => {
  const database = await withKeys(t, 500);
  await database.sql.query('analyze message_key');
  await database.sql.query(
    `insert into message_key select station_id, 'more', key || '-' || n, digest, answer, created_at + interval '1 year'
     from message_key, generate_series(1, 100) n; analyze message_key`,
  );
  const { rows } = await database.sql.query(
    `explain select ctid from message_key where created_at < $1 order by created_at limit 5000`.replace(
      '$1',
      `'${before.toISOString()}'`,
    ),
  );
  assert.match(JSON.stringify(rows), /Index Scan using message_key_by_age/);
});

test('a transaction goes with its events, an open one never', async (t) => {
  const database = await testDatabase(t);
  const { sql } = database;
  await sql.query(
    `insert into transaction (id, station_id, station_transaction_id, version, state, start_seen, started_at, started_received_at)
     select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'CS1', n::text, '2.1',
       case when n % 10 = 0 then 'Active' else 'Ended' end, true, at, at
     from generate_series(1, 300) n, lateral (select timestamptz '2026-03-01T00:00Z' - (n - 100) * interval '1 hour' as at) when_it_was;
     insert into transaction_event (transaction_id, ordinal, kind, at, received_at, details)
     select id, n, 'Updated', started_at, started_at, '{}' from transaction, generate_series(1, 3) n`,
  );
  const table: TrimmedTable = {
    name: 'transaction',
    age: 'started_received_at',
    only: "state = 'Ended'",
    with: { name: 'transaction_event', column: 'transaction_id' },
  };
  // 101 to 300 are of February; of these 20 are open.
  assert.equal(await trim(table, { pool: sql, before, signal, limits }), 180);
  assert.equal(await count(database, 'transaction'), 120);
  assert.equal(await count(database, 'transaction_event'), 360);
});

test('what has no index by age is looked through block by block', async (t) => {
  const database = await testDatabase(t);
  await database.sql.query(
    `insert into finding (station_id, kind, subject, detail, first_seen_at, last_seen_at, count)
     select 'CS1', 'clock-wrong', n::text, repeat('x', 200), '2025-01-01T00:00Z',
       timestamptz '2026-03-01T00:00Z' + case when n % 3 = 0 then 1 else -1 end * interval '1 day', 1
     from generate_series(1, 3000) n`,
  );
  const table = { name: 'finding', of: 'finding', age: 'last_seen_at' } as const;
  const steps = { ...limits, stepBlocks: 7 };
  assert.equal(await sweep(table, { pool: database.sql, before, signal, limits: steps }), 2_000);
  assert.equal(await count(database, 'finding'), 1_000);
});

test('every table is either kept in bounds or known to grow with the network', async (t) => {
  const { sql } = await testDatabase(t);
  const { rows } = await sql.query(
    `select relname as name from pg_class where relkind in ('r', 'p') and not relispartition
     and relnamespace = 'public'::regnamespace`,
  );
  const withTheNetwork = [
    'access_token',
    'connector',
    'id_token',
    'installation',
    'node',
    'relay',
    'schema_migration',
    'station',
    'station_owner',
    'token_use',
    'transaction_event',
    'variable',
  ];
  assert.deepEqual(rows.map(({ name }) => name).sort(), [...withTheNetwork, ...retainedTables].sort());
});
