import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { identityOf } from '../store/postgres/process-identity.ts';

/**
 * The folder through which the test files of a run find the database that they share. It holds a lease for each test
 * run, and the address while the database runs; both name processes, so that what a killed one leaves is seen as such.
 */

/** The cluster with its log takes 200 MB, a database 9 MB; the 64 MB of a container's /dev/shm would not do. */
const enoughMemoryBytes = 2 * 1024 ** 3;

/** Names the folder, and makes it. One for each user, checkout and version of PostgreSQL. */
export async function makeClusterFolder(binaries: string): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const digest = createHash('sha256')
    .update(`${import.meta.dirname} ${binaries}`)
    .digest('hex')
    .slice(0, 8);
  const folder = join(await chooseParent(), `busbar-test-${uid}-${digest}`);
  // Not for others to read, but PostgreSQL's user, another one when we are root, has to pass.
  await mkdir(join(folder, 'leases'), { recursive: true, mode: 0o711 });
  const stats = await lstat(folder);
  if (process.getuid !== undefined && (stats.uid !== uid || !stats.isDirectory())) {
    throw new Error(`${folder} belongs to somebody else. Set TMPDIR to a folder of your own.`);
  }
  return folder;
}

/**
 * Memory, where there is plenty: some hundred files are made for each database and deleted with it, which a disk's file
 * system may take much longer over (ext4 without a journal: 20 ms at first, 400 ms after some minutes of it).
 */
async function chooseParent(): Promise<string> {
  const isChosen = process.env.TMPDIR !== undefined;
  const memory = isChosen ? undefined : await statfs('/dev/shm').catch(() => undefined);
  return memory !== undefined && memory.bavail * memory.bsize > enoughMemoryBytes ? '/dev/shm' : tmpdir();
}

/** The database is kept for as long as process `pid` lives. */
export async function takeLease(folder: string, pid: number): Promise<void> {
  await writeAtOnce(join(folder, 'leases', String(pid)), identityOf(pid) ?? '');
}

/** Whether any process that took a lease still lives. */
export async function hasLease(folder: string): Promise<boolean> {
  const leases = join(folder, 'leases');
  let found = false;
  for (const name of await readdir(leases)) {
    if (!/^\d+$/.test(name)) continue;
    const identity = await readFile(join(leases, name), 'utf8').catch(() => '');
    if (identity !== '' && identityOf(Number(name)) === identity) found = true;
    else await rm(join(leases, name), { force: true });
  }
  return found;
}

interface Address {
  readonly keeperPid: number;
  readonly keeperIdentity: string;
  readonly config: pg.PoolConfig;
}

/** Says where the database is. Called by the process that keeps it. */
export async function publish(folder: string, config: pg.PoolConfig): Promise<void> {
  const keeperIdentity = identityOf(process.pid) ?? '';
  const address: Address = { keeperPid: process.pid, keeperIdentity, config };
  await writeAtOnce(join(folder, 'address.json'), JSON.stringify(address));
}

export async function withdraw(folder: string): Promise<void> {
  await rm(join(folder, 'address.json'), { force: true });
}

/** Where the database is; undefined while there is none, or its keeper was killed. */
export async function findAddress(folder: string): Promise<pg.PoolConfig | undefined> {
  const text = await readFile(join(folder, 'address.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const address: Address = JSON.parse(text);
  return identityOf(address.keeperPid) === address.keeperIdentity ? address.config : undefined;
}

/** A reader sees all of it or nothing. */
async function writeAtOnce(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}
