import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../testing/database.ts';
import { createBatchRunner } from './batch.ts';

test('a standby that answers is no database that is there: it can commit nothing until it is promoted', async (t) => {
  const database = await testDatabase(t);
  const { sql } = database;
  // Makes the server say of itself what a standby says, to whoever connects from now on.
  await sql.query(`create schema standby;
    create function standby.pg_is_in_recovery() returns boolean language sql as 'select true';
    do $$ begin execute format('alter database %I set search_path = standby, pg_catalog, public', current_database()); end $$`);
  const connect = () => database.connectPipelined('probe');
  const runner = createBatchRunner({ connect, probeTimeoutMs: 5_000 });
  t.after(() => runner.close());
  assert.equal(await runner.probe(), false);
  await sql.query('drop function standby.pg_is_in_recovery()');
  assert.equal(await runner.probe(), true);
});
