import { isIPv6 } from 'node:net';
import { Problem, retryLater } from '../problem.ts';
import type { Principal } from './permissions.ts';

/** Finds who a token belongs to. It compares hashes of tokens, whose timing tells nothing about the token itself. */
export type Authenticate = (token: string) => Promise<Principal | undefined>;

export interface LoginLimits {
  /** Wrong tokens from one address before it has to wait. A person who mistypes needs a few. */
  readonly failuresMax: number;
  /** How long a wrong token counts. */
  readonly windowMs: number;
  /** Addresses remembered; the oldest is forgotten first, so that a flood of addresses cannot fill the memory. */
  readonly addressesMax: number;
}

export const loginLimits: LoginLimits = { failuresMax: 10, windowMs: 60_000, addressesMax: 10_000 };

/** No token of ours is longer, and hashing a megabyte for a stranger is work for nothing. */
const tokenCharactersMax = 512;

/**
 * Turns an Authorization header into who is asking. Throws `unauthenticated`, and `rate-limited` for an address
 * with too many failures before anything is looked up for it.
 */
export function createLogin(options: {
  readonly authenticate: Authenticate;
  readonly now: () => number;
  readonly limits?: LoginLimits;
}): (authorization: string | undefined, remoteAddress: string) => Promise<Principal> {
  const failures = new FailureCount(options.limits ?? loginLimits, options.now);
  return async (authorization, remoteAddress) => {
    if (authorization === undefined)
      throw unauthenticated('This needs an Authorization header: Bearer <token>.');
    const source = addressBlock(remoteAddress);
    const waitMs = failures.waitMs(source);
    if (waitMs > 0)
      throw retryLater('rate-limited', 'Too many failed logins from this address.', waitMs / 1000);
    const token = bearerToken(authorization);
    const principal = token === undefined ? undefined : await options.authenticate(token);
    if (principal) return principal;
    failures.add(source);
    throw unauthenticated('The Authorization header does not carry a token that is known here.');
  };
}

function bearerToken(authorization: string): string | undefined {
  if (authorization.length > tokenCharactersMax) return undefined;
  return /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
}

function unauthenticated(detail: string): Problem {
  return new Problem('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer realm="busbar"' } });
}

/** One IPv6 host has 2^64 addresses to come from: they count as one. */
function addressBlock(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':');
}

/** Failures of each address in a fixed window from its first one. */
class FailureCount {
  readonly #limits: LoginLimits;
  readonly #now: () => number;
  readonly #windows = new Map<string, { startedAt: number; failures: number }>();

  constructor(limits: LoginLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  waitMs(source: string): number {
    const window = this.#windows.get(source);
    if (window === undefined || window.failures < this.#limits.failuresMax) return 0;
    return Math.max(0, window.startedAt + this.#limits.windowMs - this.#now());
  }

  add(source: string): void {
    const now = this.#now();
    const window = this.#windows.get(source);
    if (window && now < window.startedAt + this.#limits.windowMs) {
      window.failures += 1;
      return;
    }
    this.#windows.delete(source);
    this.#windows.set(source, { startedAt: now, failures: 1 });
    if (this.#windows.size <= this.#limits.addressesMax) return;
    const [oldest] = this.#windows.keys();
    if (oldest !== undefined) this.#windows.delete(oldest);
  }
}
