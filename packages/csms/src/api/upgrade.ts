import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Shares one server between HTTP and WebSockets: an upgrade goes to the handler whose prefix its path has
 * (`/ocpp/`), and is refused with 404 where there is none.
 */
export function routeUpgrades(server: Server, handlers: Readonly<Record<string, UpgradeHandler>>): void {
  const prefixes = Object.entries(handlers);
  server.on('upgrade', (request, socket, head) => {
    const match = prefixes.find(([prefix]) => request.url?.startsWith(prefix));
    if (match) match[1](request, socket, head);
    else refuse(socket);
  });
}

function refuse(socket: Duplex): void {
  // The peer may be gone already; nobody else listens to this socket.
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
