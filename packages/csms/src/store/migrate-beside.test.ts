import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import type pg from 'pg';
import { createLog } from '../log.ts';
import { type TestDatabase, testDatabase } from '../testing/database.ts';
import { migrateInProcess, migrationsOf } from '../testing/migrations.ts';
import { migrate, refuseContracted } from './migrate.ts';

const log = createLog({ level: 'silent' });

const first = { '001-first.sql': 'CREATE TABLE fact (id int, old int);\n' };
const node =
  'CREATE TABLE node (id text, name text, schema_number integer, seen_at timestamptz DEFAULT clock_timestamp());\n';
const second = { ...first, '002-second.sql': node };
const expand = { ...second, '003-more.sql': '-- expand\nALTER TABLE fact ADD COLUMN new int;\n' };
const contract = { ...expand, '004-less.sql': '-- contract 003\nALTER TABLE fact DROP COLUMN old;\n' };

async function migrated(t: TestContext, files: Readonly<Record<string, string>>): Promise<TestDatabase> {
  const database = await testDatabase(t, { migrations: null });
  await migrate(database.sql, log, { folder: await migrationsOf(t, files) });
  return database;
}

async function columns(sql: pg.Pool): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = 'fact'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  );
  return rows.map(({ name }) => name);
}

/** Waits until a session of this database waits for a lock. */
async function untilSomebodyWaits(sql: pg.Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await sql.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rowCount === 1) return;
  }
}

describe('a program of the version before', () => {
  test('starts beside a later expand, and says so', async (t) => {
    const { sql } = await migrated(t, expand);
    const lines: string[] = [];
    const hearing = createLog({ level: 'info', destination: { write: (line: string) => lines.push(line) } });
    assert.deepEqual(await migrate(sql, hearing, { folder: await migrationsOf(t, second) }), []);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /003-more\.sql.*the database has later migrations, beside which/);
  });

  test('starts beside a contract of what it knows', async (t) => {
    const { sql } = await migrated(t, contract);
    assert.deepEqual(await migrate(sql, log, { folder: await migrationsOf(t, expand) }), []);
  });

  test('is refused after a contract of what it does not know', async (t) => {
    const { sql } = await migrated(t, contract);
    await assert.rejects(
      migrate(sql, log, { folder: await migrationsOf(t, second) }),
      /has migration 004-less.sql, which this program does not know: a later version has taken away/,
    );
  });

  test('that comes on the list of nodes while a contract is run is told so', async (t) => {
    const { sql } = await migrated(t, contract);
    await refuseContracted(sql, 3);
    await assert.rejects(refuseContracted(sql, 2), /later version has run migration 004-less.sql/);
  });

  test('starts while another node is at a migration, and waits for nobody', async (t) => {
    const database = await migrated(t, second);
    const slow = await migrationsOf(t, { ...second, '003-slow.sql': '-- expand\nSELECT pg_sleep(60)' });
    const other = database.pool({ name: 'other', max: 1 });
    const migrating = migrate(other, log, { folder: slow }).catch((error: Error) => error.message);
    const asleep = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    for (let found = 0; found === 0; ) found = (await database.sql.query(`SELECT ${asleep}`)).rowCount ?? 0;
    assert.deepEqual(await migrate(database.sql, log, { folder: await migrationsOf(t, second) }), []);
    await database.sql.query(`SELECT pg_terminate_backend(pid) ${asleep}`);
    assert.match(String(await migrating), /003-slow.sql failed: /);
  });

  test('a database of the first version, whose record has no kinds, is carried on', async (t) => {
    const { sql } = await migrated(t, second);
    await sql.query('ALTER TABLE schema_migration DROP COLUMN needs');
    assert.deepEqual(await migrate(sql, log, { folder: await migrationsOf(t, second) }), []);
    const folder = await migrationsOf(t, contract);
    assert.deepEqual(await migrate(sql, log, { folder }), ['003-more.sql', '004-less.sql']);
    await assert.rejects(refuseContracted(sql, 2), /004-less.sql/);
  });
});

describe('a contract', () => {
  const limits = { nodeDeadAfterMs: 600 };

  test('is refused while a node runs that does not know enough, and names it; nothing is changed', async (t) => {
    const { sql } = await migrated(t, second);
    // The last one may come when the database of the test is gone.
    const beat = () => sql.query('UPDATE node SET seen_at = clock_timestamp()').catch(() => {});
    await sql.query(`INSERT INTO node VALUES ('1', 'cellar', 2), ('2', 'attic', 2), ('3', 'roof', 3)`);
    const beats = setInterval(() => void beat(), 100);
    t.after(() => clearInterval(beats));
    await assert.rejects(migrate(sql, log, { folder: await migrationsOf(t, contract), limits }), {
      message:
        'Migration 004-less.sql takes away what programs need that do not know migration 003, and such run: ' +
        'attic, cellar. Update these nodes to a version that knows it, or end them. Nothing was changed.',
    });
    assert.deepEqual(await columns(sql), ['id', 'old']);
    await sql.query('UPDATE node SET schema_number = 3');
    const done = await migrate(sql, log, { folder: await migrationsOf(t, contract), limits });
    assert.deepEqual(done, ['003-more.sql', '004-less.sql']);
  });

  test('waits for a node that ended without a farewell to be dead', async (t) => {
    const { sql } = await migrated(t, expand);
    await sql.query(`INSERT INTO node VALUES ('1', 'cellar', 2)`);
    assert.deepEqual(await migrate(sql, log, { folder: await migrationsOf(t, contract), limits }), [
      '004-less.sql',
    ]);
  });

  test('is rolled back when a node that does not know enough came on the list meanwhile', async (t) => {
    const { sql } = await migrated(t, expand);
    const joins = `-- contract 003\nALTER TABLE fact DROP COLUMN old; INSERT INTO node VALUES ('1', 'late', 2);\n`;
    const folder = await migrationsOf(t, { ...expand, '004-less.sql': joins });
    await assert.rejects(migrate(sql, log, { folder, limits }), /and such run: late\. /);
    assert.deepEqual(await columns(sql), ['id', 'old', 'new']);
  });
});

describe('beside others at work', () => {
  test('a migration does not stop a network behind a long reader: it tries again until it has its lock', async (t) => {
    const database = await migrated(t, second);
    const reader = await database.sql.connect();
    await reader.query('BEGIN; SELECT count(*) FROM fact');
    const migrating = migrate(database.pool({ name: 'migrating', max: 1 }), log, {
      folder: await migrationsOf(t, expand),
      limits: { lockFirstMs: 50, lockLastMs: 50, lockPauseMs: 20 },
    });
    // Both would wait for ever if the migration did.
    for (let row = 0; row < 3; row++) {
      await untilSomebodyWaits(database.sql);
      await database.sql.query('INSERT INTO fact VALUES ($1)', [row]);
    }
    await reader.query('COMMIT');
    reader.release();
    assert.deepEqual(await migrating, ['003-more.sql']);
  });

  test('a migration that never gets its lock is given up, and says what to do', async (t) => {
    const database = await migrated(t, second);
    const reader = await database.sql.connect();
    await reader.query('BEGIN; SELECT count(*) FROM fact');
    const limits = { lockFirstMs: 20, lockLastMs: 20, lockPauseMs: 1, lockTries: 3 };
    const folder = await migrationsOf(t, expand);
    await assert.rejects(
      migrate(database.sql, log, { folder, limits }),
      /003-more.sql failed: canceling statement due to lock timeout. Nothing was changed. End what holds/,
    );
    await reader.query('COMMIT');
    reader.release();
    assert.deepEqual(await columns(database.sql), ['id', 'old']);
  });

  test('an index is made while writers go on, and one that was left half made is made anew', async (t) => {
    const database = await migrated(t, second);
    const { sql } = database;
    await sql.query('INSERT INTO fact SELECT 7 FROM generate_series(1, 2)');
    await assert.rejects(
      sql.query('CREATE UNIQUE INDEX CONCURRENTLY fact_by_id ON fact (id)'),
      /could not create unique/,
    );
    const valid = `SELECT indisvalid, indisunique FROM pg_index WHERE indexrelid = 'fact_by_id'::regclass`;
    assert.deepEqual((await sql.query(valid)).rows, [{ indisvalid: false, indisunique: true }]);
    const index =
      '-- expand, outside a transaction\ncreate index concurrently if not exists fact_by_id on fact (id);\n';
    const folder = await migrationsOf(t, { ...second, '003-index.sql': index });
    // Several nodes at once: those that wait for their turn must not be waited for in turn.
    const pools = Array.from({ length: 3 }, (_, n) => database.pool({ name: `node ${n}`, max: 1 }));
    const runs = await Promise.all(pools.map((pool) => migrate(pool, log, { folder })));
    assert.deepEqual(runs.flat(), ['003-index.sql']);
    assert.deepEqual((await sql.query(valid)).rows, [{ indisvalid: true, indisunique: false }]);
  });
});

describe('processes', () => {
  const slow = {
    ...second,
    '003-slow.sql':
      '-- expand\nCREATE TABLE half (id int); SELECT pg_sleep(0.5); ALTER TABLE fact ADD new int;\n',
  };

  test('that start at once run each migration once', async (t) => {
    const { url, sql } = await testDatabase(t, { migrations: null });
    const folder = await migrationsOf(t, slow);
    const runs = [1, 2, 3].map(() => migrateInProcess(t, { url, folder }).result);
    const done = (await Promise.all(runs)).flatMap((result) =>
      'done' in result ? result.done : result.failed,
    );
    assert.deepEqual(done, ['001-first.sql', '002-second.sql', '003-slow.sql']);
    assert.deepEqual(await columns(sql), ['id', 'old', 'new']);
  });

  for (const [what, signal] of [
    ['killed', 'SIGKILL'],
    ['paused', 'SIGSTOP'],
  ] as const) {
    test(`one that is ${what} in the middle leaves nothing half done, and another goes on`, async (t) => {
      const { url, sql } = await migrated(t, second);
      const folder = await migrationsOf(t, slow);
      const limits = { idleMs: 300 };
      const hit = migrateInProcess(t, { url, folder, limits });
      const hitEnds = once(hit.child, 'exit');
      const asleep = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
      for (let found = 0; found === 0; ) found = (await sql.query(asleep)).rowCount ?? 0;
      hit.child.kill(signal);
      const other = await migrateInProcess(t, { url, folder, limits: { ...limits, idleMs: 5_000 } }).result;
      assert.deepEqual(other, { done: ['003-slow.sql'] });
      assert.deepEqual(await columns(sql), ['id', 'old', 'new']);
      if (what === 'killed') {
        await hitEnds;
        return;
      }
      hit.child.kill('SIGCONT');
      const result = await hit.result;
      assert.match(
        'failed' in result ? result.failed : '',
        /003-slow.sql failed: .*idle-in-transaction timeout/,
      );
      assert.deepEqual(await columns(sql), ['id', 'old', 'new']);
    });
  }
});
