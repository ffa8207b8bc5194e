import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { Log } from '../log.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Where the migrations of this program are. */
export const migrationsFolder = join(import.meta.dirname, 'migrations');

const fileName = /^(?<number>\d{3})-[a-z0-9-]+\.sql$/;

/** Any number, the same in every version of the program: whoever holds it is the one that migrates this database. */
const advisoryLock = 7_233_100_601;

/**
 * A migration, or the wait for another node's, may take long: the time limits of the pool, which is for others' work,
 * do not hold for it.
 */
const patienceMs = 24 * 3_600_000;

/**
 * Brings the schema up to date: runs each migration that was not run yet, in order, each in a transaction of its own
 * together with its record. Nodes that start at once wait for the one that is at it.
 *
 * Throws when a migration fails, when one that was run has been changed since, or when the database has been migrated
 * by a later version of the program. Returns the names of those that were run.
 */
export async function migrate(pool: pg.Pool, log: Log, folder: string = migrationsFolder): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = await pool.connect();
  let failed = true;
  try {
    await client.query('SET statement_timeout = 0; SET lock_timeout = 0');
    await patiently(client, `SELECT pg_advisory_lock(${advisoryLock})`);
    const pending = await findPending(client, migrations);
    for (const migration of pending) {
      await run(client, migration);
      log.info({ migration: migration.name }, 'database migrated');
    }
    await client.query('SELECT pg_advisory_unlock($1)', [advisoryLock]);
    await client.query('RESET statement_timeout; RESET lock_timeout');
    failed = false;
    return pending.map((migration) => migration.name);
  } finally {
    // Closing the connection also gives back the lock and the settings.
    client.release(failed);
  }
}

/** The migrations in `folder`, in order. Throws on a name that is none and on a number given twice. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  for (const [index, { number, name }] of migrations.entries()) {
    if (number !== index + 1) {
      throw new Error(
        `Migration ${name} should have number ${index + 1}: they are counted from 001 without gaps.`,
      );
    }
  }
  return migrations;
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const number = Number(fileName.exec(name)?.groups?.number);
  if (Number.isNaN(number)) {
    throw new Error(`Migration ${name} is not named like 001-what-it-does.sql.`);
  }
  // A checkout on Windows may have other line ends; that is no change.
  const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
  return { number, name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

async function findPending(client: pg.ClientBase, migrations: readonly Migration[]): Promise<Migration[]> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`);
  const { rows } = await client.query<Applied>(
    'SELECT number, name, checksum FROM schema_migration ORDER BY number',
  );
  for (const applied of rows) refuseUnknown(applied, migrations[applied.number - 1]);
  return migrations.slice(rows.length);
}

function refuseUnknown(applied: Applied, known: Migration | undefined): void {
  if (known === undefined) {
    throw new Error(
      `The database has migration ${applied.name}, which this program does not know: ` +
        'it was used by a later version. Run that version, or restore a backup from before the upgrade.',
    );
  }
  if (known.checksum !== applied.checksum) {
    throw new Error(
      `Migration ${known.name} is not what was run on this database (as ${applied.name}). ` +
        'A migration that has been run is never edited: restore the file and add a new migration.',
    );
  }
}

async function run(client: pg.ClientBase, migration: Migration): Promise<void> {
  const { number, name, sql, checksum } = migration;
  await client.query('BEGIN');
  try {
    await patiently(client, sql);
    await client.query('INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)', [
      number,
      name,
      checksum,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    // When the connection is what failed, the server has rolled back by itself; the first error is the one to show.
    await client.query('ROLLBACK').catch(() => undefined);
    throw new Error(`Migration ${name}${lineOf(error, sql)} failed: ${messageOf(error)}`, { cause: error });
  }
}

async function patiently(client: pg.ClientBase, text: string): Promise<void> {
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
