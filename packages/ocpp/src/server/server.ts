import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { PeerCertificate } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { PeerLimits } from '../peer/limits.ts';
import type { Mode, Peer, PeerHandlers } from '../peer/peer.ts';
import type { Version } from '../version.ts';
import type { ServerLimits } from './limits.ts';

/** What is known of somebody who asks for a connection, before anything is granted. */
export interface UpgradeRequest {
  /** The last part of the path, percent-decoded. Says who it claims to be, nothing more. */
  readonly identity: string;
  /** The subprotocols offered, in the station's order. */
  readonly offered: readonly string[];
  /** The password is raw bytes: in 1.6 it may be any (section 6.2 of the 1.6-J specification). */
  readonly basic?: { readonly user: string; readonly password: Buffer };
  /** Only one that the TLS layer has verified. */
  readonly clientCertificate?: PeerCertificate;
  /** Of the TCP connection itself; forwarded headers are the embedder's to judge. */
  readonly remoteAddress: string;
  readonly secure: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
  /** Aborted when the asker is gone or the time for the decision is over. */
  readonly signal: AbortSignal;
}

export type RefusalStatus = 400 | 401 | 403 | 404 | 429 | 503;

export type Admission<S> =
  | {
      readonly admit: true;
      /** Spoken when no subprotocol is offered; without it that is refused. */
      readonly version?: Version;
      /** Allowed for this station; default: all of the server's. */
      readonly versions?: readonly Version[];
      readonly mode?: Mode;
      readonly state: S;
    }
  | {
      readonly admit: false;
      readonly status: RefusalStatus;
      /** For the log; the asker learns the status alone. */
      readonly reason: string;
      readonly retryAfterSeconds?: number;
    };

/** One open connection of one station. */
export interface Connection<S> {
  readonly identity: string;
  readonly version: Version;
  readonly peer: Peer;
  readonly remoteAddress: string;
  readonly secure: boolean;
  readonly state: S;
  readonly openedAt: number;
  /** When anything last came in, pongs included; milliseconds since the epoch. */
  readonly lastSeenAt: number;
  readonly isOpen: boolean;
  /** Resolves to whether a pong came in time. */
  ping(timeoutMs: number): Promise<boolean>;
  /**
   * Closes in good order and resolves when it is gone. What came before is decided and answered; the CALL of ours
   * in flight may still get its answer, those that wait fail with `Closed`. What comes after is neither decided nor
   * answered, so that the station says it again elsewhere. Bounded by `retireTimeoutMs` and `closeTimeoutMs`.
   */
  retire(code: number, reason: string): Promise<void>;
  /** Says goodbye with a close code; cuts the socket when the other side does not answer. */
  close(code: number, reason: string): void;
  /** Cuts the socket at once. */
  terminate(): void;
}

/** The owner of one connection. Methods of an object: they are called on it. */
export interface ConnectionHandlers extends PeerHandlers {
  /** Once, whoever ended it; calls of ours have failed with `Closed` before. */
  onClose?(code: number, reason: string): void;
}

/** The limits that a station, or all of them together, can reach. */
export type ServerLimitName =
  | 'station-frames'
  | 'station-bytes'
  | 'station-frame-size'
  | 'station-unread'
  | 'station-rubbish'
  | 'node-connections'
  | 'node-upgrades'
  | 'node-unread';

export interface OcppServerOptions<S> {
  /** Everything before the identity. Default `/ocpp/`. */
  readonly path?: string;
  readonly versions?: readonly Version[];
  authenticate(request: UpgradeRequest): Promise<Admission<S>>;
  /** Called once the connection stands; while its promise is pending the socket is not read. */
  connected(connection: Connection<S>): ConnectionHandlers | Promise<ConnectionHandlers>;
  /** Upgrades that were refused, and what went wrong in the hooks above. */
  onRefused?(refusal: Refusal): void;
  /** For the metrics: each time that one of the limits was reached. */
  onLimit?(limit: ServerLimitName): void;
  readonly limits?: Partial<ServerLimits>;
  readonly peerLimits?: Partial<PeerLimits>;
  /** 0 sends none. Default 60 s. */
  readonly pingIntervalMs?: number;
  /** permessage-deflate on 2.x. Default true, as the standard demands it of a CSMS. */
  readonly compression?: boolean;
  readonly clock?: Clock;
  readonly newMessageId?: () => string;
  /** From 0 up to 1: spreads over time those who are told to come again. */
  readonly random?: () => number;
}

export interface Refusal {
  readonly status: RefusalStatus | 500;
  readonly identity?: string;
  readonly remoteAddress: string;
  readonly reason: string;
  readonly error?: unknown;
}

export interface OcppServer<S> {
  /** For `httpServer.on('upgrade', ...)`. Never throws; answers every request. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** All that are open; an identity may have two until the embedder closes one. */
  readonly connections: ReadonlySet<Connection<S>>;
  /** From now on upgrades are answered 503 with that Retry-After; what is open stays open. */
  refuseNew(retryAfterSeconds: number): void;
  /** Closes every connection (default 1001) and resolves when the last one is gone. New upgrades get 503. */
  close(code?: number, reason?: string): Promise<void>;
}
