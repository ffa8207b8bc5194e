/** Time as an argument, so that a test can be its own clock. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs once after the delay; does not keep the process alive by itself. */
  schedule(delayMs: number, run: () => void): ScheduledRun;
}

export interface ScheduledRun {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
