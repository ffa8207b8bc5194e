import { type Allowance, fill, fullAllowance, type Rate } from '../allowance.ts';

/** How often each station connects: each time costs the database a change of owner and a twin. */
export interface ConnectRate {
  /** Seconds until it may connect again; 0 when it may now. */
  waitSeconds(identity: string): number;
  connected(identity: string): void;
}

/** Stations that are remembered: more than one node holds; the longest quiet are forgotten first. */
const mostRemembered = 50_000;

/** @param perMinute for ever, and at once after a silence; 0: no limit. */
export function createConnectRate(
  perMinute: number,
  nowMs: () => number,
  remembered = mostRemembered,
): ConnectRate {
  const rate: Rate = { amount: perMinute, perMs: 60_000, atOnce: perMinute };
  const accounts = new Map<string, Allowance>();

  return {
    waitSeconds(identity) {
      if (perMinute === 0) return 0;
      const account = accounts.get(identity);
      if (!account) return 0;
      fill(account, rate, nowMs());
      const { left } = account;
      return left >= 1 ? 0 : Math.ceil(((1 - left) * 60) / perMinute);
    },
    connected(identity) {
      if (perMinute === 0) return;
      const atMs = nowMs();
      const account = accounts.get(identity) ?? fullAllowance(rate, atMs);
      fill(account, rate, atMs);
      account.left--;
      accounts.delete(identity);
      accounts.set(identity, account);
      const [oldest] = accounts.keys();
      if (accounts.size > remembered && oldest !== undefined) accounts.delete(oldest);
    },
  };
}
