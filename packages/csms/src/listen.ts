import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

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
}

const limits = {
  /** The head of an upgrade request: a password and a few headers. */
  headBytes: 16 * 1024,
  /** A client that drips its request byte by byte (slowloris) holds a socket no longer. */
  headTimeoutMs: 10_000,
} as const;

/** Opens a listener for WebSocket upgrades alone. Throws a sentence that says what to do when the port is taken. */
export async function listenForStations({ host, port, tls, onUpgrade }: ListenOptions): Promise<Listener> {
  const options = {
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headTimeoutMs,
    requestTimeout: limits.headTimeoutMs,
  };
  const server = tls
    ? https.createServer({
        ...options,
        cert: await readFile(tls.certificate),
        key: await readFile(tls.key),
        minVersion: 'TLSv1.2',
      })
    : http.createServer(options);
  server.on('request', (_, response) => {
    response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end();
  });
  server.on('upgrade', onUpgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, host, port)));
    server.listen(port, host, resolve);
  });
  return {
    url: addressOf(tls ? 'wss' : 'ws', host, server.address()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
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
