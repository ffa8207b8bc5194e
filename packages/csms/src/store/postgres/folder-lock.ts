import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, pidSpace } from './process-identity.ts';

/** How often to look again while another process is in the middle of taking over from a dead one. */
const attempts = 50;
const attemptIntervalMs = 20;

/** The holder's sign of life, for those who cannot see its process, and how long they look for one. */
const beatIntervalMs = 1_000;
const watchMs = 3 * beatIntervalMs;

interface Holder {
  readonly pid: number;
  /** Where that pid means something: see {@link pidSpace}. */
  readonly space: string;
  /** See {@link identityOf}: a pid alone may by now be somebody else's. */
  readonly identity: string;
  /** One taking of the lock, never repeated. */
  readonly id: string;
}

export interface FolderLock {
  readonly release: () => Promise<void>;
}

/** The folder belongs to another server that is alive. */
export class FolderInUse extends Error {}

/**
 * Makes `folder` this process's own until `release`. A lock whose process is dead is taken over.
 *
 * Throws {@link FolderInUse} with the pid of the holder. Node offers no lock of the operating system, so this rests
 * on `link`, which fails where the name exists, and on telling the living from the dead.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const lock = join(folder, 'lock');
  const me: Holder = {
    pid: process.pid,
    space: pidSpace(),
    identity: identityOf(process.pid) ?? '',
    id: randomUUID(),
  };
  const mine = join(folder, `lock.${me.id}`);
  await writeFile(mine, JSON.stringify(me), { mode: 0o600 });
  try {
    await take({ lock, mine, me, folder });
  } finally {
    await rm(mine, { force: true });
  }
  const beat = setInterval(() => void showLife(lock), beatIntervalMs);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      // Another took it for abandoned when we were frozen for long: then it is no longer ours to remove.
      if ((await readHolder(lock))?.id === me.id) await rm(lock, { force: true });
    },
  };
}

async function take(options: {
  readonly lock: string;
  readonly mine: string;
  readonly me: Holder;
  readonly folder: string;
}): Promise<void> {
  const { lock, mine, me, folder } = options;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await linked(mine, lock)) return;
    const holder = await readHolder(lock);
    if (holder !== undefined && (isAlive(holder) || (await beats(lock, holder)))) {
      const place = holder.space === me.space ? '' : ' in another container or on another machine';
      throw new FolderInUse(
        `The folder ${folder} is in use by the server with process id ${holder.pid}${place}. ` +
          'Stop that one first, or give this one a data folder of its own.',
      );
    }
    if (holder !== undefined && (await succeed({ lock, mine, me, holder }))) return;
    await delay(attemptIntervalMs);
  }
  throw new Error(`The lock ${lock} cannot be read. When no server uses the folder, remove that file.`);
}

/**
 * Takes over from a dead holder. Of all that see the same dead holder one alone may replace its lock: the one whose
 * claim, a name made from that holder's id, comes first.
 */
async function succeed(options: {
  readonly lock: string;
  readonly mine: string;
  readonly me: Holder;
  readonly holder: Holder;
}): Promise<boolean> {
  const { lock, mine, me, holder } = options;
  const claim = `${lock}.after-${holder.id}`;
  if (!(await linked(mine, claim))) {
    const claimant = await readHolder(claim);
    if (claimant !== undefined && claimant.space === me.space && !isAlive(claimant))
      await rm(claim, { force: true });
    return false;
  }
  // A claim that was free because the successor is done with it comes too late: the lock is a living one's.
  const unchanged = (await readHolder(lock))?.id === holder.id;
  if (unchanged) {
    const copy = `${mine}.copy`;
    await writeFile(copy, JSON.stringify(me), { mode: 0o600 });
    await rename(copy, lock);
  }
  await rm(claim, { force: true });
  return unchanged;
}

async function linked(existing: string, name: string): Promise<boolean> {
  try {
    await link(existing, name);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when there is no such file, or what it holds makes no sense. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isHolder(holder) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'space' in value &&
    typeof value.space === 'string' &&
    'identity' in value &&
    typeof value.identity === 'string' &&
    'id' in value &&
    typeof value.id === 'string'
  );
}

function isAlive(holder: Holder): boolean {
  return holder.space === pidSpace() && identityOf(holder.pid) === holder.identity;
}

async function showLife(lock: string): Promise<void> {
  const now = new Date();
  // A full or frozen disk is others' to report.
  await utimes(lock, now, now).catch(() => undefined);
}

/** Whether a holder whose process we cannot see, in another container that has the same folder, shows signs of life. */
async function beats(lock: string, holder: Holder): Promise<boolean> {
  if (holder.space === pidSpace()) return false;
  const before = await modifiedAt(lock);
  await delay(watchMs);
  const after = await modifiedAt(lock);
  return after !== undefined && after !== before;
}

async function modifiedAt(path: string): Promise<number | undefined> {
  return stat(path).then(
    (stats) => stats.mtimeMs,
    () => undefined,
  );
}
