import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { subprotocolOf, type Version, versionOf } from '../version.ts';
import type { ServerLimits } from './limits.ts';
import type { UpgradeRequest } from './server.ts';

/** Why an upgrade is refused before anybody was asked; the text may be told to the asker. */
export interface UpgradeFault {
  readonly status: 400 | 404;
  readonly reason: string;
}

/** Takes the request of an upgrade apart. The identity is only claimed. */
export function readUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  options: { readonly path: string; readonly limits: ServerLimits; readonly signal: AbortSignal },
): UpgradeRequest | UpgradeFault {
  const { headers, url = '' } = request;
  if (request.method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') {
    return { status: 400, reason: 'Only WebSocket upgrades are served here' };
  }
  const [path = ''] = url.split('?', 1);
  if (!path.startsWith(options.path))
    return { status: 404, reason: `Stations connect to ${options.path}{identity}` };
  const identity = decodeIdentity(path.slice(options.path.length), options.limits);
  if (typeof identity !== 'string') return identity;
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const basic = readBasic(headers.authorization);
  const clientCertificate = certificateOf(socket);
  return {
    identity,
    offered: offered.filter((name) => name !== ''),
    ...(basic && { basic }),
    ...(clientCertificate && { clientCertificate }),
    remoteAddress: request.socket.remoteAddress ?? '',
    secure: socket instanceof TLSSocket,
    headers,
    url,
    signal: options.signal,
  };
}

function decodeIdentity(encoded: string, limits: ServerLimits): string | UpgradeFault {
  let identity: string;
  try {
    identity = decodeURIComponent(encoded);
  } catch {
    return { status: 400, reason: 'The identity is not percent-encoded UTF-8' };
  }
  // A slash that is meant comes as %2F.
  if (encoded === '' || encoded.includes('/'))
    return { status: 404, reason: 'One identity has to follow the path' };
  if (/\p{Cc}/u.test(identity)) return { status: 400, reason: 'The identity holds control characters' };
  // 2.x forbids it (identifierString without colon), and as a user name no Basic header could carry it.
  if (identity.includes(':')) return { status: 400, reason: 'The identity holds a colon' };
  if (identity.length > limits.identityCharacters) {
    return { status: 400, reason: `The identity is longer than ${limits.identityCharacters} characters` };
  }
  return identity;
}

/** The password ends where the header ends: 1.6 keys are raw bytes, and any of them may be a colon. */
function readBasic(header: string | undefined): UpgradeRequest['basic'] {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64');
  const colon = credentials.indexOf(':');
  if (colon === -1) return undefined;
  return { user: credentials.toString('utf8', 0, colon), password: credentials.subarray(colon + 1) };
}

function certificateOf(socket: Duplex): PeerCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  return Object.keys(certificate).length > 0 ? certificate : undefined;
}

/** The first of the station's offers that is spoken here; its order is its preference. */
export function chooseVersion(offered: readonly string[], spoken: readonly Version[]): Version | undefined {
  for (const subprotocol of offered) {
    const version = versionOf(subprotocol);
    if (version !== undefined && spoken.includes(version)) return version;
  }
  return undefined;
}

export function offersWanted(spoken: readonly Version[]): string {
  return `Offer one of the subprotocols ${spoken.map((version) => subprotocolOf[version]).join(', ')}`;
}
