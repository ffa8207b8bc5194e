import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { createAccessTokens } from './core/access-token.ts';
import { createLog } from './log.ts';
import { type Database, openDatabase, openServer } from './store/connection.ts';
import { migrate } from './store/migrate.ts';
import { FolderInUse } from './store/postgres/folder-lock.ts';
import { findRunning } from './store/postgres/running.ts';

const log = createLog({ level: 'silent' });

/**
 * Makes the operator's token anew, for whoever may reach the database; a server may be running on it or not. The one
 * before is void at once where no server runs, and within seconds where one does.
 *
 * Throws an `Error` with a sentence when there is no database yet, or it cannot be reached.
 */
export async function replaceOperatorToken(
  config: Pick<Config, 'databaseUrl' | 'dataFolder'>,
): Promise<string> {
  const database = await openBesideServer(config);
  try {
    const pool = database.pool({ name: 'token', max: 1 });
    await migrate(pool, log);
    return await createAccessTokens(pool, Date.now).replaceOperator();
  } finally {
    await database.stop();
  }
}

async function openBesideServer({
  databaseUrl,
  dataFolder,
}: Pick<Config, 'databaseUrl' | 'dataFolder'>): Promise<Database> {
  if (databaseUrl === undefined) await refuseMissing(dataFolder);
  try {
    return await openDatabase({ url: databaseUrl, folder: dataFolder, log });
  } catch (error) {
    const running = error instanceof FolderInUse ? await findRunning(dataFolder) : undefined;
    if (running === undefined) throw error;
    return openServer({ config: running, place: `the embedded PostgreSQL in ${dataFolder}`, log });
  }
}

/** A folder that was misspelt should not become a database. */
async function refuseMissing(folder: string): Promise<void> {
  const isThere = await access(join(folder, 'cluster')).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw new Error(
    `There is no database in ${folder}. \`busbar serve\` makes one and shows its first token; BUSBAR_DATA names another folder.`,
  );
}
