import { readFile } from 'node:fs/promises';
import { type Authenticator, credsAuthenticator } from '@nats-io/transport-node';

/** What a user may set about NATS: see `settings` in config.ts. The files are read at every connection. */
export interface NatsSettings {
  readonly natsUrl: string;
  readonly natsCredentials?: string | undefined;
  readonly natsCa?: string | undefined;
  readonly natsCertificate?: string | undefined;
  readonly natsKey?: string | undefined;
}

export interface NatsServer {
  readonly host: string;
  readonly port: number;
  /** The scheme `tls`: never without TLS. With another it is used where the server offers it. */
  readonly demandsTls: boolean;
  /** A name alone is a token, as everywhere with NATS. */
  readonly login:
    | { readonly user: string; readonly password: string }
    | { readonly token: string }
    | undefined;
}

const schemes = ['nats:', 'tls:'];
const defaultPort = 4222;

/**
 * The servers in BUSBAR_NATS_URL.
 *
 * @throws Error that says which of them is wrong by its place, as the text may hold a password
 */
export function readNatsServers(urls: string): readonly [NatsServer, ...NatsServer[]] {
  const [first = '', ...others] = urls.split(',');
  return [readServer(first, 0), ...others.map((url, index) => readServer(url, index + 1))];
}

/** Where a server is, as a log may show it. */
export function placeOf({ host, port }: NatsServer): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** @throws Error that names the setting and its file */
export async function readTls(settings: NatsSettings): Promise<{ ca?: string; cert?: string; key?: string }> {
  const ca = await readSetting('BUSBAR_NATS_CA', settings.natsCa);
  const cert = await readSetting('BUSBAR_NATS_CERTIFICATE', settings.natsCertificate);
  const key = await readSetting('BUSBAR_NATS_KEY', settings.natsKey);
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** @throws Error that names the setting and its file */
export async function readLogin({ login }: NatsServer, settings: NatsSettings): Promise<Authenticator> {
  const credentials = await readSetting('BUSBAR_NATS_CREDENTIALS', settings.natsCredentials);
  if (credentials !== undefined) {
    const authenticate = credsAuthenticator(Buffer.from(credentials));
    try {
      // Once here, where a fault is caught: the library calls it where a throw is the end of the connection.
      authenticate();
    } catch {
      throw new Error(`BUSBAR_NATS_CREDENTIALS: ${settings.natsCredentials} holds no credentials for NATS`);
    }
    return authenticate;
  }
  if (login === undefined) return () => {};
  if ('token' in login) return () => ({ auth_token: login.token });
  return () => ({ user: login.user, pass: login.password });
}

function readServer(text: string, index: number): NatsServer {
  const place = `BUSBAR_NATS_URL: server ${index + 1}`;
  const url = URL.parse(text.trim());
  if (!url || !schemes.includes(url.protocol) || url.hostname === '') {
    throw new Error(`${place} is no nats://host:port or tls://host:port`);
  }
  const user = decode(url.username, place);
  const password = decode(url.password, place);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? defaultPort : Number(url.port),
    demandsTls: url.protocol === 'tls:',
    login: password !== '' ? { user, password } : user !== '' ? { token: user } : undefined,
  };
}

function decode(text: string, place: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`${place} has a user or a password with a % that has to be written %25`);
  }
}

async function readSetting(name: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown error';
    throw new Error(`${name}: ${file} cannot be read (${code})`);
  }
}
