import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
  /**
   * Of a contract: the migration that every program at this database must know, as it no longer needs what the contract
   * takes away. Undefined for an expand, beside which programs that do not know it go on.
   */
  readonly needs: number | undefined;
  /** The index that it makes while writers go on, which PostgreSQL does outside a transaction only. */
  readonly concurrentIndex: string | undefined;
}

/** Where the migrations of this program are. */
export const migrationsFolder = join(import.meta.dirname, 'migrations');

/** The migrations in `folder`, in order. Throws on a name or first line that is none and on a number given twice. */
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

/** The number of the last migration that this program knows. */
export async function latestMigration(folder: string = migrationsFolder): Promise<number> {
  return (await readMigrations(folder)).length;
}

const fileName = /^(?<number>\d{3})-[a-z0-9-]+\.sql$/;

async function readMigration(folder: string, name: string): Promise<Migration> {
  const number = Number(fileName.exec(name)?.groups?.number);
  if (Number.isNaN(number)) {
    throw new Error(`Migration ${name} is not named like 001-what-it-does.sql.`);
  }
  // A checkout on Windows may have other line ends; that is no change.
  const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
  const checksum = createHash('sha256').update(sql).digest('hex');
  return { number, name, sql, checksum, ...kindOf(number, name, sql) };
}

/** Those up to this number are older than the rule that a migration says what it is. They are expands. */
const lastWithoutKind = 2;

const firstLine = /^-- (?:expand|contract (?<needs>\d{3}))(?<outside>, outside a transaction)?$/;

/** One statement, so that PostgreSQL makes no transaction around it, and one that may be run again. */
const oneConcurrentIndex =
  /^(?:--[^\n]*\n|\s)*create (?:unique )?index concurrently if not exists (?<index>[a-z_][a-z0-9_]*) [^;]*;?\s*$/i;

function kindOf(number: number, name: string, sql: string): Pick<Migration, 'needs' | 'concurrentIndex'> {
  const [line = ''] = sql.split('\n', 1);
  const kind = firstLine.exec(line)?.groups;
  if (kind === undefined) {
    if (number <= lastWithoutKind) return { needs: undefined, concurrentIndex: undefined };
    throw new Error(
      `The first line of migration ${name} is neither "-- expand" nor "-- contract NNN". See CONTRIBUTING.md.`,
    );
  }
  const needs = kind.needs === undefined ? undefined : Number(kind.needs);
  if (needs !== undefined && (needs < 1 || needs >= number)) {
    throw new Error(
      `Migration ${name} is a contract of ${kind.needs}, which has to be an earlier migration.`,
    );
  }
  if (kind.outside === undefined) return { needs, concurrentIndex: undefined };
  const concurrentIndex = oneConcurrentIndex.exec(sql)?.groups?.index;
  if (concurrentIndex === undefined) {
    throw new Error(
      `Migration ${name} is outside a transaction: it may hold nothing but one "create index concurrently if not exists".`,
    );
  }
  return { needs, concurrentIndex };
}
