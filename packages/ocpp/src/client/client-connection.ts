import type { IncomingMessage } from 'node:http';
import type { ClientOptions } from 'ws';
import type { ScheduledRun } from '../clock.ts';
import { OcppPeer } from '../peer/ocpp-peer.ts';
import type { Peer, PeerLink } from '../peer/peer.ts';
import type { SharedByPeers } from '../peer/shared.ts';
import { closeCode, cutReason, OwnedSocket, type SocketOwner } from '../socket/owned-socket.ts';
import { subprotocolOf, versionOf } from '../version.ts';
import type { OcppClientOptions } from './client.ts';

/** What becomes of one attempt: either `refused`, or `opened` and later `closed`. */
export interface ConnectionEvents {
  opened(peer: Peer): void;
  refused(error: Error): void;
  closed(code: number, reason: string): void;
}

const defaultPingIntervalMs = 60_000;
const defaultConnectTimeoutMs = 30_000;
/** How long the other side may take to answer our close frame. */
const closeTimeoutMs = 5_000;

/** One attempt to connect, and the connection that comes of it. */
export class ClientConnection implements PeerLink, SocketOwner {
  readonly #options: OcppClientOptions;
  readonly #shared: SharedByPeers;
  readonly #events: ConnectionEvents;
  readonly #socket: OwnedSocket;
  #peer: OcppPeer | undefined;
  #failure: Error | undefined;
  #timer: ScheduledRun | undefined;
  #awaitsPong = false;
  #whenClosed: PromiseWithResolvers<void> | undefined;

  constructor(options: OcppClientOptions, shared: SharedByPeers, events: ConnectionEvents) {
    this.#options = options;
    this.#shared = shared;
    this.#events = events;
    const offered = options.versions.map((version) => subprotocolOf[version]);
    this.#socket = new OwnedSocket(addressOf(options), offered, socketOptions(options, shared));
    this.#socket.attach(this);
    this.#socket.once('open', () => this.#opened());
    this.#socket.once('unexpected-response', (request, response) => {
      this.#failure = refusalOf(response);
      request.destroy();
      this.#socket.terminate();
    });
  }

  get isOpen(): boolean {
    return this.#peer !== undefined && this.#socket.readyState === this.#socket.OPEN;
  }

  get peer(): Peer | undefined {
    return this.#peer;
  }

  terminate(): void {
    this.#socket.terminate();
  }

  close(code: number, reason: string): Promise<void> {
    this.#whenClosed ??= Promise.withResolvers();
    if (this.#socket.readyState === this.#socket.CLOSED) this.#whenClosed.resolve();
    this.#socket.close(code, cutReason(reason));
    // A paused socket would not hear the answer; one that never opened has nothing to resume.
    if (this.#peer !== undefined) this.#socket.resume();
    this.#setTimer(closeTimeoutMs, () => this.terminate());
    return this.#whenClosed.promise;
  }

  // ---- PeerLink

  transmit(text: string): void {
    // Of a Buffer `ws` makes one chunk with the header, of a text two.
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(Buffer.from(text), asText);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  // ---- SocketOwner

  receiveText(text: string): void {
    this.#peer?.receive(text);
  }

  receiveBinary(): void {
    this.#peer?.receiveBinary();
    this.#socket.close(closeCode.binary, 'OCPP-J is text');
  }

  pinged(): void {
    this.#awaitsPong = false;
  }

  ponged(): void {
    this.#awaitsPong = false;
  }

  failed(error: Error): void {
    this.#failure ??= error;
  }

  closed(code: number, reason: string): void {
    this.#timer?.cancel();
    this.#whenClosed?.resolve();
    if (this.#peer === undefined) {
      this.#events.refused(
        this.#failure ?? new Error(`The connection was closed with ${code} while it was made`),
      );
      return;
    }
    this.#peer.close(`socket closed with ${code}`);
    this.#events.closed(code, reason);
  }

  #opened(): void {
    // `ws` has refused a subprotocol that was not offered; none at all it lets pass.
    const version = versionOf(this.#socket.protocol);
    if (version === undefined) {
      this.#failure = new Error('The server chose none of the subprotocols offered');
      this.#socket.close(closeCode.protocolError, 'No subprotocol chosen');
      this.#setTimer(closeTimeoutMs, () => this.terminate());
      return;
    }
    const { mode = 'lenient' } = this.#options;
    const shared = this.#shared;
    this.#peer = new OcppPeer({ shared, version, role: 'CS', mode, link: this, handlers: this.#options });
    this.#schedulePing();
    this.#events.opened(this.#peer);
  }

  #schedulePing(): void {
    const { pingIntervalMs = defaultPingIntervalMs } = this.#options;
    if (pingIntervalMs <= 0) return;
    this.#setTimer(pingIntervalMs, () => {
      // A missing pong: drop the connection and come again.
      if (this.#awaitsPong && !this.#socket.isPaused) {
        this.terminate();
        return;
      }
      this.#awaitsPong = true;
      if (this.isOpen) this.#socket.ping();
      this.#schedulePing();
    });
  }

  #setTimer(delayMs: number, run: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#shared.clock.schedule(delayMs, run);
  }
}

const asText = { binary: false };

function addressOf({ url, identity }: OcppClientOptions): string {
  return `${url.replace(/\/+$/, '')}/${encodeURIComponent(identity)}`;
}

function socketOptions(options: OcppClientOptions, shared: SharedByPeers): ClientOptions {
  const {
    identity,
    password,
    tls = {},
    compression = false,
    connectTimeoutMs = defaultConnectTimeoutMs,
  } = options;
  const { serverName, ca, ...keys } = tls;
  return {
    ...keys,
    ...(ca !== undefined && { ca: typeof ca === 'string' || Buffer.isBuffer(ca) ? ca : [...ca] }),
    ...(serverName !== undefined && { servername: serverName }),
    ...(password !== undefined && { headers: { Authorization: basicHeader(identity, password) } }),
    perMessageDeflate: compression,
    handshakeTimeout: connectTimeoutMs,
    maxPayload: shared.limits.frameCharacters,
    minVersion: 'TLSv1.2',
  };
}

/** The password's octets as they are: `auth` of a URL would make UTF-8 of them. */
function basicHeader(identity: string, password: string | Buffer): string {
  const octets = Buffer.concat([Buffer.from(`${identity}:`), Buffer.from(password)]);
  return `Basic ${octets.toString('base64')}`;
}

/** An HTTP answer instead of a WebSocket. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused';
  readonly status: number;
  readonly retryAfterSeconds?: number;

  constructor(status: number, retryAfterSeconds?: number) {
    super(`The server answered the upgrade with HTTP ${status}`);
    this.status = status;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}

function refusalOf(response: IncomingMessage): UpgradeRefused {
  const retryAfter = Number(response.headers['retry-after'] ?? Number.NaN);
  response.resume();
  return new UpgradeRefused(response.statusCode ?? 0, Number.isFinite(retryAfter) ? retryAfter : undefined);
}
