import { createLog } from '../log.ts';
import { startEmbedded } from '../store/postgres/embedded.ts';

/**
 * A server that does nothing but run an embedded PostgreSQL, for tests that kill it: prints the postmaster's pid once
 * it runs, stops on SIGTERM.
 *
 * Arguments: the folder, and the folder of PostgreSQL's programs or an empty word.
 */
const [folder = '', binaries = ''] = process.argv.slice(2);

try {
  const embedded = await startEmbedded({
    folder,
    log: createLog({ level: 'silent' }),
    ...(binaries === '' ? {} : { binaries }),
  });
  process.stdout.write(`${embedded.pid()}\n`);
  const alive = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => {
    clearInterval(alive);
    void embedded.stop();
  });
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
