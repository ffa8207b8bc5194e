import type pg from 'pg';
import type { Migration } from './migration.ts';

/** The list of what was run. */
export const createRecord = `
  CREATE TABLE IF NOT EXISTS schema_migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  );
  ALTER TABLE schema_migration ADD COLUMN IF NOT EXISTS needs integer`;

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  /** See {@link Migration.needs}. */
  readonly needs: number | null;
}

interface Found {
  readonly pending: readonly Migration[];
  /** Those that a later version has run. */
  readonly later: readonly string[];
}

/** Throws when this program and this database do not fit together. */
export async function findPending(client: pg.ClientBase, migrations: readonly Migration[]): Promise<Found> {
  const applied = await readApplied(client);
  for (const each of applied) refuseUnfit(each, migrations);
  return {
    pending: migrations.slice(applied.length),
    later: applied.slice(migrations.length).map(({ name }) => name),
  };
}

async function readApplied(client: pg.ClientBase): Promise<Applied[]> {
  const { rowCount } = await client.query(`SELECT FROM pg_class WHERE oid = to_regclass('schema_migration')`);
  if (rowCount === 0) return [];
  // Databases of the first version have no column `needs` yet.
  const { rows } = await client.query<Applied>(
    `SELECT number, name, checksum, (to_jsonb(record) ->> 'needs')::integer AS needs
     FROM schema_migration record ORDER BY number`,
  );
  return rows;
}

function refuseUnfit(applied: Applied, migrations: readonly Migration[]): void {
  const known = migrations[applied.number - 1];
  if (known !== undefined && known.checksum !== applied.checksum) {
    throw new Error(
      `Migration ${known.name} is not what was run on this database (as ${applied.name}). ` +
        'A migration that has been run is never edited: restore the file and add a new migration.',
    );
  }
  if ((applied.needs ?? 0) > migrations.length) {
    throw new Error(
      `The database has migration ${applied.name}, which this program does not know: ` +
        'a later version has taken away what this one needs. Run that version, or restore a backup from before the upgrade.',
    );
  }
}

export async function record(
  client: pg.ClientBase,
  { number, name, checksum, needs }: Migration,
): Promise<void> {
  await client.query('INSERT INTO schema_migration (number, name, checksum, needs) VALUES ($1, $2, $3, $4)', [
    number,
    name,
    checksum,
    needs,
  ]);
}
