import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLog } from '../log.ts';
import { testDatabase } from '../testing/database.ts';
import { migrationsOf } from '../testing/migrations.ts';
import { migrate, readMigrations } from './migrate.ts';

const log = createLog({ level: 'silent' });

const first = { '001-first.sql': 'CREATE TABLE one (id int);\nINSERT INTO one VALUES (1);\n' };
const second = { ...first, '002-second.sql': 'CREATE TABLE two (id int);\n' };

test('each migration is run once, in order', async (t) => {
  const { sql } = await testDatabase(t, { migrations: null });
  const folder = await migrationsOf(t, first);
  assert.deepEqual(await migrate(sql, log, { folder }), ['001-first.sql']);
  assert.deepEqual(await migrate(sql, log, { folder }), []);
  await writeFile(join(folder, '002-second.sql'), 'ALTER TABLE one ADD COLUMN more text');
  assert.deepEqual(await migrate(sql, log, { folder }), ['002-second.sql']);
  const { rows } = await sql.query('SELECT id, more FROM one');
  assert.deepEqual(rows, [{ id: 1, more: null }]);
});

test('nodes that start at once run each migration once', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  const folder = await migrationsOf(t, { ...second, '003-slow.sql': '-- expand\nSELECT pg_sleep(0.3)' });
  const pools = Array.from({ length: 5 }, (_, node) =>
    database.pool({
      name: `node ${node}`,
      max: 1,
      lockTimeoutMs: 50,
      statementTimeoutMs: 100,
      answerTimeoutMs: 200,
    }),
  );
  const runs = await Promise.all(pools.map((pool) => migrate(pool, log, { folder })));
  assert.deepEqual(runs.flat(), ['001-first.sql', '002-second.sql', '003-slow.sql']);
  const { rows } = await (pools[0] ?? database.sql).query('SHOW lock_timeout');
  assert.deepEqual(rows, [{ lock_timeout: '50ms' }]);
});

test('a migration that fails leaves nothing behind, names its line, and is run again when mended', async (t) => {
  const { sql } = await testDatabase(t, { migrations: null });
  const broken = 'CREATE TABLE two (id int);\n\nCREATE TABLE three (id nonsense);\n';
  const folder = await migrationsOf(t, { ...first, '002-second.sql': broken });
  await assert.rejects(migrate(sql, log, { folder }), {
    message: 'Migration 002-second.sql, line 3, failed: type "nonsense" does not exist',
  });
  const { rows } = await sql.query(`SELECT to_regclass('one') AS one, to_regclass('two') AS two`);
  assert.deepEqual(rows, [{ one: 'one', two: null }]);
  await writeFile(join(folder, '002-second.sql'), 'CREATE TABLE two (id int)');
  assert.deepEqual(await migrate(sql, log, { folder }), ['002-second.sql']);
});

test('a migration that was changed after it was run is refused', async (t) => {
  const { sql } = await testDatabase(t, { migrations: null });
  const folder = await migrationsOf(t, first);
  await migrate(sql, log, { folder });
  await writeFile(join(folder, '001-first.sql'), 'CREATE TABLE one (id bigint)');
  await assert.rejects(migrate(sql, log, { folder }), /001-first.sql is not what was run .* never edited/);
});

test('line ends of another system are no change', async (t) => {
  const { sql } = await testDatabase(t, { migrations: null });
  const folder = await migrationsOf(t, first);
  await migrate(sql, log, { folder });
  await writeFile(join(folder, '001-first.sql'), first['001-first.sql'].replaceAll('\n', '\r\n'));
  assert.deepEqual(await migrate(sql, log, { folder }), []);
});

test('files are counted without gaps and named alike', async (t) => {
  const gap = await migrationsOf(t, { ...first, '003-third.sql': '-- expand\n' });
  await assert.rejects(readMigrations(gap), /003-third.sql should have number 2/);
  const twice = await migrationsOf(t, { ...first, '001-other.sql': '' });
  await assert.rejects(readMigrations(twice), /001-other.sql should have number 2/);
  const odd = await migrationsOf(t, { 'First.sql': '' });
  await assert.rejects(readMigrations(odd), /First.sql is not named like 001-what-it-does.sql/);
});

test('a later migration says on its first line what it is', async (t) => {
  const mute = await migrationsOf(t, { ...second, '003-mute.sql': 'CREATE TABLE three (id int)' });
  await assert.rejects(readMigrations(mute), /first line of migration 003-mute.sql is neither/);
  const kinds = await migrationsOf(t, {
    ...second,
    '003-more.sql': '-- expand\nCREATE TABLE three (id int)',
    '004-less.sql': '-- contract 003\nDROP TABLE two',
    '005-index.sql':
      '-- expand, outside a transaction\n-- Why.\nCREATE INDEX CONCURRENTLY IF NOT EXISTS one_by_id ON one (id);\n',
  });
  assert.deepEqual(
    (await readMigrations(kinds)).map(({ needs, concurrentIndex }) => [needs, concurrentIndex]),
    [
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
      [3, undefined],
      [undefined, 'one_by_id'],
    ],
  );
  const ahead = await migrationsOf(t, { ...second, '003-less.sql': '-- contract 003\nDROP TABLE two' });
  await assert.rejects(readMigrations(ahead), /is a contract of 003, which has to be an earlier migration/);
  const two = '-- expand, outside a transaction\nCREATE INDEX CONCURRENTLY a ON one (id); SELECT 1';
  const many = await migrationsOf(t, { ...second, '003-many.sql': two });
  await assert.rejects(readMigrations(many), /may hold nothing but one "create index concurrently/);
});
