/** Failed logins are counted by address and by identity before anything is computed. */
export interface Throttle {
  /** Until the next attempt is looked at; undefined when it may go on now. */
  wait(address: string, identity: string): Wait | undefined;
  failed(address: string, identity: string): void;
  succeeded(address: string, identity: string): void;
}

export interface Wait {
  readonly seconds: number;
  readonly limit: 'station-logins' | 'address-logins';
}

export const throttleLimits = {
  /** Failures within the window after which an identity has to wait at the address where it failed. */
  failuresPerIdentity: 10,
  /** Failures after which an address has to wait, but for the identities that have logged in from it. */
  failuresPerAddress: 100,
  windowMs: 60_000,
  /** Counted at once; the oldest are forgotten first, so that inventing names costs no memory. */
  counters: 20_000,
  /** Logins that are remembered: more than the stations of one node. */
  remembered: 50_000,
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
  /** Many stations share the address of one site's router: who has logged in from it is not harmed by a neighbour. */
  const known = new Set<string>();

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

  function secondsLeft(key: string, allowed: number): number {
    const counter = current(key);
    if (!counter || counter.failures < allowed) return 0;
    return Math.ceil((counter.since + limits.windowMs - nowMs()) / 1_000);
  }

  return {
    wait(address, identity) {
      const pair = pairOf(address, identity);
      // By both together: a stranger elsewhere cannot lock a station out.
      const ofIdentity = secondsLeft(pair, limits.failuresPerIdentity);
      const ofAddress = known.has(pair) ? 0 : secondsLeft(address, limits.failuresPerAddress);
      if (ofIdentity === 0 && ofAddress === 0) return undefined;
      return ofAddress > ofIdentity
        ? { seconds: ofAddress, limit: 'address-logins' }
        : { seconds: ofIdentity, limit: 'station-logins' };
    },
    failed(address, identity) {
      count(address);
      count(pairOf(address, identity));
    },
    succeeded(address, identity) {
      const pair = pairOf(address, identity);
      counters.delete(pair);
      known.delete(pair);
      known.add(pair);
      const [oldest] = known;
      if (known.size > limits.remembered && oldest !== undefined) known.delete(oldest);
    },
  };
}

function pairOf(address: string, identity: string): string {
  return `${address} ${identity}`;
}
