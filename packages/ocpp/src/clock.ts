/** Time as an argument, so that a test can be its own clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs once after the delay. It keeps the process alive only where that is asked for. */
  schedule(delayMs: number, run: () => void, options?: { readonly keepsProcess: boolean }): ScheduledRun;
}

export interface ScheduledRun {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, run, { keepsProcess } = { keepsProcess: false }) {
    const timer = setTimeout(run, delayMs);
    if (!keepsProcess) timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
