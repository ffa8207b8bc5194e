import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Account, giveTo } from './account.ts';
import type { Binaries } from './binaries.ts';
import {
  accessText,
  configurationText,
  identityText,
  provisioningText,
  type Settings,
  superuserName,
  type Transport,
} from './settings.ts';

/** PostgreSQL's data folder, with what it takes to run programs on it. */
export interface Cluster {
  readonly folder: string;
  readonly binaries: Binaries;
  readonly account: Account;
}

/** From 17 on PostgreSQL brings a Unicode of its own; before, only C is the same on every system. */
const builtinLocaleSince = 17;

/** The major version that made the cluster; undefined when there is none yet. */
export async function clusterVersion(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

export function refuseOtherVersion(folder: string, version: number, binaries: Binaries): void {
  if (version === binaries.version) return;
  throw new Error(
    `The database in ${folder} was made by PostgreSQL ${version}, and this program brings ${binaries.version}. ` +
      'Move the data over with pg_dump and pg_restore, or go on with the earlier release of this program.',
  );
}

/**
 * Makes a cluster: built beside its place and synced to disk, then renamed, so that a crash leaves nothing that looks
 * like one.
 */
export async function createCluster(cluster: Cluster, password: string | undefined): Promise<void> {
  const { folder, binaries, account } = cluster;
  await removeUnfinished(folder);
  // A name of its own: the initdb of a killed start may still be writing to the one before.
  const building = { ...cluster, folder: `${folder}.new-${process.pid}` };
  await makePrivateFolder(building.folder, account);
  try {
    await runToEnd(building, 'initdb', [
      `--pgdata=${building.folder}`,
      `--username=${superuserName}`,
      '--encoding=UTF8',
      '--locale=C',
      ...(binaries.version >= builtinLocaleSince
        ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
        : []),
      '--data-checksums',
      '--auth=reject',
      '--no-instructions',
    ]);
    const preload = binaries.hasStatStatements ? 'pg_stat_statements' : '';
    await runToEnd(
      building,
      'postgres',
      [
        '--single',
        ...['-D', building.folder],
        ...['-c', 'exit_on_error=on', '-c', `shared_preload_libraries=${preload}`],
        'template1',
      ],
      provisioningText(password, binaries.hasStatStatements),
    );
    await rename(building.folder, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(building.folder, { recursive: true, force: true });
    throw error;
  }
}

async function removeUnfinished(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.new-`;
  const names = (await readdir(dirname(folder))).filter((name) => name.startsWith(prefix));
  for (const name of names)
    await rm(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 3 });
}

/** Writes the three configuration files; a running server reads them again on SIGHUP. */
export async function writeConfiguration(
  cluster: Cluster,
  transport: Transport,
  extra: Settings,
): Promise<void> {
  const { hasStatStatements } = cluster.binaries;
  const files = {
    'postgresql.conf': configurationText({ transport, hasStatStatements, extra }),
    'pg_hba.conf': accessText(transport),
    'pg_ident.conf': identityText(),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(cluster.folder, name);
    const present = await readFile(path, 'utf8').catch(() => undefined);
    // Written whole or not at all: the disk may be full, and a running server reads it at any time.
    if (present !== text) await replaceFile(path, text, cluster.account);
  }
}

async function replaceFile(path: string, text: string, account: Account): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await giveTo(account, draft);
  await rename(draft, path);
}

/** A folder that only the account may enter. */
export async function makePrivateFolder(path: string, account: Account): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  await giveTo(account, path);
}

/** Starts one of PostgreSQL's programs as the account. */
export function spawnProgram(
  cluster: Cluster,
  program: { readonly name: string; readonly args: readonly string[] },
  options: { readonly stdio: ('ignore' | 'pipe' | number)[]; readonly detached: boolean },
): ChildProcess {
  const { account, binaries } = cluster;
  const [command = '', ...args] = [...account.prefix, join(binaries.folder, program.name), ...program.args];
  return spawn(command, args, {
    ...account.spawnAs,
    ...options,
    env: binaries.environment,
    cwd: '/',
    windowsHide: true,
  });
}

/** Runs a program and waits for its end; `input` is what it reads. Throws with the reason that it gives. */
async function runToEnd(cluster: Cluster, name: string, args: readonly string[], input = ''): Promise<void> {
  const child = spawnProgram(cluster, { name, args }, { stdio: ['pipe', 'ignore', 'pipe'], detached: false });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  // A program that ends without reading says why on its stderr.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(status ?? signal));
  });
  if (code !== 0) throw failureOf(`PostgreSQL's ${name} failed (${code}) in ${cluster.folder}`, complaints);
}

/** Makes a sentence of what PostgreSQL wrote before it gave up. */
export function failureOf(what: string, complaints: string): Error {
  const lines = complaints
    .split('\n')
    .filter((line) => /FATAL|PANIC|ERROR|HINT|error|could not|invalid/.test(line));
  const reason = (lines.length > 0 ? lines : complaints.trim().split('\n')).slice(-6).join('\n').trim();
  return new Error(`${what}. ${advise(complaints)}${reason === '' ? '' : `\n${reason}`}`);
}

function advise(complaints: string): string {
  if (/No space left on device|free disk space/.test(complaints))
    return 'The disk is full: make room and start again.';
  if (/Read-only file system/.test(complaints)) return 'The file system is read-only.';
  if (/Permission denied/.test(complaints))
    return 'It may not enter or write that folder: check its owner and mode.';
  if (/could not (create|map).*(shared memory|semaphores)/i.test(complaints)) {
    return 'The system has too little shared memory for it.';
  }
  return 'It says:';
}

/** A rename is durable when its folder is. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
