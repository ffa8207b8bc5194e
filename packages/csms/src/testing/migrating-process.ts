import { createLog } from '../log.ts';
import { openPool } from '../store/connection.ts';
import { migrate } from '../store/migrate.ts';
import type { MigrationOrder, MigrationResult } from './migrations.ts';

/** Started by {@link migrateInProcess}: migrates as it is told, says what came of it, and ends. */
process.once('message', async ({ url, ...options }: MigrationOrder) => {
  const log = createLog({ level: 'silent' });
  const pool = openPool({ connectionString: url }, { name: 'migrating', max: 1 }, log);
  const result: MigrationResult = await migrate(pool, log, options).then(
    (done) => ({ done }),
    (error: Error) => ({ failed: error.message }),
  );
  await pool.end();
  process.send?.(result, () => process.exit(0));
});
