import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { createLog } from '../log.ts';
import { type Database, openPool, openServer, sqlStateOf } from '../store/connection.ts';
import { migrate, migrationsFolder, readMigrations } from '../store/migrate.ts';
import { findAddress, makeClusterFolder, takeLease } from './cluster-folder.ts';

/** A cluster is made in about a second; on a machine that is busy with other things in several. */
const clusterTimeoutMs = 60_000;
const pollIntervalMs = 10;

/** Any number, the same in every test file: whoever holds it makes the template. */
const templateLock = 7_233_100_602;

const silent = createLog({ level: 'silent' });

/** A database of one test's own, with the schema in it. */
export interface TestDatabase extends Database {
  /** For a program that is given BUSBAR_DATABASE_URL. */
  readonly url: string;
  /** For `pg` itself. */
  readonly config: pg.PoolConfig;
  /** A pool to look into the database with. */
  readonly sql: pg.Pool;
  /** Drops it, with whatever is still connected to it. */
  readonly drop: () => Promise<void>;
}

export interface TestDatabaseOptions {
  /** The folder of migrations to be run in it; `undefined` for those of the program, `null` for an empty database. */
  readonly migrations?: string | null;
}

/**
 * Makes a database for a test and drops it when the test has ended. Hooks of the test run in the order in which they
 * were added: what uses the database and has to be stopped in good order goes through {@link withDatabase}.
 *
 * Databases live on an embedded PostgreSQL that all test files of a run share and that ends with the run, or on the
 * server at BUSBAR_TEST_DATABASE_URL. BUSBAR_TEST_POSTGRES_BIN (`/usr/lib/postgresql/15/bin`) has the shared one run
 * another PostgreSQL. The shared one does not sync to disk (`fsync` is off in it, and nowhere else).
 */
export async function testDatabase(
  test: TestContext,
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const database = await makeDatabase(options);
  test.after(database.drop);
  return database;
}

/** Runs `work` with a database made for it, which is dropped afterwards. See {@link testDatabase}. */
export async function withDatabase<Result>(
  work: (database: TestDatabase) => Promise<Result>,
  options: TestDatabaseOptions = {},
): Promise<Result> {
  const database = await makeDatabase(options);
  try {
    return await work(database);
  } finally {
    await database.drop();
  }
}

/** As {@link testDatabase}, for the hooks of a suite: whoever calls this calls `drop`. */
export async function makeDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const at = await findServer();
  const name = `busbar_test_${process.pid}_${randomBytes(5).toString('hex')}`;
  const { migrations = migrationsFolder } = options;
  await onServer(at, async (client) => {
    const template = migrations === null ? 'template1' : await makeTemplate(client, at, migrations);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const url = at.url(name);
  const config = { connectionString: url };
  const database = await openServer({ config, place: `the test database ${name}`, log: silent });
  return {
    ...database,
    url,
    config,
    sql: database.pool({ name: 'test', max: 5 }),
    async drop() {
      await database.stop();
      await onServer(at, (client) => dropDatabase(client, name));
    },
  };
}

/** On a server of somebody else's an autovacuum worker may be at it, which only a superuser may end: it is soon done. */
async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      return;
    } catch (error) {
      if (sqlStateOf(error) !== notAllowed || attempt === dropAttempts) throw error;
      await delay(100 * attempt);
    }
  }
}

const notAllowed = '42501';
const dropAttempts = 10;

/** A server, and how to name one of its databases. */
interface Server {
  readonly url: (database: string) => string;
  /** The database to log in to when none of ours is there yet. */
  readonly database: string;
}

let server: Promise<Server> | undefined;

async function findServer(): Promise<Server> {
  const url = process.env.BUSBAR_TEST_DATABASE_URL;
  server ??= url === undefined ? joinSharedCluster() : Promise.resolve(serverAt(url));
  return server;
}

function serverAt(url: string): Server {
  const { pathname } = new URL(url);
  return {
    database: decodeURIComponent(pathname.slice(1)) || 'postgres',
    url: (database) => Object.assign(new URL(url), { pathname: `/${database}` }).href,
  };
}

/** Leases the cluster that the test files of this run share, and starts its keeper where there is none. */
async function joinSharedCluster(): Promise<Server> {
  const binaries = process.env.BUSBAR_TEST_POSTGRES_BIN ?? '';
  const folder = await makeClusterFolder(binaries);
  // `node --test` runs each file in a process of its own, so it is their parent that the run lasts as long as.
  await takeLease(folder, process.env.NODE_TEST_CONTEXT === 'child-v8' ? process.ppid : process.pid);
  const deadline = Date.now() + clusterTimeoutMs;
  let keeper: { isRunning: boolean } | undefined;
  while (Date.now() < deadline) {
    const config = await findAddress(folder);
    if (config !== undefined) return serverOf(config);
    // One that found another keeper at work has ended; so may that other one have by now.
    if (keeper?.isRunning !== true) keeper = await spawnKeeper(folder, binaries);
    await delay(pollIntervalMs);
  }
  throw new Error(`The test database did not start. See ${join(folder, 'keeper.log')}.`);
}

async function spawnKeeper(folder: string, binaries: string): Promise<{ isRunning: boolean }> {
  const log = await open(join(folder, 'keeper.log'), 'w', 0o600);
  const program = join(import.meta.dirname, 'cluster-keeper.ts');
  const child = spawn(process.execPath, [program, folder, binaries], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    // It is no test file, though a test file starts it.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  child.unref();
  await log.close();
  const keeper = { isRunning: true };
  child.once('exit', () => {
    keeper.isRunning = false;
  });
  return keeper;
}

function serverOf(config: pg.PoolConfig): Server {
  const { host = '', port = 5432, user = '', password = '', database = '' } = config;
  const login = { host, port: String(port), user, password: String(password) };
  return { database, url: (name) => `postgres:///${name}?${new URLSearchParams(login)}` };
}

async function onServer<Result>(at: Server, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: at.url(at.database) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * The database with these migrations run, of which the tests' are copies. It gets its name when it is complete.
 * Nobody may connect to it: a connection would keep it from being copied.
 */
async function makeTemplate(client: pg.Client, at: Server, folder: string): Promise<string> {
  const checksums = (await readMigrations(folder)).map((migration) => migration.checksum).join(' ');
  const name = `busbar_template_${createHash('sha256').update(checksums).digest('hex').slice(0, 16)}`;
  if (await exists(client, name)) return name;
  await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
  if (!(await exists(client, name))) {
    const draft = `${name}_draft`;
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${draft} TEMPLATE template1`);
    const pool = openPool({ connectionString: at.url(draft) }, { name: 'template', max: 1 }, silent);
    await migrate(pool, silent, { folder }).finally(() => pool.end());
    await client.query(`ALTER DATABASE ${draft} ALLOW_CONNECTIONS false`);
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
  }
  await client.query('SELECT pg_advisory_unlock($1)', [templateLock]);
  return name;
}

async function exists(client: pg.Client, database: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  return rowCount === 1;
}
