import type { Clock, ScheduledRun } from '@busbar/ocpp';

/** Fine enough for intervals that are counted in seconds; ten turns a second cost nothing. */
const defaultTickMs = 100;

/** Enough for a minute and a half of ticks: a heartbeat waits in its slot for few rounds. */
const slotCount = 1024;

/** A clock for thousands of stations: one timer of the process turns all of theirs, and only while some wait. */
export interface TimerWheel extends Clock {
  /** Forgets whatever waits. */
  stop(): void;
}

/** A run is up to one tick late, never early. */
export function createTimerWheel(options: { tickMs?: number; now?: () => number } = {}): TimerWheel {
  const { tickMs = defaultTickMs, now = Date.now } = options;
  const slots: Set<Entry>[] = Array.from({ length: slotCount }, () => new Set());
  let turned = 0;
  let waiting = 0;
  let keepers = 0;
  let interval: NodeJS.Timeout | undefined;

  const slotOf = (tick: number) => slots[tick % slotCount] ?? new Set<Entry>();

  function turn() {
    const current = Math.floor(now() / tickMs);
    // After a pause of the process every slot is due once; going round more often would find nothing.
    const from = Math.max(turned + 1, current - slotCount + 1);
    turned = Math.max(turned, current);
    for (let tick = from; tick <= current; tick++) {
      for (const entry of [...slotOf(tick)]) {
        if (entry.tick <= current && remove(entry)) entry.run();
      }
    }
    if (waiting === 0) rest();
  }

  function add(entry: Entry) {
    slotOf(entry.tick).add(entry);
    waiting++;
    if (entry.keepsProcess && ++keepers === 1) interval?.ref();
  }

  function remove(entry: Entry): boolean {
    if (!slotOf(entry.tick).delete(entry)) return false;
    waiting--;
    if (entry.keepsProcess && --keepers === 0) interval?.unref();
    return true;
  }

  function rest() {
    clearInterval(interval);
    interval = undefined;
  }

  return {
    now,
    schedule(delayMs, run, { keepsProcess } = { keepsProcess: false }): ScheduledRun {
      if (!interval) {
        turned = Math.floor(now() / tickMs);
        interval = setInterval(turn, tickMs).unref();
      }
      const tick = Math.max(turned + 1, Math.ceil((now() + delayMs) / tickMs));
      const entry: Entry = { tick, run, keepsProcess };
      add(entry);
      return { cancel: () => void remove(entry) };
    },
    stop() {
      for (const slot of slots) slot.clear();
      waiting = 0;
      keepers = 0;
      rest();
    },
  };
}

interface Entry {
  readonly tick: number;
  readonly run: () => void;
  readonly keepsProcess: boolean;
}
