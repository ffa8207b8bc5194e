import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase, withDatabase } from './database.ts';

test('a test has a database of its own, with the schema in it', async (t) => {
  const [one, two] = await Promise.all([testDatabase(t), testDatabase(t)]);
  await one.sql.query('CREATE TABLE only_here ()');
  const { rows } = await two.sql.query<{ missing: boolean; migrated: bigint }>(
    `SELECT to_regclass('only_here') IS NULL AS missing, (SELECT count(*) FROM schema_migration) AS migrated`,
  );
  assert.equal(rows[0]?.missing, true);
  assert.ok((rows[0]?.migrated ?? 0n) > 0n);
});

test('the database is dropped afterwards, though somebody is still connected', async (t) => {
  const other = await testDatabase(t, { migrations: null });
  const name = await withDatabase(
    async (database) => {
      const client = await database.pool({ name: 'forgotten', max: 1 }).connect();
      client.on('error', () => undefined);
      t.after(() => client.release(true));
      const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
      void database.stop();
      return rows[0]?.name;
    },
    { migrations: null },
  );
  const { rowCount } = await other.sql.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  assert.equal(rowCount, 0);
});

test('a further database takes little time', async (t) => {
  await testDatabase(t);
  const startedAt = performance.now();
  await withDatabase(async () => undefined);
  const tookMs = Math.round(performance.now() - startedAt);
  t.diagnostic(`made and dropped in ${tookMs} ms`);
  assert.ok(tookMs < 2_000);
});
