import type { Clock } from '../clock.ts';

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Goes forward, running what is due in order of its time. */
  advance(ms: number): void;
  /** Runs that wait. */
  readonly scheduled: number;
}

export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  const waiting = new Set<{ atMs: number; run: () => void }>();

  function nextDue(untilMs: number) {
    let next: { atMs: number; run: () => void } | undefined;
    for (const entry of waiting) {
      if (entry.atMs <= untilMs && (next === undefined || entry.atMs < next.atMs)) next = entry;
    }
    return next;
  }

  return {
    now: () => nowMs,
    schedule(delayMs, run) {
      const entry = { atMs: nowMs + delayMs, run };
      waiting.add(entry);
      return { cancel: () => waiting.delete(entry) };
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let next = nextDue(untilMs); next !== undefined; next = nextDue(untilMs)) {
        waiting.delete(next);
        nowMs = next.atMs;
        next.run();
      }
      nowMs = untilMs;
    },
    get scheduled() {
      return waiting.size;
    },
  };
}
