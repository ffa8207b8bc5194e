import type { Clock } from '@busbar/ocpp';
import { siteOf } from './address-list.ts';
import { type Allowance, fill, fullAllowance, type Rate } from './allowance.ts';
import type { OnLimit } from './limits-reached.ts';

/** What a listener bears of one address, and of all. 0 in a limit of an address: no limit. */
export interface DoorLimits {
  /** Sockets that are open. */
  readonly addressConnections: number;
  /** Sockets on which no upgrade was asked for yet. */
  readonly addressHalfOpen: number;
  /** New sockets for ever, and at once after a silence. */
  readonly addressConnectsPerSecond: number;
  readonly addressConnectsAtOnce: number;
  /** Sockets of all addresses on which no upgrade was asked for yet. */
  readonly halfOpen: number;
  /** From the first packet to the whole request: a header of the PROXY protocol, waiting for one's turn, and TLS included. */
  readonly upgradeTimeoutMs: number;
  /**
   * How long a socket that is turned away is left without an answer, and how many are: whoever comes again as soon as
   * it is closed comes less often.
   */
  readonly turnedAwayMs: number;
  readonly turnedAwayAtOnce: number;
  /** Addresses that are remembered with nothing open, for their rate. */
  readonly addresses: number;
}

export const defaultDoorLimits: DoorLimits = {
  // Several times the largest site behind one router.
  addressConnections: 2_000,
  // Such a site after a power cut: all at once, before the first has finished its handshake.
  addressHalfOpen: 1_000,
  // Full TLS handshakes cost a core 1.5 ms each: what one address takes for ever stays below a tenth of it.
  addressConnectsPerSecond: 50,
  addressConnectsAtOnce: 2_000,
  // With TLS about 50 kB each.
  halfOpen: 12_000,
  // Stations give up on a handshake after 10 to 30 s; a client that drips its request holds a socket no longer.
  upgradeTimeoutMs: 20_000,
  // Shorter than any wait of a real station between two attempts.
  turnedAwayMs: 2_000,
  // A socket that nobody reads holds no more than what the kernel and one read have taken: 64 kB.
  turnedAwayAtOnce: 500,
  addresses: 20_000,
};

/** Somebody who was let in to ask. */
export interface Visitor {
  /** The upgrade was asked for. */
  upgraded(): void;
}

export interface Door {
  /** A socket was opened, by whomever. Undefined when too many are half open. */
  knock(giveUp: () => void): Caller | undefined;
}

export interface Caller {
  /** It is known who it is. Undefined when that address has had its share. */
  enter(address: string): Visitor | undefined;
  /** The socket is closed. */
  left(): void;
}

/** Counts the sockets of a listener before anything is known of who is behind them but the address. */
export function createDoor(options: {
  readonly limits: DoorLimits;
  readonly clock: Clock;
  readonly onLimit: OnLimit;
}): Door {
  const { limits, clock, onLimit } = options;
  const rate: Rate = {
    amount: limits.addressConnectsPerSecond,
    perMs: 1_000,
    atOnce: limits.addressConnectsAtOnce,
  };
  const sites = new Map<string, Site>();
  let halfOpen = 0;

  return {
    knock(giveUp) {
      if (halfOpen >= limits.halfOpen) {
        onLimit('node-half-open');
        return undefined;
      }
      halfOpen++;
      let site: Site | undefined;
      let isHalfOpen = true;
      let isOpen = true;
      const patience = clock.schedule(limits.upgradeTimeoutMs, giveUp);
      const stopBeingHalfOpen = () => {
        if (!isHalfOpen) return;
        isHalfOpen = false;
        halfOpen--;
        if (site) site.halfOpen--;
        patience.cancel();
      };
      const left = () => {
        if (!isOpen) return;
        isOpen = false;
        stopBeingHalfOpen();
        if (site) site.open--;
      };
      return {
        left,
        enter(address) {
          const from = siteAt(siteOf(address));
          const reached = limitReached(from);
          if (reached) {
            onLimit(reached);
            return undefined;
          }
          site = from;
          site.open++;
          site.halfOpen++;
          site.connects.left--;
          return { upgraded: stopBeingHalfOpen };
        },
      };
    },
  };

  function limitReached(site: Site) {
    if (isOver(site.open, limits.addressConnections)) return 'address-connections';
    if (isOver(site.halfOpen, limits.addressHalfOpen)) return 'address-half-open';
    if (limits.addressConnectsPerSecond > 0 && site.connects.left < 1) return 'address-connects';
    return undefined;
  }

  function siteAt(key: string): Site {
    const nowMs = clock.now();
    const known = sites.get(key);
    if (known) {
      fill(known.connects, rate, nowMs);
      return known;
    }
    if (sites.size >= limits.addresses) forgetOne();
    const site = { open: 0, halfOpen: 0, connects: fullAllowance(rate, nowMs) };
    sites.set(key, site);
    return site;
  }

  /** The one that has been known longest of those that have nothing open. */
  function forgetOne(): void {
    for (const [key, { open }] of sites) {
      if (open > 0) continue;
      sites.delete(key);
      return;
    }
  }
}

interface Site {
  open: number;
  halfOpen: number;
  /** That may be made now. */
  readonly connects: Allowance;
}

function isOver(count: number, limit: number): boolean {
  return limit > 0 && count >= limit;
}
