import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { createLog } from '../log.ts';
import { type Embedded, startEmbedded } from '../store/postgres/embedded.ts';
import { FolderInUse } from '../store/postgres/folder-lock.ts';
import { hasLease, publish, withdraw } from './cluster-folder.ts';

/**
 * A process of its own that runs the PostgreSQL shared by the test files of a run, each of which is a process too. It
 * ends with the last run that holds a lease, however that run ended.
 *
 * Arguments: the folder, and the folder of PostgreSQL's programs or an empty word.
 */

/** How soon after the last test run its database is gone. */
const checkIntervalMs = 200;

/** One for each migrations folder in use, and room for those of another branch. */
const keptTemplates = 3;

/**
 * This cluster alone does not sync to disk: it holds nothing that outlives a test, and the machine's tests share one
 * disk. What durability means is tested on clusters of their own.
 */
const settings = {
  fsync: 'off',
  // Its worker is a superuser's, and would keep a database from being dropped.
  autovacuum: 'off',
  full_page_writes: 'off',
  max_connections: '250',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
};

const [folder = '', binaries = ''] = process.argv.slice(2);
const log = createLog({ level: 'warn' });

async function start(): Promise<Embedded> {
  return startEmbedded({ folder, log, settings, ...(binaries === '' ? {} : { binaries }) });
}

/** A cluster that never synced may be beyond repair after the machine went down, or be another version's. */
async function startAfresh(error: unknown): Promise<Embedded> {
  if (error instanceof FolderInUse) throw error;
  log.warn({ error }, 'The test cluster does not start; making it anew');
  await rm(join(folder, 'cluster'), { recursive: true, force: true });
  return start();
}

/** Databases that killed tests left behind, and templates of migrations long changed. */
async function clean(config: pg.PoolConfig): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE starts_with(datname, 'busbar_test_')
       UNION ALL
       (SELECT datname FROM pg_database WHERE starts_with(datname, 'busbar_template_') ORDER BY oid DESC OFFSET $1)`,
      [keptTemplates],
    );
    for (const { name } of rows) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}

async function keep(): Promise<void> {
  const embedded = await start().catch(startAfresh);
  try {
    await clean(embedded.config);
    do {
      await publish(folder, embedded.config);
      while (await hasLease(folder)) await delay(checkIntervalMs);
      // Whoever took a lease before this line was seen; whoever takes one later finds nothing and starts a keeper.
      await withdraw(folder);
    } while (await hasLease(folder));
  } finally {
    await embedded.stop();
  }
}

try {
  await keep();
} catch (error) {
  // Two test files began at once: the other one's keeper does the work.
  if (!(error instanceof FolderInUse)) throw error;
}
