import pg from 'pg';
import type { Log } from '../log.ts';
import { inTransaction, sqlStateOf } from './connection.ts';

/** A table partitioned by range of a timestamptz column that holds our own time of receipt, never the station's. */
export interface PartitionedTable {
  readonly name: string;
  readonly column: string;
  /** Rows are kept for at least so many whole days; undefined keeps them for ever. */
  readonly retentionDays: number | undefined;
}

/** A UTC day, `2026-03-01`: one partition. */
export type Day = string;

export interface PartitionPlan {
  readonly create: readonly Day[];
  readonly drop: readonly Day[];
  /** Rows from before this day are not wanted any more, in whichever partition. */
  readonly keepFrom: Day | undefined;
}

/** A week: a node that cannot reach the database for a weekend, or a failing task, is noticed before it matters. */
const defaultDaysAhead = 7;

/** Attaching a partition and dropping one wait for readers, and writers wait behind them: rather try again later. */
const lockTimeoutMs = 1_000;

/** While rows are moved, writers of the default partition wait. More than some seconds of that is not worth it. */
const mostMovedRows = 200_000;

/**
 * Sees to it that each table has its default partition and those from today on, and drops those past retention.
 * What cannot be done now is logged and done at a later call. Nodes may do this at the same time.
 */
export async function maintainPartitions(options: {
  readonly pool: pg.Pool;
  readonly tables: readonly PartitionedTable[];
  readonly now: Date;
  readonly log: Log;
  readonly daysAhead?: number;
}): Promise<void> {
  const { pool, tables, now, log, daysAhead = defaultDaysAhead } = options;
  for (const table of tables) {
    await attempt(log, { table: table.name, step: 'default' }, () => createDefault(pool, table));
    const plan = planPartitions({
      existing: await existingDays(pool, table),
      inDefault: await daysInDefault(pool, table),
      today: dayOf(now),
      daysAhead,
      retentionDays: table.retentionDays,
    });
    for (const day of plan.create) {
      await attempt(log, { table: table.name, step: 'create', day }, () => createDay(pool, table, day, log));
    }
    for (const day of plan.drop) {
      await attempt(log, { table: table.name, step: 'drop', day }, () => dropDay(pool, table, day, log));
    }
    const { keepFrom } = plan;
    if (keepFrom !== undefined) {
      await attempt(log, { table: table.name, step: 'expire' }, () => expireDefault(pool, table, keepFrom));
    }
  }
}

/**
 * Which partitions to create and to drop.
 *
 * @param existing the days that have a partition.
 * @param inDefault the days of rows that went to the default partition because theirs was not there in time. They get
 * one now, unless they are too old, or so far ahead that a clock must have been wrong.
 */
export function planPartitions(facts: {
  readonly existing: readonly Day[];
  readonly inDefault: readonly Day[];
  readonly today: Day;
  readonly daysAhead: number;
  readonly retentionDays: number | undefined;
}): PartitionPlan {
  const { existing, inDefault, today, daysAhead, retentionDays } = facts;
  const keepFrom = retentionDays === undefined ? undefined : addDays(today, -retentionDays);
  const last = addDays(today, daysAhead);
  const ahead = Array.from({ length: daysAhead + 1 }, (_, index) => addDays(today, index));
  const late = inDefault.filter((day) => day <= last && (keepFrom === undefined || day >= keepFrom));
  const wanted = new Set([...late, ...ahead]);
  return {
    create: [...wanted].filter((day) => !existing.includes(day)).sort(),
    drop: keepFrom === undefined ? [] : existing.filter((day) => day < keepFrom).sort(),
    keepFrom,
  };
}

/** A lock was not to be had in time, it took too long, or a writer was quicker: the next call finds things otherwise. */
const passing = new Set(['55P03', '57014', '40P01', '23514']);

/** One step at a time, each in its own transaction: one that has to wait holds up no other. */
async function attempt(log: Log, step: object, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!passing.has(sqlStateOf(error) ?? '')) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ ...step, reason }, 'partition maintenance put off');
  }
}

async function existingDays(pool: pg.Pool, table: PartitionedTable): Promise<Day[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = $1::regclass`,
    [table.name],
  );
  const prefix = partitionName(table, '');
  return rows
    .filter(({ name }) => name.startsWith(prefix) && /^\d{8}$/.test(name.slice(prefix.length)))
    .map(({ name }) => name.slice(prefix.length).replace(/(....)(..)(..)/, '$1-$2-$3'));
}

async function daysInDefault(pool: pg.Pool, table: PartitionedTable): Promise<Day[]> {
  const { rows } = await pool.query<{ day: Day }>(
    `SELECT DISTINCT (${id(table.column)} AT TIME ZONE 'UTC')::date AS day FROM ${id(defaultName(table))}`,
  );
  return rows.map(({ day }) => day);
}

async function createDefault(pool: pg.Pool, table: PartitionedTable): Promise<void> {
  if (await isThere(pool, defaultName(table))) return;
  await inTurn(pool, table, async (client) => {
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${id(defaultName(table))} PARTITION OF ${id(table.name)} DEFAULT`,
    );
  });
}

/**
 * Makes the partition beside the table, moves into it what the default partition holds of that day, and attaches it:
 * that way the table itself stays open to writers, who would have to wait for `CREATE TABLE ... PARTITION OF`.
 */
async function createDay(pool: pg.Pool, table: PartitionedTable, day: Day, log: Log): Promise<void> {
  await inTurn(pool, table, async (client) => {
    if (await isThere(client, partitionName(table, day))) return;
    const partition = id(partitionName(table, day));
    await client.query(`CREATE TABLE ${partition} (LIKE ${id(table.name)} INCLUDING ALL EXCLUDING IDENTITY)`);
    // The lock that attaching takes anyway; taken first, nothing is written to the default between move and attach.
    await client.query(`LOCK TABLE ${id(defaultName(table))} IN ACCESS EXCLUSIVE MODE`);
    const moved = await moveFromDefault(client, table, day);
    if (moved === 'too many') {
      log.warn(
        { table: table.name, day },
        'partition left out: its rows in the default partition are too many to move',
      );
      await client.query(`DROP TABLE ${partition}`);
      return;
    }
    const [from, to] = boundsOf(day);
    await client.query(
      `ALTER TABLE ${id(table.name)} ATTACH PARTITION ${partition} FOR VALUES FROM ('${from}') TO ('${to}')`,
    );
    log[moved > 0 ? 'info' : 'debug']({ table: table.name, day, moved }, 'partition created');
  });
}

async function moveFromDefault(
  client: pg.ClientBase,
  table: PartitionedTable,
  day: Day,
): Promise<number | 'too many'> {
  const ofDay = `${id(table.column)} >= $1 AND ${id(table.column)} < $2`;
  const source = id(defaultName(table));
  const counted = await client.query(
    `SELECT FROM (SELECT FROM ${source} WHERE ${ofDay} LIMIT ${mostMovedRows + 1}) AS found`,
    boundsOf(day),
  );
  const count = counted.rowCount ?? 0;
  if (count > mostMovedRows) return 'too many';
  if (count === 0) return 0;
  const columns = await writableColumns(client, table);
  await client.query(
    `WITH moved AS (DELETE FROM ${source} WHERE ${ofDay} RETURNING *)
     INSERT INTO ${id(partitionName(table, day))} (${columns}) SELECT ${columns} FROM moved`,
    boundsOf(day),
  );
  return count;
}

/** Generated columns are computed again. */
async function writableColumns(client: pg.ClientBase, table: PartitionedTable): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table.name],
  );
  return rows.map(({ name }) => id(name)).join(', ');
}

async function dropDay(pool: pg.Pool, table: PartitionedTable, day: Day, log: Log): Promise<void> {
  await inTurn(pool, table, async (client) => {
    await client.query(`DROP TABLE IF EXISTS ${id(partitionName(table, day))}`);
    log.info({ table: table.name, day }, 'partition dropped');
  });
}

async function expireDefault(pool: pg.Pool, table: PartitionedTable, keepFrom: Day): Promise<void> {
  const [from] = boundsOf(keepFrom);
  await pool.query(`DELETE FROM ${id(defaultName(table))} WHERE ${id(table.column)} < $1`, [from]);
}

/** Runs `work` in a transaction that no other node's step on this table overlaps with. */
async function inTurn(
  pool: pg.Pool,
  table: PartitionedTable,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('partitions of ' || $1, 0))`, [
      table.name,
    ]);
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await work(client);
  });
}

async function isThere(client: pg.ClientBase | pg.Pool, name: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_class WHERE oid = to_regclass($1)', [name]);
  return rowCount === 1;
}

function partitionName(table: PartitionedTable, day: Day): string {
  return `${table.name}_p${day.replaceAll('-', '')}`;
}

function defaultName(table: PartitionedTable): string {
  return `${table.name}_default`;
}

function boundsOf(day: Day): [from: string, to: string] {
  return [`${day} 00:00:00+00`, `${addDays(day, 1)} 00:00:00+00`];
}

function addDays(day: Day, days: number): Day {
  return dayOf(new Date(Date.parse(day) + days * 86_400_000));
}

function dayOf(instant: Date): Day {
  return instant.toISOString().slice(0, 10);
}

function id(name: string): string {
  return pg.escapeIdentifier(name);
}
