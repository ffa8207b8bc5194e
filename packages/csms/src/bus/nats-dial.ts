import { createConnection, isIP } from 'node:net';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, type NatsSettings, readLogin, readTls } from './nats-server.ts';

export interface DialOptions {
  readonly server: NatsServer;
  readonly settings: NatsSettings;
  /** What NATS's own monitoring calls this client. */
  readonly name: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Opens one connection. It does not come back by itself: whoever keeps it dials again. */
export async function dial(options: DialOptions): Promise<NatsConnection> {
  const { server, settings, name, timeoutMs } = options;
  const authenticator = await readLogin(server, settings);
  const files = await readTls(settings);
  const demandsTls = server.demandsTls || Object.keys(files).length > 0;
  // The library names a host for the check of the certificate, but no address: without this any certificate for
  // `localhost` would do.
  const tls = isIP(server.host) ? { ...files, host: server.host } : files;
  await greeting(options);
  return connect({
    servers: isIP(server.host) === 6 ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`,
    name,
    timeout: timeoutMs,
    authenticator,
    // Own messages are given to own hearers without NATS.
    noEcho: true,
    // The library would keep what is said meanwhile, and hide why it cannot connect.
    reconnect: false,
    // The servers of BUSBAR_NATS_URL, and no others.
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    ...(demandsTls && { tls }),
  });
}

/**
 * Waits for the first line of a server on a socket of its own. The library leaves its socket open when a server that
 * is frozen says nothing, one for each attempt; this one is always closed.
 */
async function greeting({ server, timeoutMs, signal }: DialOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = createConnection({ host: server.host, port: server.port, signal });
  const timer = setTimeout(() => reject(new Error(`said nothing in ${timeoutMs} ms`)), timeoutMs);
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('closed the connection without a word')));
  socket.once('data', (data) => {
    if (data.toString('latin1').startsWith('INFO ')) resolve();
    else reject(new Error('is no NATS server: it greets otherwise'));
  });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
