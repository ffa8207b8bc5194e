import type { IncomingMessage } from 'node:http';
import { nextTick } from 'node:process';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Clock, systemClock } from '../clock.ts';
import { type SharedByPeers, shareAmongPeers } from '../peer/shared.ts';
import { closeCode, OwnedSocket } from '../socket/owned-socket.ts';
import { subprotocolOf, type Version, versions } from '../version.ts';
import { defaultServerLimits, type ServerLimits } from './limits.ts';
import { PacesKept } from './pace.ts';
import { type HttpRefusal, refuseUpgrade } from './refuse.ts';
import type {
  Admission,
  Connection,
  OcppServer,
  OcppServerOptions,
  Refusal,
  ServerLimitName,
  UpgradeRequest,
} from './server.ts';
import { StationConnection } from './station-connection.ts';
import { chooseVersion, offersWanted, readUpgrade } from './upgrade.ts';

/** The server end. It opens no port: the embedder's HTTP server hands its upgrades over. */
export function createOcppServer<S>(options: OcppServerOptions<S>): OcppServer<S> {
  return new StationServer(options);
}

/** How often is looked for connections that have been quiet for the ping interval, and for what is not read. */
const sweepMs = 1_000;

const defaultPingIntervalMs = 60_000;

/** Who is turned away for now comes again within these, spread, so that not all come at once. */
const comeAgainSeconds = { least: 10, most: 30 } as const;

class StationServer<S> implements OcppServer<S> {
  readonly #options: OcppServerOptions<S>;
  readonly #limits: ServerLimits;
  readonly #clock: Clock;
  readonly #paces: PacesKept;
  readonly #shared: SharedByPeers;
  readonly #versions: readonly Version[];
  readonly #acceptors: ReadonlyMap<Version, WebSocketServer>;
  readonly #connections = new Set<StationConnection<S>>();
  #pendingUpgrades = 0;
  /** Why nobody is let in any more. */
  #closedDoor: { readonly reason: string; readonly retryAfterSeconds: number } | undefined;
  #isSweeping = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: OcppServerOptions<S>) {
    const { clock = systemClock, peerLimits = {}, newMessageId, compression = true } = options;
    this.#options = options;
    this.#limits = { ...defaultServerLimits, ...options.limits };
    this.#clock = clock;
    this.#paces = new PacesKept(this.#limits);
    this.#versions = options.versions ?? versions;
    const frameCharacters = this.#limits.frameBytes;
    const settings = {
      clock,
      limits: { frameCharacters, ...peerLimits },
      ...(newMessageId && { newMessageId }),
    };
    this.#shared = shareAmongPeers(settings);
    this.#acceptors = new Map(
      this.#versions.map((version) => [version, createAcceptor(version, this.#limits, compression)]),
    );
  }

  get connections(): ReadonlySet<Connection<S>> {
    return this.#connections;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Before anything else, since a socket's error that nobody hears ends the process.
    socket.on('error', destroyOnError);
    this.#pendingUpgrades++;
    this.#upgrade(request, socket, head)
      .catch((error: unknown) => {
        this.#refuse({ request, socket }, { status: 500, reason: 'The upgrade failed', error });
      })
      .finally(() => {
        this.#pendingUpgrades--;
      });
  }

  refuseNew(retryAfterSeconds: number): void {
    this.#closedDoor ??= { reason: 'The server lets nobody in any more', retryAfterSeconds };
  }

  async close(code: number = closeCode.goingAway, reason = 'Shutting down'): Promise<void> {
    this.#closedDoor ??= { reason: 'The server is closing', retryAfterSeconds: this.#comeAgainSeconds() };
    if (this.#connections.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    for (const connection of this.#connections) connection.close(code, reason);
    await promise;
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const stranger: Asker = { request, socket };
    if (this.#refusesAll(stranger)) return;
    if (this.#pendingUpgrades > this.#limits.pendingUpgrades) {
      this.#refuseForNow(stranger, 'node-upgrades', 'Too many upgrades are being decided');
      return;
    }
    if (this.#connections.size + this.#pendingUpgrades > this.#limits.connections) {
      this.#refuseForNow(stranger, 'node-connections', 'As many stations are connected as may be');
      return;
    }
    const decision = new AbortController();
    const { path = '/ocpp/' } = this.#options;
    const read = readUpgrade(request, socket, { path, limits: this.#limits, signal: decision.signal });
    if ('status' in read) {
      this.#refuse(stranger, { status: read.status, reason: read.reason, text: read.reason });
      return;
    }
    const { identity, offered } = read;
    const asker: Asker = { request, socket, identity };
    if (offered.length > 0 && chooseVersion(offered, this.#versions) === undefined) {
      this.#refuseVersion(asker, this.#versions);
      return;
    }
    const admission = await this.#decide(read, socket, decision);
    if (socket.destroyed) return;
    if (!admission.admit) {
      this.#refuse(asker, admission);
      return;
    }
    if (this.#refusesAll(asker)) return;
    const allowed = this.#versions.filter((version) => admission.versions?.includes(version) ?? true);
    const assumed = allowed.find((version) => version === admission.version);
    const version = offered.length > 0 ? chooseVersion(offered, allowed) : assumed;
    const acceptor = version && this.#acceptors.get(version);
    if (version === undefined || acceptor === undefined) {
      this.#refuseVersion(asker, allowed);
      return;
    }
    socket.off('error', destroyOnError);
    acceptor.handleUpgrade(request, socket, head, (opened) => {
      if (opened instanceof OwnedSocket) this.#open({ socket: opened, request: read, version, admission });
    });
  }

  /** Asks the embedder, with an end to its patience and to the asker's. */
  async #decide(read: UpgradeRequest, socket: Duplex, decision: AbortController): Promise<Admission<S>> {
    const { promise: given, resolve: give } = Promise.withResolvers<Admission<S>>();
    const giveUp = (reason: string) => {
      give({ admit: false, status: 503, reason });
      decision.abort(new Error(reason));
    };
    const { authenticateTimeoutMs } = this.#limits;
    const overdue = () => giveUp(`Not decided within ${authenticateTimeoutMs} ms`);
    const limit = this.#clock.schedule(authenticateTimeoutMs, overdue);
    const leave = () => giveUp('The asker is gone');
    // Only who reads notices the end; what has come early stays in the socket for the WebSocket to read.
    const peek = () => {
      if (socket.readableLength === 0) leave();
    };
    socket.on('readable', peek).once('close', leave);
    try {
      return await Promise.race([this.#options.authenticate(read), given]);
    } finally {
      limit.cancel();
      socket.off('readable', peek).off('close', leave);
      // Node settles in the next tick whether a socket flows that has lost such a listener; a pause before
      // that would be undone.
      await new Promise<void>((resolve) => nextTick(resolve));
    }
  }

  #open(opened: {
    readonly socket: OwnedSocket;
    readonly request: UpgradeRequest;
    readonly version: Version;
    readonly admission: Admission<S> & { readonly admit: true };
  }): void {
    const { socket, request, version, admission } = opened;
    const connection = new StationConnection({
      socket,
      request,
      version,
      mode: admission.mode ?? 'lenient',
      state: admission.state,
      shared: this.#shared,
      limits: this.#limits,
      pace: this.#paces.take(request.identity, this.#clock.now()),
      onGone: this.#forget,
      onLimit: this.#reached,
    });
    this.#connections.add(connection);
    if (!this.#isSweeping) this.#scheduleSweep();
    this.#start(connection).catch((error: unknown) => {
      const { identity, remoteAddress } = connection;
      this.#tellRefused({
        status: 500,
        identity,
        remoteAddress,
        reason: 'The connection was not taken over',
        error,
      });
      connection.close(closeCode.internalError, 'Internal error');
    });
  }

  /** What arrives before the handlers are there stays in the socket. */
  async #start(connection: StationConnection<S>): Promise<void> {
    const given = this.#options.connected(connection);
    if (!(given instanceof Promise)) {
      connection.start(given);
      return;
    }
    connection.hold('starting');
    const overdue = () => connection.close(closeCode.overloaded, 'Not ready in time');
    const limit = this.#clock.schedule(this.#limits.connectedTimeoutMs, overdue);
    try {
      connection.start(await given);
    } finally {
      limit.cancel();
      connection.release('starting');
    }
  }

  readonly #forget = (connection: StationConnection<S>): void => {
    this.#connections.delete(connection);
    this.#paces.keep(connection.identity, connection.pace, this.#clock.now());
    if (this.#connections.size === 0) this.#onEmpty?.();
  };

  #scheduleSweep(): void {
    const { pingIntervalMs = defaultPingIntervalMs } = this.#options;
    this.#isSweeping = this.#connections.size > 0;
    if (!this.#isSweeping) return;
    this.#clock.schedule(pingIntervalMs > 0 ? Math.min(sweepMs, pingIntervalMs) : sweepMs, () => {
      this.#sweep(pingIntervalMs);
      this.#scheduleSweep();
    });
  }

  #sweep(pingIntervalMs: number): void {
    const nowMs = this.#clock.now();
    let unreadBytes = 0;
    for (const connection of this.#connections) {
      if (pingIntervalMs > 0) connection.keepAlive(nowMs, pingIntervalMs);
      unreadBytes += connection.unreadBytes;
    }
    if (unreadBytes > this.#limits.bufferedBytesOfAll) this.#cutSlowest(unreadBytes);
  }

  #cutSlowest(unreadBytes: number): void {
    this.#reached('node-unread');
    let left = unreadBytes;
    for (const connection of [...this.#connections].sort((a, b) => b.unreadBytes - a.unreadBytes)) {
      if (left <= this.#limits.bufferedBytesOfAll) return;
      left -= connection.unreadBytes;
      connection.cutSlowReader();
    }
  }

  #refusesAll(asker: Asker): boolean {
    if (this.#closedDoor === undefined) return false;
    this.#refuse(asker, { status: 503, ...this.#closedDoor });
    return true;
  }

  #refuseForNow(asker: Asker, limit: ServerLimitName, reason: string): void {
    this.#reached(limit);
    this.#refuse(asker, { status: 503, reason, retryAfterSeconds: this.#comeAgainSeconds() });
  }

  #comeAgainSeconds(): number {
    const { least, most } = comeAgainSeconds;
    const { random = Math.random } = this.#options;
    return least + Math.floor(random() * (most - least + 1));
  }

  readonly #reached = (limit: ServerLimitName): void => {
    try {
      this.#options.onLimit?.(limit);
    } catch {
      // The hook is for the metrics; the limit holds whether or not it could be counted.
    }
  };

  #refuseVersion(asker: Asker, allowed: readonly Version[]): void {
    const reason = offersWanted(allowed);
    this.#refuse(asker, { status: 400, reason, text: reason });
  }

  #refuse(
    { request, socket, identity }: Asker,
    refusal: HttpRefusal & { reason: string; error?: unknown },
  ): void {
    const { status, reason, error } = refusal;
    refuseUpgrade(socket, refusal);
    this.#tellRefused({
      status,
      reason,
      remoteAddress: request.socket.remoteAddress ?? '',
      ...(identity !== undefined && { identity }),
      ...(error !== undefined && { error }),
    });
  }

  #tellRefused(refusal: Refusal): void {
    try {
      this.#options.onRefused?.(refusal);
    } catch {
      // The hook is for the log; a refusal stands whether or not it could be logged.
    }
  }
}

/** Somebody at the door. */
interface Asker {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly identity?: string;
}

function createAcceptor(version: Version, limits: ServerLimits, compresses: boolean): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    WebSocket: OwnedSocket,
    maxPayload: limits.frameBytes,
    maxFragments: limits.fragments,
    maxBufferedChunks: limits.chunks,
    handleProtocols: () => subprotocolOf[version],
    // 2.x asks it of a CSMS (Part 4, section 3.3); 1.6 recommends none.
    perMessageDeflate: compresses && version !== '1.6' && compression,
  });
}

/** Without context takeover a quiet connection holds no dictionary of 64 kB or more. */
const compression = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  // Below that, the work costs more than the octets.
  threshold: 1024,
};

function destroyOnError(this: Duplex): void {
  this.destroy();
}
