import type { Clock } from '../clock.ts';
import type { PeerLimits } from '../peer/limits.ts';
import type { Mode, Peer, PeerHandlers } from '../peer/peer.ts';
import type { Version } from '../version.ts';
import type { Backoff } from './backoff.ts';

export interface OcppClientOptions extends PeerHandlers {
  /** The endpoint without the identity: `wss://csms.example.com/ocpp`. */
  readonly url: string;
  readonly identity: string;
  /** Offered in this order. */
  readonly versions: readonly Version[];
  /** Text is sent as UTF-8, a Buffer as it is: 1.6 keys are raw bytes. */
  readonly password?: string | Buffer;
  readonly tls?: TlsOptions;
  /** A connection stands; calls may be made. */
  onOpen?(info: { readonly version: Version; readonly peer: Peer }): void;
  /** A connection ended; the next one is on its way unless `close` was called. */
  onClose?(code: number, reason: string): void;
  /** An attempt failed; `delayMs` until the next one. */
  onConnectFailed?(failure: {
    readonly error: Error;
    readonly attempt: number;
    readonly delayMs: number;
  }): void;
  /** Default lenient. */
  readonly mode?: Mode;
  /** 0 sends none. Default 60 s. A missing pong ends the connection. */
  readonly pingIntervalMs?: number;
  readonly backoff?: Partial<Backoff>;
  /** Offer permessage-deflate. Default false: optional for a station. */
  readonly compression?: boolean;
  readonly limits?: Partial<PeerLimits>;
  /** For the handshake. Default 30 s. */
  readonly connectTimeoutMs?: number;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly newMessageId?: () => string;
}

export interface TlsOptions {
  /** PEM of the authorities trusted instead of the system's. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** Client certificate and key, PEM (security profile 3). */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly serverName?: string;
}

export interface OcppClient {
  /**
   * Resolves with the first connection; from then on it reconnects by itself until `close`. With failures
   * it keeps trying, by the standard's back-off or later where the server says so, unless `close` rejects it.
   */
  connect(): Promise<Peer>;
  /** Of the connection that stands now. */
  readonly peer: Peer | undefined;
  readonly version: Version | undefined;
  /** Drops the connection without a goodbye, as a lost link would; then it reconnects. */
  drop(): void;
  close(code?: number, reason?: string): Promise<void>;
}
