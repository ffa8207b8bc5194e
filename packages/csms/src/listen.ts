import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '@busbar/ocpp';
import { type AddressList, plainAddress } from './address-list.ts';
import { type Caller, createDoor, type DoorLimits, defaultDoorLimits, type Visitor } from './door.ts';
import type { OnLimit } from './limits-reached.ts';
import { pretendAddress, takeProxyHeader } from './proxied-socket.ts';
import { createTurns } from './turns.ts';

/** Takes over the socket of an upgrade request. */
export type UpgradeHandler = (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void;

/** A port on which stations connect. */
export interface Listener {
  readonly url: string;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** PEM files; without them the listener is plain. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly onUpgrade: UpgradeHandler;
  /** Whose connections start with a header of the PROXY protocol, and have to; nobody else's is looked at. */
  readonly proxies?: AddressList;
  readonly limits?: Partial<DoorLimits>;
  readonly onLimit?: OnLimit;
}

const limits = {
  /** The head of an upgrade request: a password and a few headers. */
  headBytes: 16 * 1024,
  /**
   * Connections that the kernel completes ahead of us. They are all accepted in one turn of the event loop, within a
   * tenth of a second; those beyond knock again after a second.
   */
  backlog: 1_024,
  /** Handshakes of TLS begun in one turn of the event loop: some milliseconds, in which nobody else is served. */
  handshakesPerTurn: 4,
  /** Requests without TLS, of which each takes a fraction of that. */
  requestsPerTurn: 32,
} as const;

/** Opens a listener for WebSocket upgrades alone. Throws a sentence that says what to do when the port is taken. */
export async function listenForStations(options: ListenOptions): Promise<Listener> {
  const { host, port, tls } = options;
  const web = await createWebServer(options);
  const hall = createHall(options, web);
  // Sockets are handed on only after they were counted, and after it is known who is behind a balancer.
  const server = createServer({ allowHalfOpen: !tls, noDelay: true }, hall.arrive);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, host, port)));
    server.listen({ port, host, backlog: limits.backlog }, resolve);
  });
  return {
    url: addressOf(tls ? 'wss' : 'ws', host, server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        hall.sendOffHalfOpen();
      }),
  };
}

/** Speaks TLS and HTTP on the sockets that it is given. */
async function createWebServer({ tls }: ListenOptions): Promise<http.Server | https.Server> {
  const options = { maxHeaderSize: limits.headBytes };
  if (!tls) return http.createServer(options);
  return https.createServer({
    ...options,
    cert: await readFile(tls.certificate),
    key: await readFile(tls.key),
    minVersion: 'TLSv1.2',
    handshakeTimeout: defaultDoorLimits.upgradeTimeoutMs,
  });
}

/** The way of a socket from its first packet to the upgrade. */
function createHall(options: ListenOptions, web: http.Server | https.Server) {
  const { proxies, onUpgrade, onLimit = () => {} } = options;
  const doorLimits = { ...defaultDoorLimits, ...options.limits };
  const begin = createTurns<Socket>(
    options.tls ? limits.handshakesPerTurn : limits.requestsPerTurn,
    (socket) => {
      if (socket.destroyed) return false;
      web.emit('connection', socket);
      return true;
    },
  );
  const door = createDoor({ limits: doorLimits, clock: systemClock, onLimit });
  const halfOpen = new Set<Socket>();
  const turnedAway = new Set<Socket>();
  const visitors = new WeakMap<Duplex, Visitor>();
  /** Of TLS, until the handshake is done, by the two ends of the connection beneath. */
  const shakingHands = new Map<string, { readonly visitor: Visitor; readonly address: string }>();

  web.on('request', (_, response) => {
    response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end();
  });
  web.on('secureConnection', (secure: Socket) => {
    const farEnd = farEndOf(secure);
    const known = shakingHands.get(farEnd);
    if (!known) return;
    shakingHands.delete(farEnd);
    pretendAddress(secure, known.address);
    visitors.set(secure, known.visitor);
  });
  web.on('upgrade', (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
    visitors.get(socket)?.upgraded();
    onUpgrade(request, socket, head);
  });

  return {
    arrive(socket: Socket): void {
      // A socket's error that nobody hears ends the process.
      socket.on('error', () => socket.destroy());
      const caller = door.knock(() => socket.destroy());
      if (!caller) {
        turnAway(socket);
        return;
      }
      halfOpen.add(socket);
      socket.once('close', () => {
        halfOpen.delete(socket);
        caller.left();
      });
      const from = socket.remoteAddress ?? '';
      if (!proxies?.has(from)) {
        enter(socket, caller, plainAddress(from));
        return;
      }
      takeProxyHeader(socket).then(
        (header) => {
          if (header) enter(socket, caller, plainAddress(header.address ?? from));
        },
        () => {
          onLimit('proxy-header');
          socket.destroy();
        },
      );
    },
    sendOffHalfOpen(): void {
      for (const socket of [...halfOpen, ...turnedAway]) socket.destroy();
    },
  };

  function turnAway(socket: Socket): void {
    if (turnedAway.size >= doorLimits.turnedAwayAtOnce) {
      socket.destroy();
      return;
    }
    turnedAway.add(socket);
    const patience = setTimeout(() => socket.destroy(), doorLimits.turnedAwayMs);
    socket.once('close', () => {
      clearTimeout(patience);
      turnedAway.delete(socket);
    });
  }

  function enter(socket: Socket, caller: Caller, address: string): void {
    const entered = caller.enter(address);
    if (!entered) {
      halfOpen.delete(socket);
      caller.left();
      turnAway(socket);
      return;
    }
    const visitor: Visitor = {
      upgraded() {
        halfOpen.delete(socket);
        entered.upgraded();
      },
    };
    if (options.tls) {
      const farEnd = farEndOf(socket);
      const shaking = { visitor, address };
      shakingHands.set(farEnd, shaking);
      socket.once('close', () => {
        if (shakingHands.get(farEnd) === shaking) shakingHands.delete(farEnd);
      });
    } else {
      pretendAddress(socket, address);
      visitors.set(socket, visitor);
    }
    begin(socket);
  }
}

function farEndOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

export function addressOf(scheme: string, host: string, address: AddressInfo | string | null): string {
  const port = typeof address === 'object' && address !== null ? address.port : '';
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${shown}:${port}`;
}

export function explainListenError(error: Error & { code?: string }, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new Error(
        `Port ${port} on ${host} is taken by another program. Stop it, or choose another port (BUSBAR_OCPP_PORT, BUSBAR_HTTP_PORT).`,
      );
    case 'EACCES':
      return new Error(`Port ${port} on ${host} may not be opened by this user. Choose a port above 1023.`);
    case 'EADDRNOTAVAIL':
      return new Error(`${host} is no address of this machine.`);
    default:
      return error;
  }
}
