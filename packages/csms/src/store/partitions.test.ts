import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type pg from 'pg';
import { createLog } from '../log.ts';
import { type TestDatabase, testDatabase } from '../testing/database.ts';
import { isDataError, isRetryable } from './connection.ts';
import { planPartitions } from './partition-plan.ts';
import { maintainPartitions, type PartitionedTable } from './partitions.ts';

const log = createLog({ level: 'silent' });
const table: PartitionedTable = { name: 'sample', column: 'received_at', retentionDays: 3 };
const now = new Date('2026-03-01T10:00:00Z');

describe('the plan', () => {
  const facts = { existing: [], inDefault: [], today: '2026-03-01', daysAhead: 2, retentionDays: 3 };

  test('has today and the days ahead, across the end of a month', () => {
    const { create } = planPartitions({ ...facts, today: '2028-02-28' });
    assert.deepEqual(create, ['2028-02-28', '2028-02-29', '2028-03-01']);
  });

  test('leaves out what is there', () => {
    const { create } = planPartitions({ ...facts, existing: ['2026-03-01', '2026-03-02'] });
    assert.deepEqual(create, ['2026-03-03']);
  });

  test('drops whole days past retention, and not the first day that is still wanted', () => {
    const existing = ['2026-02-24', '2026-02-25', '2026-02-26', '2026-03-01'];
    assert.deepEqual(planPartitions({ ...facts, existing }).drop, ['2026-02-24', '2026-02-25']);
  });

  test('drops nothing where everything is kept', () => {
    const plan = planPartitions({ ...facts, existing: ['1999-01-01'], retentionDays: undefined });
    assert.deepEqual(plan.drop, []);
  });

  test('gives days that went to the default partition one of their own, unless far off', () => {
    const inDefault = ['2020-01-01', '2026-02-27', '2099-01-01'];
    const { create } = planPartitions({ ...facts, inDefault });
    assert.deepEqual(create, ['2026-02-27', '2026-03-01', '2026-03-02', '2026-03-03']);
  });
});

async function partitioned(database: TestDatabase): Promise<void> {
  await database.sql.query(`
    CREATE TABLE sample (
      received_at timestamptz NOT NULL, id bigint NOT NULL, twice bigint GENERATED ALWAYS AS (id * 2) STORED,
      PRIMARY KEY (received_at, id)) PARTITION BY RANGE (received_at);
    CREATE INDEX ON sample (id)`);
}

async function partitionOf(database: TestDatabase, row: number): Promise<string | undefined> {
  const { rows } = await database.sql.query<{ name: string }>(
    'SELECT tableoid::regclass::text AS name FROM sample WHERE id = $1 AND twice = 2 * id',
    [row],
  );
  return rows[0]?.name;
}

test('rows go to the partition of their day, and to the default one where there is none', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await maintainPartitions({ pool: database.sql, table, now, log, daysAhead: 1 });
  await database.sql.query(`INSERT INTO sample VALUES
    ('2026-03-01T00:00Z', 1), ('2026-03-01T23:59:59.999Z', 2), ('2026-03-02T00:00Z', 3), ('2026-03-03T00:00Z', 4)`);
  assert.equal(await partitionOf(database, 1), 'sample_p20260301');
  assert.equal(await partitionOf(database, 2), 'sample_p20260301');
  assert.equal(await partitionOf(database, 3), 'sample_p20260302');
  assert.equal(await partitionOf(database, 4), 'sample_default');
});

test('rows that wait in the default partition are moved when their own is made', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await database.sql.query('CREATE TABLE sample_default PARTITION OF sample DEFAULT');
  await database.sql.query(`INSERT INTO sample VALUES
    ('2026-02-28T12:00Z', 1), ('2026-03-01T12:00Z', 2), ('2026-02-01T12:00Z', 3), ('2031-01-01T12:00Z', 4)`);
  const state = await maintainPartitions({ pool: database.sql, table, now, log });
  assert.deepEqual(state, { overdueDays: 0, rowsInDefault: 2, putOff: false });
  assert.equal(await partitionOf(database, 1), 'sample_p20260228');
  assert.equal(await partitionOf(database, 2), 'sample_p20260301');
  assert.equal(await partitionOf(database, 3), 'sample_default', 'too old: it is removed, not moved');
  assert.equal(await partitionOf(database, 4), 'sample_default');
});

test('partitions past retention are dropped whole', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await maintainPartitions({ pool: database.sql, table, now, log, daysAhead: 1 });
  await database.sql.query(`INSERT INTO sample VALUES ('2026-03-01T12:00Z', 1), ('2026-03-02T12:00Z', 2)`);
  const later = new Date('2026-03-05T00:00:00Z');
  await maintainPartitions({ pool: database.sql, table, now: later, log, daysAhead: 1 });
  assert.equal(await partitionOf(database, 1), undefined);
  assert.equal(await partitionOf(database, 2), 'sample_p20260302');
});

/** A row that was on its way to the default partition while its own was attached is refused, and to be tried again. */
async function insertPatiently(pool: pg.Pool, receivedAt: Date, row: number): Promise<void> {
  const insert = () => pool.query('INSERT INTO sample VALUES ($1, $2)', [receivedAt, row]);
  await insert().catch((error) => {
    assert.ok(isRetryable(error) && !isDataError(error), String(error));
    return insert();
  });
}

test('several nodes at once do no harm, with writers at work', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await maintainPartitions({ pool: database.sql, table, now, log, daysAhead: 0 });
  const pools = Array.from({ length: 4 }, (_, node) => database.pool({ name: `node ${node}`, max: 2 }));
  let row = 0;
  await Promise.all([
    ...pools.map((pool) => maintainPartitions({ pool, table, now, log, daysAhead: 20 })),
    ...pools.map(async (pool) => {
      for (let written = 0; written < 50; written++) {
        const day = row % 10;
        await insertPatiently(pool, new Date(now.getTime() + day * 86_400_000), row++);
      }
    }),
  ]);
  await maintainPartitions({ pool: database.sql, table, now, log, daysAhead: 20 });
  const { rows } = await database.sql.query<{ all: bigint; left: bigint; partitions: bigint }>(
    `SELECT (SELECT count(*) FROM sample) AS all, (SELECT count(*) FROM sample_default) AS left,
       (SELECT count(*) FROM pg_inherits WHERE inhparent = 'sample'::regclass) AS partitions`,
  );
  assert.deepEqual(rows[0], { all: 200n, left: 0n, partitions: 22n });
});

test('a long reader puts it off rather than that writers wait behind it', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await maintainPartitions({ pool: database.sql, table, now, log, daysAhead: 0 });
  const reader = await database.sql.connect();
  try {
    await reader.query('BEGIN; SELECT count(*) FROM sample');
    const later = new Date('2026-03-11T00:00:00Z');
    const held = await maintainPartitions({ pool: database.sql, table, now: later, log, daysAhead: 0 });
    assert.deepEqual(held, { overdueDays: 1, rowsInDefault: 0, putOff: true });
    await reader.query('COMMIT');
    const done = await maintainPartitions({ pool: database.sql, table, now: later, log, daysAhead: 0 });
    assert.deepEqual(done, { overdueDays: 0, rowsInDefault: 0, putOff: false });
  } finally {
    reader.release();
  }
  const { rows } = await database.sql.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'sample'::regclass ORDER BY name`,
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['sample_default', 'sample_p20260311'],
  );
});

test('after a month without a server the days ahead are there, and those of the month are dropped', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await maintainPartitions({ pool: database.sql, table, now, log });
  await database.sql.query(`INSERT INTO sample VALUES ('2026-03-01T12:00Z', 1), ('2026-03-09T12:00Z', 2)`);
  const later = new Date('2026-04-01T08:00:00Z');
  const state = await maintainPartitions({ pool: database.sql, table, now: later, log, daysAhead: 1 });
  assert.deepEqual(state, { overdueDays: 0, rowsInDefault: 1, putOff: false });
  await database.sql.query(`INSERT INTO sample VALUES ('2026-04-01T08:00Z', 3), ('2026-04-02T00:00Z', 4)`);
  assert.equal(await partitionOf(database, 1), undefined);
  assert.equal(await partitionOf(database, 3), 'sample_p20260401');
  assert.equal(await partitionOf(database, 4), 'sample_p20260402');
});

test('a node that is paused in the middle of a step holds up neither writers nor the other nodes for long', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await maintainPartitions({ pool: database.sql, table, now, log, daysAhead: 0 });
  // What such a node has open: its turn, and the lock that attaching takes.
  const paused = await database.sql.connect();
  paused.on('error', () => undefined);
  await paused.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = 500;
    SELECT pg_advisory_xact_lock(hashtextextended('partitions of sample', 0));
    LOCK TABLE sample_default IN ACCESS EXCLUSIVE MODE`);
  await database.sql.query(`INSERT INTO sample VALUES ('2026-03-09T12:00Z', 1)`);
  await maintainPartitions({ pool: database.sql, table, now, log, daysAhead: 2 });
  assert.equal(await partitionOf(database, 1), 'sample_default');
  await database.sql.query(`INSERT INTO sample VALUES ('2026-03-03T12:00Z', 2)`);
  assert.equal(await partitionOf(database, 2), 'sample_p20260303');
  paused.release(true);
});

test('rows that are moved are seen once by readers, and writers go on while many are moved', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await database.sql.query('CREATE TABLE sample_default PARTITION OF sample DEFAULT');
  await database.sql.query(
    `INSERT INTO sample SELECT timestamptz '2026-03-01T00:00Z' + n * interval '1 ms', n FROM generate_series(1, 50000) n`,
  );
  let moving = true;
  const counts = new Set<number>();
  let written = 50_000;
  const reader = async () => {
    while (moving) {
      const { rows } = await database.sql.query(
        'SELECT count(*)::integer AS n FROM sample WHERE id <= 50000',
      );
      counts.add(rows[0].n);
    }
  };
  const writer = async () => {
    while (moving) await insertPatiently(database.sql, now, ++written);
  };
  const others = [reader(), writer()];
  await maintainPartitions({ pool: database.sql, table, now, log, daysAhead: 0 });
  moving = false;
  await Promise.all(others);
  assert.deepEqual([...counts], [50_000]);
  const { rows } = await database.sql.query(
    'SELECT count(*)::integer AS n, (SELECT count(*)::integer FROM sample_default) AS left FROM sample',
  );
  assert.deepEqual(rows, [{ n: written, left: 0 }]);
});
