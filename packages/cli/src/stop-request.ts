import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes on a Ctrl-C that the terminal has sent to all of us already: that is no second one. */
const echoMs = 1_000;

/** Resolves when the process is asked to stop. Asked again, it ends at once, whatever is not finished. */
export function stopRequest(): Promise<void> {
  let askedAt: number | undefined;
  return new Promise((resolve) => {
    for (const signal of signals) {
      process.on(signal, () => {
        const now = performance.now();
        askedAt ??= now;
        if (now - askedAt > echoMs) process.exit(128 + constants.signals[signal]);
        resolve();
      });
    }
  });
}
