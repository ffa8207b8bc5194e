import pg from 'pg';
import type { Log } from '../log.ts';
import { inTransaction, sqlStateOf } from './connection.ts';
import { addDays, type Day, dayOf, planPartitions } from './partition-plan.ts';

/** A table partitioned by range of a timestamptz column that holds our own time of receipt, never the station's. */
export interface PartitionedTable {
  readonly name: string;
  readonly column: string;
  /** Rows are kept for at least so many whole days; undefined keeps them for ever. */
  readonly retentionDays: number | undefined;
}

/** A week: a node that cannot reach the database for a weekend, or a failing task, is noticed before it matters. */
const defaultDaysAhead = 7;

/**
 * Attaching a partition and dropping one wait for readers, and writers wait behind them: rather try again later. Longer
 * than `deadlock_timeout` (1 s), after which PostgreSQL has an autovacuum make way.
 */
const lockTimeoutMs = 1_500;

/** A node that is paused in the middle of a step is cut off, so that it holds up neither writers nor other nodes. */
const pausedMs = 3_000;

/** Moved before anybody has to wait, in one transaction: some minutes of work at most. */
const mostMovedRows = 5_000_000;
/** What came in meanwhile is moved while writers of the default partition wait: some seconds at most. */
const mostMovedLocked = 200_000;

/** What there is to be seen about one table after a run. */
export interface PartitionState {
  /** Whole days that are still there although retention has passed them. */
  readonly overdueDays: number;
  /** Rows that have no partition of their own day; counted up to {@link mostCounted}. */
  readonly rowsInDefault: number;
  /** Something could not be done now, and is worth another try soon. */
  readonly putOff: boolean;
}

const mostCounted = 100_000;

/**
 * Sees to it that the table has its default partition and those from today on, and drops those past retention. What
 * cannot be done now is logged and done at a later call. Nodes may do this at the same time.
 */
export async function maintainPartitions(options: {
  readonly pool: pg.Pool;
  readonly table: PartitionedTable;
  readonly now: Date;
  readonly log: Log;
  readonly daysAhead?: number;
}): Promise<PartitionState> {
  const { pool, table, now, log, daysAhead = defaultDaysAhead } = options;
  const today = dayOf(now);
  const steps = stepsWith(log, table);
  await steps.take({ step: 'default' }, () => createDefault(pool, table));
  const plan = planPartitions({
    existing: await existingDays(pool, table),
    inDefault: await daysInDefault(pool, table),
    today,
    daysAhead,
    retentionDays: table.retentionDays,
  });
  for (const day of plan.create) {
    await steps.take({ step: 'create', day }, () => createDay(pool, table, day, log));
  }
  for (const day of plan.drop) {
    await steps.take({ step: 'drop', day }, () => dropDay(pool, table, day, log));
  }
  const left = (await existingDays(pool, table)).filter(
    (day) => plan.keepFrom !== undefined && day < plan.keepFrom,
  );
  return {
    overdueDays: left.length,
    rowsInDefault: await countInDefault(pool, table),
    putOff: steps.putOff,
  };
}

/** A lock was not to be had in time, it took too long, or a writer was quicker: the next call finds things otherwise. */
const passing = new Set(['55P03', '57014', '40P01', '23514']);

/**
 * One step at a time, each in its own transaction: one that has to wait holds up no other. After a step that got no
 * lock the rest is left for the next call: each would have writers wait once more behind the same long reader.
 */
function stepsWith(log: Log, table: PartitionedTable) {
  let putOff = false;
  return {
    get putOff() {
      return putOff;
    },
    async take(step: object, work: () => Promise<unknown>): Promise<void> {
      if (putOff) return;
      try {
        await work();
      } catch (error) {
        if (!(error instanceof RowsCameIn) && !passing.has(sqlStateOf(error) ?? '')) throw error;
        putOff = true;
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ table: table.name, ...step, reason }, 'partition maintenance put off');
      }
    },
  };
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

async function countInDefault(pool: pg.Pool, table: PartitionedTable): Promise<number> {
  const { rows } = await pool.query<{ rows: number }>(
    `SELECT count(*)::integer AS rows FROM (SELECT FROM ${id(defaultName(table))} LIMIT ${mostCounted}) AS found`,
  );
  return rows[0]?.rows ?? 0;
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
 * that way the table itself stays open to writers, who would have to wait for `CREATE TABLE ... PARTITION OF`. Readers
 * see the rows in the one place until the commit and in the other from then on.
 */
async function createDay(pool: pg.Pool, table: PartitionedTable, day: Day, log: Log): Promise<void> {
  await inTurn(pool, table, async (client) => {
    if (await isThere(client, partitionName(table, day))) return;
    const partition = id(partitionName(table, day));
    await client.query(`CREATE TABLE ${partition} (LIKE ${id(table.name)} INCLUDING ALL EXCLUDING IDENTITY)`);
    const moved = await moveDay(client, table, day);
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

/** Rows of the day came to the default partition just now: the next call moves them. */
class RowsCameIn extends Error {}

/** Leaves the default partition locked and without a row of the day. */
async function moveDay(
  client: pg.ClientBase,
  table: PartitionedTable,
  day: Day,
): Promise<number | 'too many'> {
  const before = await moveFromDefault(client, { table, day, most: mostMovedRows });
  if (before === 'too many') return before;
  // A reader that knew the table's partitions already, and waited for the default alone, would find the rows nowhere.
  if (before > 0) await client.query(`LOCK TABLE ONLY ${id(table.name)} IN ACCESS EXCLUSIVE MODE`);
  // The lock that attaching takes anyway; taken first, nothing is written to the default between move and attach.
  await client.query(`LOCK TABLE ${id(defaultName(table))} IN ACCESS EXCLUSIVE MODE`);
  const meanwhile = await moveFromDefault(client, { table, day, most: mostMovedLocked });
  if (meanwhile === 'too many') return meanwhile;
  if (before === 0 && meanwhile > 0) throw new RowsCameIn('rows of the day are coming in');
  return before + meanwhile;
}

async function moveFromDefault(
  client: pg.ClientBase,
  { table, day, most }: { readonly table: PartitionedTable; readonly day: Day; readonly most: number },
): Promise<number | 'too many'> {
  const ofDay = `${id(table.column)} >= $1 AND ${id(table.column)} < $2`;
  const source = id(defaultName(table));
  const { rows } = await client.query<{ found: number }>(
    `SELECT count(*)::integer AS found FROM (SELECT FROM ${source} WHERE ${ofDay} LIMIT ${most + 1}) AS rows`,
    boundsOf(day),
  );
  const count = rows[0]?.found ?? 0;
  if (count > most) return 'too many';
  if (count === 0) return 0;
  const columns = await writableColumns(client, table);
  const { rowCount } = await client.query(
    `WITH moved AS (DELETE FROM ${source} WHERE ${ofDay} RETURNING *)
     INSERT INTO ${id(partitionName(table, day))} (${columns}) SELECT ${columns} FROM moved`,
    boundsOf(day),
  );
  return rowCount ?? 0;
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

/** Runs `work` in a transaction that no other node's step on this table overlaps with. */
async function inTurn(
  pool: pg.Pool,
  table: PartitionedTable,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(
      `SET LOCAL lock_timeout = ${lockTimeoutMs}; SET LOCAL idle_in_transaction_session_timeout = ${pausedMs}`,
    );
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('partitions of ' || $1, 0))`, [
      table.name,
    ]);
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

/** Where rows go whose day has no partition. */
export function defaultName(table: PartitionedTable): string {
  return `${table.name}_default`;
}

function boundsOf(day: Day): [from: string, to: string] {
  return [`${day} 00:00:00+00`, `${addDays(day, 1)} 00:00:00+00`];
}

function id(name: string): string {
  return pg.escapeIdentifier(name);
}
