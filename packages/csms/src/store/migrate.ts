import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Log } from '../log.ts';
import { sqlStateOf } from './connection.ts';
import { OlderNodes, refuseBesideOlderNodes, waitForOlderNodes } from './migrate-beside.ts';
import { createRecord, findPending, record } from './migrate-record.ts';
import { type Migration, migrationsFolder, readMigrations } from './migration.ts';

export { refuseContracted } from './migrate-beside.ts';
export { latestMigration, migrationsFolder, readMigrations } from './migration.ts';

export interface MigrateOptions {
  readonly folder?: string;
  readonly limits?: Partial<Record<keyof typeof migrateLimits, number>>;
}

export const migrateLimits = {
  /** Whoever waits behind a lock that we wait for waits as long: the first tries are hardly noticed. */
  lockFirstMs: 200,
  /**
   * The last ones outlast `deadlock_timeout` (1 s), after which PostgreSQL has an autovacuum make way, and end well
   * within the 5 s after which the database counts as away.
   */
  lockLastMs: 1_500,
  /** Between two tries the network has the tables to itself. */
  lockPauseMs: 1_000,
  /** Ten minutes: whatever holds its locks for longer, such as a dump, is ended or waited for by a person. */
  lockTries: 240,
  /**
   * A process that was paused in the middle is cut off by PostgreSQL after this time, so that another one can go on.
   * Longer than any pause that we make ourselves.
   */
  idleMs: 15_000,
  /** How often is looked whether it is our turn. */
  turnPollMs: 200,
  /** A migration, or the wait for another node's, may take long; a day means that something is wrong. */
  patienceMs: 24 * 3_600_000,
  /** Without a sign of life for this time a node is dead, and need not know anything any more. */
  nodeDeadAfterMs: 10_000,
} as const;

type Limits = Record<keyof typeof migrateLimits, number>;

/** Any number, the same in every version of the program: whoever holds it is the one that migrates this database. */
const advisoryLock = 7_233_100_601;

/**
 * Brings the schema up to date: runs each migration that was not run yet, in order, each in a transaction of its own
 * together with its record. Nodes that start at once wait for the one that is at it; one that has nothing to run waits
 * for nobody. Nodes of this database may be at work meanwhile: a migration whose locks are not to be had soon is
 * tried again.
 *
 * Throws when a migration fails, when one that was run has been changed since, when a later version of the program has
 * taken away what this one needs, or when a migration would do so to a node that runs. Returns the names of those that
 * were run.
 */
export async function migrate(pool: pg.Pool, log: Log, options: MigrateOptions = {}): Promise<string[]> {
  const limits: Limits = { ...migrateLimits, ...options.limits };
  const migrations = await readMigrations(options.folder ?? migrationsFolder);
  const client = await pool.connect();
  // Why the connection was lost, as when this process was paused; the statement that comes next only hears that it was.
  let cut = '';
  client.once('error', ({ message }) => {
    cut = ` (${message})`;
    client.on('error', () => undefined);
  });
  try {
    // The time limits of the pool, which is for others' work, do not hold for this.
    await client.query(
      `SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = ${limits.idleMs};
       SET idle_session_timeout = ${limits.idleMs}`,
    );
    const before = await findPending(client, migrations);
    if (before.later.length > 0) {
      log.info(
        { migrations: before.later },
        'the database has later migrations, beside which this version works',
      );
    }
    if (before.pending.length === 0) return [];
    await waitForTurn(client, limits);
    await client.query(createRecord);
    const { pending } = await findPending(client, migrations);
    await waitForOlderNodes(client, pending, limits.nodeDeadAfterMs);
    for (const migration of pending) {
      await runPatiently(client, migration, { limits, log });
      log.info({ migration: migration.name }, 'database migrated');
    }
    return pending.map((migration) => migration.name);
  } catch (error) {
    throw cut === '' ? error : new Error(`${messageOf(error)}${cut}`, { cause: error });
  } finally {
    // Closing the connection also gives back the lock and the settings.
    client.release(true);
  }
}

/**
 * Asked again and again rather than waited for: a statement that waits is a reader whose end an index that is made
 * concurrently would wait for in turn.
 */
async function waitForTurn(client: pg.ClientBase, limits: Limits): Promise<void> {
  for (let waitedMs = 0; waitedMs < limits.patienceMs; waitedMs += limits.turnPollMs) {
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS ours', [advisoryLock]);
    if (rows[0].ours) return;
    await delay(limits.turnPollMs);
  }
  throw new Error('Another node has been migrating the database for a day. End it, and start again.');
}

/** Locks that are not to be had in time, or only by a deadlock: others are at work. */
const lockStates = new Set(['55P03', '40P01']);

async function runPatiently(
  client: pg.ClientBase,
  migration: Migration,
  { limits, log }: { readonly limits: Limits; readonly log: Log },
): Promise<void> {
  const { name, sql } = migration;
  for (let attempt = 0; ; attempt++) {
    const lockMs = Math.min(limits.lockFirstMs * 2 ** attempt, limits.lockLastMs);
    try {
      if (migration.concurrentIndex === undefined) await run(client, migration, { ...limits, lockMs });
      else await makeIndex(client, migration, migration.concurrentIndex, limits);
      return;
    } catch (error) {
      if (error instanceof OlderNodes) throw error;
      const isLocked = lockStates.has(sqlStateOf(error) ?? '');
      const failed = `Migration ${name}${lineOf(error, sql)} failed: ${messageOf(error)}`;
      if (!isLocked) throw new Error(failed, { cause: error });
      if (attempt + 1 >= limits.lockTries) {
        const advice = 'Nothing was changed. End what holds the table, such as a dump, and start again.';
        throw new Error(`${failed}. ${advice}`, { cause: error });
      }
      if (attempt === 0) log.info({ migration: name }, 'the migration waits for a table that others use');
    }
    await delay(limits.lockPauseMs);
  }
}

async function run(
  client: pg.ClientBase,
  migration: Migration,
  limits: Limits & { readonly lockMs: number },
): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL lock_timeout = ${limits.lockMs}`);
    await patiently(client, migration.sql, limits);
    await record(client, migration);
    // At the very end: it keeps nodes from joining, and from giving signs of life, until the commit.
    await refuseBesideOlderNodes(client, migration, limits.nodeDeadAfterMs);
    await client.query('COMMIT');
  } catch (error) {
    // When the connection is what failed, the server has rolled back by itself; the first error is the one to show.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** What a node left that ended in the middle of it is an index that is never used, and would count as made. */
async function makeIndex(
  client: pg.ClientBase,
  migration: Migration,
  index: string,
  limits: Limits,
): Promise<void> {
  const { rowCount } = await client.query(
    'SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid',
    [index],
  );
  if (rowCount === 1) await patiently(client, `DROP INDEX CONCURRENTLY ${index}`, limits);
  await patiently(client, migration.sql, limits);
  await record(client, migration);
}

async function patiently(client: pg.ClientBase, text: string, { patienceMs }: Limits): Promise<void> {
  const query = { text, query_timeout: patienceMs };
  await client.query(query);
}

/** PostgreSQL says where in the text an error is by the number of characters before it. */
function lineOf(error: unknown, sql: string): string {
  const position = error instanceof Error && 'position' in error ? Number(error.position) : Number.NaN;
  return Number.isNaN(position) ? '' : `, line ${sql.slice(0, position).split('\n').length},`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
