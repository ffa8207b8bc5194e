import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, failureOf, makePrivateFolder, spawnProgram } from './cluster.ts';
import { identityOf, processesWorkingIn } from './process-identity.ts';
import type { Transport } from './settings.ts';

/** Short against the 100 ms or so that a start takes; long against the cost of reading a small file. */
const pollIntervalMs = 10;

/** A server that did not start after this time will not; replaying the log after a crash takes seconds. */
const startTimeoutMs = 300_000;

/** A postmaster's children see that it is gone within moments, unless a query keeps them from looking. */
const orphanPatienceMs = 1_000;

/** A fast shutdown ends every connection and writes a checkpoint. */
const fastStopTimeoutMs = 60_000;
/** An immediate one leaves the rest to the replay at the next start. */
const immediateStopTimeoutMs = 5_000;

/** The log of a server that starts afresh each time should not grow for ever. */
const largestLogBytes = 16 * 1024 * 1024;

/** A postmaster that accepts connections. */
export interface Postmaster {
  readonly pid: number;
  /** Resolves when the process is gone, however that came. */
  readonly gone: Promise<void>;
}

/** What a postmaster tells in its file `postmaster.pid`: https://www.postgresql.org/docs/current/storage-file-layout.html */
interface PostmasterFile {
  readonly pid: number;
  readonly startedAtSeconds: number;
  readonly port: number;
  /** Empty when it listens on none. */
  readonly socketFolder: string;
  readonly status: string;
}

/** A postmaster that was found running, and where it listens. */
export interface FoundPostmaster extends Postmaster {
  readonly port: number;
  readonly socketFolder: string;
}

/**
 * The postmaster that a crash of ours left behind, once it accepts connections. One that is shutting down is waited
 * for, children without a postmaster are ended: when undefined is returned, nothing works in the folder any more.
 */
export async function findPostmaster(cluster: Cluster): Promise<FoundPostmaster | undefined> {
  const file = await readPostmasterFile(cluster);
  if (file !== undefined && isPostmasterOf(cluster, file.pid)) {
    const gone = watch(file.pid);
    const ready = await waitUntilReady(cluster, {
      pid: file.pid,
      gone,
      notBeforeSeconds: file.startedAtSeconds,
    });
    if (ready !== undefined)
      return { pid: file.pid, gone, port: ready.port, socketFolder: ready.socketFolder };
  }
  await endOrphans(cluster);
  return undefined;
}

/**
 * Starts a postmaster in a session of its own: a Ctrl-C at the terminal is ours to act on first.
 *
 * Nothing must be at work in the folder: see {@link findPostmaster}.
 */
export async function launchPostmaster(
  cluster: Cluster,
  transport: Transport,
  logPath: string,
): Promise<Postmaster> {
  await clearAfterDead(cluster, transport);
  const log = await openLog(logPath);
  const notBeforeSeconds = Math.floor(Date.now() / 1000) - 1;
  try {
    const child = spawnProgram(
      cluster,
      { name: 'postgres', args: ['-D', cluster.folder] },
      { stdio: ['ignore', log.handle.fd, log.handle.fd], detached: true },
    );
    child.unref();
    const gone = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    const { pid } = child;
    const ready =
      pid === undefined ? undefined : await waitUntilReady(cluster, { pid, gone, notBeforeSeconds });
    if (pid === undefined || ready === undefined) {
      const complaints = (await readFile(logPath)).subarray(log.length).toString();
      throw failureOf(`PostgreSQL did not start in ${cluster.folder}`, complaints);
    }
    return { pid, gone };
  } finally {
    await log.handle.close();
  }
}

/**
 * Removes what a dead postmaster left. PostgreSQL goes by the pid that is written there, and would not start where
 * some other process has been given it since, or where nobody collects the dead one (a container without an init).
 */
async function clearAfterDead(cluster: Cluster, transport: Transport): Promise<void> {
  if (transport.kind === 'socket') {
    await rm(transport.folder, { recursive: true, force: true });
    await makePrivateFolder(transport.folder, cluster.account);
  }
  // Where we cannot be sure that all its children are gone this file is PostgreSQL's guard against them.
  if (process.platform === 'linux') await rm(join(cluster.folder, 'postmaster.pid'), { force: true });
}

/** Stops a postmaster: every connection ended, everything written; harder when it does not heed. */
export async function stopPostmaster(cluster: Cluster, postmaster: Postmaster): Promise<void> {
  const stages = [
    { signal: 'SIGINT', timeoutMs: fastStopTimeoutMs },
    { signal: 'SIGQUIT', timeoutMs: immediateStopTimeoutMs },
    { signal: 'SIGKILL', timeoutMs: immediateStopTimeoutMs },
  ] as const;
  for (const { signal, timeoutMs } of stages) {
    send(cluster, postmaster.pid, signal);
    // What is frozen (SIGSTOP) heeds nothing else before it is let go on.
    for (const pid of processesWorkingIn(cluster.folder)) send(cluster, pid, 'SIGCONT');
    if (await within(postmaster.gone, timeoutMs)) break;
  }
  await endOrphans(cluster);
}

/** Has a running server read its configuration again. */
export function reloadConfiguration(cluster: Cluster, postmaster: Postmaster): void {
  send(cluster, postmaster.pid, 'SIGHUP');
}

type Signal = 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGKILL' | 'SIGCONT';

function send(cluster: Cluster, pid: number, signal: Signal): void {
  if (process.platform === 'win32') {
    // There, Node knows only one way to signal a process: to end it. PostgreSQL has its own.
    const args = ['kill', signal.slice('SIG'.length), String(pid)];
    spawnProgram(
      cluster,
      { name: 'pg_ctl', args },
      { stdio: ['ignore', 'ignore', 'ignore'], detached: false },
    );
    return;
  }
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone meanwhile, which `gone` tells.
  }
}

async function waitUntilReady(
  cluster: Cluster,
  starting: { readonly pid: number; readonly gone: Promise<void>; readonly notBeforeSeconds: number },
): Promise<PostmasterFile | undefined> {
  let isGone = false;
  void starting.gone.then(() => {
    isGone = true;
  });
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    const file = await readPostmasterFile(cluster);
    const isIts = file?.pid === starting.pid && file.startedAtSeconds >= starting.notBeforeSeconds;
    if (isIts && file.status === 'ready') return file;
    if (isGone) return undefined;
    await delay(pollIntervalMs);
  }
  throw new Error(
    `PostgreSQL has been starting in ${cluster.folder} for ${startTimeoutMs / 1000} s. See postgres.log beside it.`,
  );
}

async function readPostmasterFile(cluster: Cluster): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(cluster.folder, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , startedAt, port, socketFolder, , , status] = text.split('\n');
  if (!Number(pid)) return undefined;
  return {
    pid: Number(pid),
    startedAtSeconds: Number(startedAt),
    port: Number(port),
    socketFolder: socketFolder ?? '',
    status: status?.trim() ?? 'starting',
  };
}

/** The pid in a file that a crash left behind may be anybody's by now. */
function isPostmasterOf(cluster: Cluster, pid: number): boolean {
  if (process.platform !== 'linux') return identityOf(pid) !== undefined;
  return processesWorkingIn(cluster.folder).includes(pid);
}

/** The end of a process that is not our child. */
async function watch(pid: number): Promise<void> {
  const identity = identityOf(pid);
  while (identity !== undefined && identityOf(pid) === identity) {
    await delay(pollIntervalMs * 10, undefined, { ref: false });
  }
}

/**
 * The children of a killed postmaster must be gone before the next one starts: they still write to the files. They are
 * given a moment to notice, then ended.
 */
async function endOrphans(cluster: Cluster): Promise<void> {
  const startedAt = Date.now();
  for (;;) {
    const orphans = processesWorkingIn(cluster.folder);
    if (orphans.length === 0) return;
    const waitedMs = Date.now() - startedAt;
    if (waitedMs > 10 * orphanPatienceMs) {
      throw new Error(
        `Processes of an earlier PostgreSQL do not end in ${cluster.folder}: process ids ${orphans.join(', ')}.`,
      );
    }
    if (waitedMs > 2 * orphanPatienceMs) for (const pid of orphans) send(cluster, pid, 'SIGKILL');
    else if (waitedMs > orphanPatienceMs) for (const pid of orphans) send(cluster, pid, 'SIGQUIT');
    await delay(pollIntervalMs);
  }
}

async function openLog(path: string): Promise<{ handle: Awaited<ReturnType<typeof open>>; length: number }> {
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
  const isLarge = size > largestLogBytes;
  if (isLarge) await rename(path, `${path}.1`);
  return { handle: await open(path, 'a', 0o600), length: isLarge ? 0 : size };
}

async function within(promise: Promise<void>, timeoutMs: number): Promise<boolean> {
  const abort = new AbortController();
  const timeout = delay(timeoutMs, false, { signal: abort.signal }).catch(() => false);
  const isDone = await Promise.race([promise.then(() => true), timeout]);
  abort.abort();
  return isDone;
}
