import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { databaseName, roleName, type Transport } from './settings.ts';

/** `sun_path` of a socket address, less its end mark: 108 bytes on Linux, 104 on the BSDs. */
const longestSocketPathBytes = process.platform === 'linux' ? 107 : 103;

const socketName = '.s.PGSQL.5432';

/**
 * Where the server of `folder` is to listen: a socket in a folder that its user alone may enter, below the data
 * folder, or below the temporary folder when that path is too long for a socket. The loopback serves where
 * PostgreSQL's clients know no such sockets.
 */
export async function chooseTransport(folder: string, kind: Transport['kind']): Promise<Transport> {
  if (kind === 'loopback') {
    return { kind, port: await findFreePort(), password: await readOrMakePassword(folder) };
  }
  const run = join(folder, 'run');
  if (Buffer.byteLength(join(run, socketName)) <= longestSocketPathBytes) return { kind, folder: run };
  const short = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return { kind, folder: join(tmpdir(), `busbar-${short}`) };
}

export const defaultTransport: Transport['kind'] = process.platform === 'win32' ? 'loopback' : 'socket';

/** What `pg` is given to get there. */
export function poolConfigOf(transport: Transport): pg.PoolConfig {
  const login = { user: roleName, database: databaseName };
  return transport.kind === 'socket'
    ? { ...login, host: transport.folder, port: 5432 }
    : { ...login, host: '127.0.0.1', port: transport.port, password: transport.password };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string')
    throw new Error('No free port was found on 127.0.0.1.');
  return address.port;
}

async function readOrMakePassword(folder: string): Promise<string> {
  const path = join(folder, 'password');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined) return known;
  const password = randomBytes(24).toString('base64url');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}
