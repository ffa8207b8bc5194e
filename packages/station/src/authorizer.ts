import { type IdToken, sameToken, type TokenInfo } from './id-token.ts';
import type { Settings } from './settings.ts';

/** Plenty for one station; the oldest goes first. */
const mostCached = 500;

export interface AuthorizerHost {
  /** There is a connection and the CSMS has accepted the station. */
  readonly isReady: boolean;
  readonly settings: Pick<
    Settings,
    'keepsCache' | 'authorizesLocallyFirst' | 'authorizesOffline' | 'takesUnknownOffline'
  >;
  now(): number;
  /** Asks the CSMS. */
  ask(idToken: IdToken): Promise<TokenInfo>;
}

/** Who may charge: by the CSMS where it can be asked, else by what it said before (C01, C10-C12). */
export class Authorizer {
  readonly #host: AuthorizerHost;
  #cache: Map<string, TokenInfo> | undefined;

  constructor(host: AuthorizerHost) {
    this.#host = host;
  }

  async authorize(idToken: IdToken): Promise<TokenInfo> {
    const known = this.#recall(idToken);
    if (known?.status === 'Accepted' && this.#host.settings.authorizesLocallyFirst) return known;
    if (this.#host.isReady) {
      const info = await this.#host.ask(idToken).catch(() => undefined);
      if (info) {
        this.remember(idToken, info);
        return info;
      }
    }
    if (known && this.#host.settings.authorizesOffline) return known;
    return { status: !known && this.#host.settings.takesUnknownOffline ? 'Accepted' : 'Unknown' };
  }

  /** Every answer that speaks of a token is worth keeping (C10.FR.04, FR.05). */
  remember(idToken: IdToken, info: TokenInfo): void {
    if (!this.#host.settings.keepsCache) return;
    this.#cache ??= new Map();
    const key = keyOf(idToken);
    this.#cache.delete(key);
    this.#cache.set(key, info);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > mostCached && oldest !== undefined) this.#cache.delete(oldest);
  }

  /** @returns whether there is a cache to clear (C11) */
  clear(): boolean {
    this.#cache = undefined;
    return this.#host.settings.keepsCache;
  }

  #recall(idToken: IdToken): TokenInfo | undefined {
    const info = this.#host.settings.keepsCache ? this.#cache?.get(keyOf(idToken)) : undefined;
    return info && (info.expiresAt ?? Number.POSITIVE_INFINITY) > this.#host.now() ? info : undefined;
  }
}

function keyOf({ idToken, type }: IdToken): string {
  return `${type} ${idToken.toLowerCase()}`;
}

/** C01.FR.03: the same token ends what it started, and so does one of the same group. */
export function mayStop(
  started: { readonly idToken: IdToken; readonly group?: IdToken },
  presented: { readonly idToken: IdToken; readonly group?: IdToken | undefined },
): boolean {
  if (sameToken(started.idToken, presented.idToken)) return true;
  return (
    started.group !== undefined && presented.group !== undefined && sameToken(started.group, presented.group)
  );
}
