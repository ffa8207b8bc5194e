import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type pg from 'pg';
import { createLog } from '../log.ts';
import { type TestDatabase, testDatabase } from '../testing/database.ts';
import { isDataError, isRetryable } from './connection.ts';
import { maintainPartitions, type PartitionedTable, planPartitions } from './partitions.ts';

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
  await maintainPartitions({ pool: database.sql, tables: [table], now, log, daysAhead: 1 });
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
  await maintainPartitions({ pool: database.sql, tables: [table], now, log });
  assert.equal(await partitionOf(database, 1), 'sample_p20260228');
  assert.equal(await partitionOf(database, 2), 'sample_p20260301');
  assert.equal(await partitionOf(database, 3), undefined);
  assert.equal(await partitionOf(database, 4), 'sample_default');
});

test('partitions past retention are dropped whole', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await maintainPartitions({ pool: database.sql, tables: [table], now, log, daysAhead: 1 });
  await database.sql.query(`INSERT INTO sample VALUES ('2026-03-01T12:00Z', 1), ('2026-03-02T12:00Z', 2)`);
  const later = new Date('2026-03-05T00:00:00Z');
  await maintainPartitions({ pool: database.sql, tables: [table], now: later, log, daysAhead: 1 });
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
  await maintainPartitions({ pool: database.sql, tables: [table], now, log, daysAhead: 0 });
  const pools = Array.from({ length: 4 }, (_, node) => database.pool({ name: `node ${node}`, max: 2 }));
  let row = 0;
  await Promise.all([
    ...pools.map((pool) => maintainPartitions({ pool, tables: [table], now, log, daysAhead: 20 })),
    ...pools.map(async (pool) => {
      for (let written = 0; written < 50; written++) {
        const day = row % 10;
        await insertPatiently(pool, new Date(now.getTime() + day * 86_400_000), row++);
      }
    }),
  ]);
  await maintainPartitions({ pool: database.sql, tables: [table], now, log, daysAhead: 20 });
  const { rows } = await database.sql.query<{ all: bigint; left: bigint; partitions: bigint }>(
    `SELECT (SELECT count(*) FROM sample) AS all, (SELECT count(*) FROM sample_default) AS left,
       (SELECT count(*) FROM pg_inherits WHERE inhparent = 'sample'::regclass) AS partitions`,
  );
  assert.deepEqual(rows[0], { all: 200n, left: 0n, partitions: 22n });
});

test('a long reader puts it off rather than that writers wait behind it', async (t) => {
  const database = await testDatabase(t, { migrations: null });
  await partitioned(database);
  await maintainPartitions({ pool: database.sql, tables: [table], now, log, daysAhead: 0 });
  const reader = await database.sql.connect();
  try {
    await reader.query('BEGIN; SELECT count(*) FROM sample');
    const later = new Date('2026-03-11T00:00:00Z');
    await maintainPartitions({ pool: database.sql, tables: [table], now: later, log, daysAhead: 0 });
    await reader.query('COMMIT');
    await maintainPartitions({ pool: database.sql, tables: [table], now: later, log, daysAhead: 0 });
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
