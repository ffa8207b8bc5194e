import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import { defaultPeerLimits, type PeerLimits } from './limits.ts';
import type { PeerSettings } from './peer.ts';
import { Timeouts } from './timeouts.ts';

/** What all peers of a server have in common, once. */
export interface SharedByPeers {
  readonly limits: PeerLimits;
  readonly clock: Clock;
  readonly now: () => number;
  readonly timeouts: Timeouts;
  readonly newMessageId: () => string;
}

export function shareAmongPeers(settings: PeerSettings): SharedByPeers {
  const clock = settings.clock ?? systemClock;
  return {
    limits: { ...defaultPeerLimits, ...settings.limits },
    clock,
    now: () => clock.now(),
    timeouts: timeoutsOn(clock),
    newMessageId: settings.newMessageId ?? newMessageId,
  };
}

const timeoutsByClock = new WeakMap<Clock, Timeouts>();

function timeoutsOn(clock: Clock): Timeouts {
  let timeouts = timeoutsByClock.get(clock);
  if (timeouts === undefined) {
    timeouts = new Timeouts(clock);
    timeoutsByClock.set(clock, timeouts);
  }
  return timeouts;
}

/** 72 random bits for the process and a count: unique over all connections and restarts, and short. */
const processPart = randomBytes(9).toString('base64url');
let made = 0;

function newMessageId(): string {
  made++;
  return `${processPart}-${made.toString(36)}`;
}
