import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../log.ts';
import { startEmbedded } from './postgres/embedded.ts';
import { typeParsers } from './postgres/type-parsers.ts';

export { isConnectionLoss, isDataError, isRetryable, sqlStateOf } from './postgres/error-classes.ts';

/** PostgreSQL 15 is the oldest that the migrations and the tests are run on. */
const oldestServerVersion = 15;

/** Long enough for a server across a network, short enough to notice within the 5 s after which stations are let go. */
const connectTimeoutMs = 4_000;

/** An idle connection is kept for this long; a burst's extra ones are given back to the server after it. */
const idleTimeoutMs = 30_000;

/** What is still asked when we stop has this long; a frozen server would have us wait for ever. */
const endTimeoutMs = 10_000;

export interface PoolOptions {
  /** What it is for: seen in `pg_stat_activity` as `busbar <name>` and in log lines. */
  readonly name: string;
  readonly max: number;
  /** Every statement finds its rows by key: it is never worth while to read a whole table. */
  readonly byKey?: boolean;
  /** A statement is cancelled by the server after this time. Without it statements may take as long as they like. */
  readonly statementTimeoutMs?: number;
  /** A statement that waits longer than this for a lock fails. */
  readonly lockTimeoutMs?: number;
  /**
   * An answer that has not come after this time is given up with the connection, though the server may still act on
   * it: the guard against a server that is frozen or behind a dead network.
   */
  readonly answerTimeoutMs?: number;
}

/** The time limits of what a person waits for: a read of the API never takes a connection or a lock for long. */
export const readLimits = {
  statementTimeoutMs: 5_000,
  lockTimeoutMs: 1_000,
  answerTimeoutMs: 7_000,
} as const satisfies Partial<PoolOptions>;

/** The database of this node, on a server or embedded. */
export interface Database {
  /** Where it is, without user and password, for people to read. */
  readonly place: string;
  /** The server's major version. */
  readonly serverVersion: number;
  /** The postmaster's process id where we run it ourselves; changes when it is restarted. */
  readonly postmasterPid: () => number | undefined;
  readonly pool: (options: PoolOptions) => pg.Pool;
  /** One connection whose statements are sent without waiting for the answers of those before. The caller ends it. */
  readonly connectPipelined: (name: string) => Promise<pg.Client>;
  /**
   * Ends every pool that is not ended yet, then the embedded server. Statements that still run are waited for, but not
   * for long.
   */
  readonly stop: () => Promise<void>;
}

/**
 * Opens the database: the server at `url`, or else the embedded one in `folder`, which is made at the first start.
 * The server has been reached and checked when this resolves.
 *
 * Throws an `Error` whose sentence an operator can act on; never with a password in it.
 */
export async function openDatabase(options: {
  readonly url: string | undefined;
  readonly folder: string;
  readonly log: Log;
}): Promise<Database> {
  const { url, folder, log } = options;
  if (url !== undefined) {
    const place = placeOf(url);
    return openServer({ config: { connectionString: withSessionOptions(url) }, place, log });
  }
  const embedded = await startEmbedded({ folder, log });
  try {
    const { config, pid, stop } = embedded;
    return await openServer({ config, place: `the embedded PostgreSQL in ${folder}`, log, pid, stop });
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** Opens a server that is known to run. `pid` and `stop` belong to a server that is ours. */
export async function openServer(options: {
  readonly config: pg.PoolConfig;
  readonly place: string;
  readonly log: Log;
  readonly pid?: () => number | undefined;
  readonly stop?: () => Promise<void>;
}): Promise<Database> {
  const { config, place, log } = options;
  const serverVersion = await checkServer(config, place);
  const pools = new Set<pg.Pool>();
  return {
    place,
    serverVersion,
    postmasterPid: options.pid ?? (() => undefined),
    pool(poolOptions) {
      const pool = openPool(config, poolOptions, log);
      pools.add(pool);
      return pool;
    },
    connectPipelined: (name) =>
      connect({ ...config, ...session(name, `${byKeyAlone} ${openTransactionLimit}`), pipeline: true }),
    async stop() {
      const ended = Promise.all([...pools].filter((pool) => !pool.ending).map((pool) => pool.end()));
      await Promise.race([ended, delay(endTimeoutMs, undefined, { ref: false })]);
      await options.stop?.();
    },
  };
}

/** One connection; the caller listens to its errors. */
export async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  // A server that ends may say so in the same breath as its welcome, before the caller can listen. Unheard it would
  // end the process.
  let cut: Error | undefined;
  client.on('error', (error) => {
    cut = error;
  });
  await client.connect();
  if (cut) throw cut;
  return client;
}

/** A pool with the project's type parsers, UTC, and time limits. */
export function openPool(config: pg.PoolConfig, options: PoolOptions, log: Log): pg.Pool {
  const { name, max, statementTimeoutMs, lockTimeoutMs, answerTimeoutMs } = options;
  const pool = new pg.Pool({
    ...config,
    ...session(name, options.byKey ? byKeyAlone : ''),
    max,
    idleTimeoutMillis: idleTimeoutMs,
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: statementTimeoutMs }),
    ...(lockTimeoutMs === undefined ? {} : { lock_timeout: lockTimeoutMs }),
    ...(answerTimeoutMs === undefined ? {} : { query_timeout: answerTimeoutMs }),
  });
  // An idle connection was lost; the pool has dropped it and makes a new one when asked. Unheard it would end us.
  // One that is on its way out may still hear that the server ends too.
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ pool: name, reason: error.message }, 'database connection lost');
  });
  return pool;
}

/** Runs `work` in one transaction; a connection whose transaction failed in an unknown state is thrown away. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken = rollbackError;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A client that is gone without a word is noticed by the server within half a minute, not two hours. */
const sessionOptions =
  '-c TimeZone=UTC -c DateStyle=ISO -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/** The options of a connection string take the place of those beside it, so ours have to be among them. */
function withSessionOptions(url: string): string {
  const parsed = new URL(url);
  const given = parsed.searchParams.get('options');
  if (given === null) return url;
  parsed.searchParams.set('options', `${given} ${sessionOptions}`);
  return parsed.href;
}

/**
 * For connections on which every statement finds its rows by key. Plans are kept with the statement: one that was made
 * while a table was empty would otherwise read the whole table when it is full.
 */
const byKeyAlone = '-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off';

/**
 * A node that pauses or is cut off in the middle of a transaction holds its locks for no longer: the others need them,
 * and have to have them before they take the database for away. Its batch is repeated when it is back, and then left
 * out where its stations have gone elsewhere.
 */
const openTransactionLimit = '-c idle_in_transaction_session_timeout=3s';

function session(name: string, more = ''): pg.ClientConfig {
  return {
    application_name: `busbar ${name}`,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    types: typeParsers,
    options: `${sessionOptions} ${more}`,
  };
}

/** Returns the server's major version. */
async function checkServer(config: pg.PoolConfig, place: string): Promise<number> {
  try {
    return refuseUnfit(await askServer(config), place);
  } catch (error) {
    if (error instanceof UnfitServer) throw error;
    throw new Error(`Cannot use ${place}: ${reasonOf(error)}.`);
  }
}

async function askServer(config: pg.PoolConfig): Promise<ServerFacts | undefined> {
  // Reads the files that the connection string names, so it may throw too.
  const client = new pg.Client({ ...config, ...session('start') });
  // A connection that breaks after the question was answered has nobody left to tell.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<ServerFacts>(
      `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
         pg_is_in_recovery() AS standby`,
    );
    return rows[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface ServerFacts {
  readonly version: number;
  readonly encoding: string;
  readonly standby: boolean;
}

class UnfitServer extends Error {}

function refuseUnfit(facts: ServerFacts | undefined, place: string): number {
  if (facts === undefined) throw new UnfitServer(`${place} does not answer like PostgreSQL.`);
  const version = Math.floor(facts.version / 10_000);
  if (version < oldestServerVersion) {
    throw new UnfitServer(
      `${place} runs PostgreSQL ${version}; Busbar needs ${oldestServerVersion} or later. Upgrade that server.`,
    );
  }
  if (facts.encoding !== 'UTF8') {
    throw new UnfitServer(
      `${place} keeps its text as ${facts.encoding}; Busbar needs UTF8. Use a database made with ENCODING 'UTF8'.`,
    );
  }
  if (facts.standby) {
    throw new UnfitServer(`${place} is a read-only standby. Set BUSBAR_DATABASE_URL to the primary.`);
  }
  return version;
}

/** Host, port and database of a connection string, for people to read; never its user, password or parameters. */
export function placeOf(url: string): string {
  const parsed = /^postgres(ql)?:\/\//.test(url) ? URL.parse(url) : null;
  if (parsed === null) {
    // The text itself may hold a password, so it is not shown.
    throw new Error('BUSBAR_DATABASE_URL is not of the form postgres://user:password@host:5432/database.');
  }
  const host = parsed.host || parsed.searchParams.get('host') || 'localhost';
  return `the database ${host}${parsed.pathname}`;
}

/** Node reports a name with several addresses as an AggregateError without a text of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
