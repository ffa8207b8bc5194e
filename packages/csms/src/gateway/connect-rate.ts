/** How often each station connects: each time costs the database a change of owner and a twin. */
export interface ConnectRate {
  /** Seconds until it may connect again; 0 when it may now. */
  waitSeconds(identity: string): number;
  connected(identity: string): void;
}

/** Stations that are remembered: more than one node holds; the longest quiet are forgotten first. */
const mostRemembered = 50_000;

interface Account {
  left: number;
  filledAtMs: number;
}

/** @param perMinute for ever, and at once after a silence; 0: no limit. */
export function createConnectRate(
  perMinute: number,
  nowMs: () => number,
  remembered = mostRemembered,
): ConnectRate {
  const accounts = new Map<string, Account>();

  function leftOf(identity: string, atMs: number): number {
    const account = accounts.get(identity);
    if (!account) return perMinute;
    const minutes = Math.max(0, atMs - account.filledAtMs) / 60_000;
    return Math.min(perMinute, account.left + minutes * perMinute);
  }

  return {
    waitSeconds(identity) {
      if (perMinute === 0) return 0;
      const left = leftOf(identity, nowMs());
      return left >= 1 ? 0 : Math.ceil(((1 - left) * 60) / perMinute);
    },
    connected(identity) {
      if (perMinute === 0) return;
      const atMs = nowMs();
      const left = leftOf(identity, atMs) - 1;
      accounts.delete(identity);
      accounts.set(identity, { left, filledAtMs: atMs });
      const [oldest] = accounts.keys();
      if (accounts.size > remembered && oldest !== undefined) accounts.delete(oldest);
    },
  };
}
