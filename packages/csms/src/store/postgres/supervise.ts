import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../log.ts';
import type { Postmaster } from './postmaster.ts';

/** The first restart is at once; each further one in a row waits twice as long as the one before, up to a limit. */
const firstDelayMs = 100;
const longestDelayMs = 5_000;
/** A server that was up for this long had started well: what ends it then is a new trouble. */
const soundAfterMs = 2_000;

export interface Supervisor {
  /** Undefined while it is being restarted. */
  readonly pid: () => number | undefined;
  /** Ends the watch. Resolves to the postmaster that then still runs. */
  readonly end: () => Promise<Postmaster | undefined>;
}

/** Restarts the postmaster whenever it is gone, until `end`. */
export function supervise(options: {
  readonly first: Postmaster;
  readonly restart: () => Promise<Postmaster>;
  readonly log: Log;
}): Supervisor {
  const { restart, log } = options;
  const ending = new AbortController();
  const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()));
  let current: Postmaster | undefined = options.first;

  async function keepRunning(): Promise<void> {
    let upSince = Date.now();
    let failures = 0;
    while (!ending.signal.aborted) {
      if (current !== undefined) {
        await Promise.race([current.gone, ended]);
        if (ending.signal.aborted) return;
        log.error({ pid: current.pid }, 'PostgreSQL has ended unexpectedly; it is being restarted');
        current = undefined;
        if (Date.now() - upSince >= soundAfterMs) failures = 0;
      }
      await pause(failures++);
      current = ending.signal.aborted ? undefined : await tryRestart();
      upSince = Date.now();
    }
  }

  async function pause(failures: number): Promise<void> {
    if (failures === 0) return;
    const delayMs = Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs);
    await delay(delayMs, undefined, { signal: ending.signal }).catch(() => undefined);
  }

  async function tryRestart(): Promise<Postmaster | undefined> {
    try {
      const postmaster = await restart();
      log.info({ pid: postmaster.pid }, 'PostgreSQL runs again');
      return postmaster;
    } catch (error) {
      log.error({ error }, 'PostgreSQL could not be restarted');
      return undefined;
    }
  }

  const watch = keepRunning();
  return {
    pid: () => current?.pid,
    async end() {
      ending.abort();
      await watch;
      return current;
    },
  };
}
