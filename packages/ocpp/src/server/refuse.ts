import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RefusalStatus } from './server.ts';

export interface HttpRefusal {
  readonly status: RefusalStatus | 500;
  /** Only what anybody may know. */
  readonly text?: string;
  readonly retryAfterSeconds?: number;
}

/** Answers an upgrade in plain HTTP and hangs up. */
export function refuseUpgrade(socket: Duplex, { status, text = '', retryAfterSeconds }: HttpRefusal): void {
  if (socket.destroyed) return;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  if (status === 401) lines.push('WWW-Authenticate: Basic realm="OCPP"');
  if (retryAfterSeconds !== undefined) lines.push(`Retry-After: ${retryAfterSeconds}`);
  socket.once('finish', () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}
