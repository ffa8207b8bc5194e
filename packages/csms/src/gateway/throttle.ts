/** Failed logins are counted by address and by identity before anything is computed. */
export interface Throttle {
  /** Seconds until the next attempt is looked at; 0 when it may go on now. */
  waitSeconds(address: string, identity: string): number;
  failed(address: string, identity: string): void;
  succeeded(address: string, identity: string): void;
}

export const throttleLimits = {
  /** Failures within the window after which an identity or an address has to wait. */
  failuresPerIdentity: 10,
  /** Many stations may share the address of one site's router. */
  failuresPerAddress: 100,
  windowMs: 60_000,
  /** Counted at once; the oldest are forgotten first, so that inventing names costs no memory. */
  counters: 20_000,
} as const;

interface Counter {
  failures: number;
  readonly since: number;
}

export function createThrottle(
  nowMs: () => number,
  limits: Readonly<Record<keyof typeof throttleLimits, number>> = throttleLimits,
): Throttle {
  const counters = new Map<string, Counter>();

  function current(key: string): Counter | undefined {
    const counter = counters.get(key);
    if (counter && nowMs() - counter.since < limits.windowMs) return counter;
    counters.delete(key);
    return undefined;
  }

  function count(key: string): void {
    const counter = current(key);
    if (counter) {
      counter.failures += 1;
      return;
    }
    counters.set(key, { failures: 1, since: nowMs() });
    const [oldest] = counters.keys();
    if (counters.size > limits.counters && oldest !== undefined) counters.delete(oldest);
  }

  function wait(key: string, allowed: number): number {
    const counter = current(key);
    if (!counter || counter.failures < allowed) return 0;
    return Math.ceil((counter.since + limits.windowMs - nowMs()) / 1_000);
  }

  return {
    waitSeconds: (address, identity) =>
      Math.max(
        wait(`address ${address}`, limits.failuresPerAddress),
        // By both together: a stranger elsewhere cannot lock a station out.
        wait(`identity ${address} ${identity}`, limits.failuresPerIdentity),
      ),
    failed(address, identity) {
      count(`address ${address}`);
      count(`identity ${address} ${identity}`);
    },
    succeeded(address, identity) {
      counters.delete(`identity ${address} ${identity}`);
    },
  };
}
