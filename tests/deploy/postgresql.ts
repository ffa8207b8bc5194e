import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Account, chooseAccount, giveTo } from '../../packages/csms/src/store/postgres/account.ts';
import { eventually } from '../support/eventually.ts';

/** A PostgreSQL server as an operator runs it: with an archive, a role for the program and one for backups. */
export interface PostgresServer {
  /** Of a database, for the program's role. */
  readonly url: (database: string) => string;
  /** For the superuser. */
  readonly superuser: pg.ClientConfig;
  /** Ends it as a machine does that loses its power. */
  readonly lose: () => Promise<void>;
}

export interface PostgresPlace {
  readonly binaries: string;
  /** Socket, data and archive are in it. */
  readonly folder: string;
  readonly account: Account;
}

/** Where PostgreSQL's programs may read and write, also when the tests run as root. */
export async function makePlace(binaries: string, folder: string): Promise<PostgresPlace> {
  const account = await chooseAccount(join(folder, 'none'), [binaries, folder]);
  const place = { binaries, folder, account };
  await Promise.all(['archive', 'backup', 'socket'].map((name) => makeFolder(place, name)));
  return place;
}

async function makeFolder({ folder, account }: PostgresPlace, name: string): Promise<void> {
  await mkdir(join(folder, name), { mode: 0o700 });
  await giveTo(account, join(folder, name));
}

/** Runs one of PostgreSQL's programs to its end, as its user. */
export async function runProgram(
  { binaries, account }: PostgresPlace,
  name: string,
  args: readonly string[],
): Promise<void> {
  const [command = '', ...rest] = [...account.prefix, join(binaries, name), ...args];
  await promisify(execFile)(command, rest, { ...account.spawnAs, cwd: '/' });
}

/** The same for programs that only speak with the server: as ourselves, who may read the repository. */
export async function runClient(
  { binaries }: PostgresPlace,
  name: string,
  args: readonly string[],
): Promise<void> {
  await promisify(execFile)(join(binaries, name), args, { cwd: '/' });
}

/** Makes a cluster whose log is archived, with the roles of the guide. */
export async function createServer(place: PostgresPlace): Promise<PostgresServer> {
  const data = join(place.folder, 'data');
  await makeFolder(place, 'data');
  await runProgram(place, 'initdb', [
    ...['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-A', 'trust', '--no-sync'],
  ]);
  await appendFile(join(data, 'postgresql.conf'), settingsOf(place));
  const server = await startServer(place, 'data');
  const sql = new pg.Client(server.superuser);
  await sql.connect();
  await sql.query('create role busbar login');
  await sql.query('create role busbar_backup login replication');
  await sql.query('create database busbar owner busbar');
  await sql.end();
  return server;
}

function settingsOf({ folder }: PostgresPlace): string {
  const archive = join(folder, 'archive');
  return `
listen_addresses = ''
unix_socket_directories = '${join(folder, 'socket')}'
wal_level = replica
archive_mode = on
archive_command = 'test ! -f "${archive}/%f" && cp "%p" "${archive}/%f"'
`;
}

/** Says up to which named point of the archive a copy of a data folder is brought. */
export async function recoverTo(place: PostgresPlace, name: string, point: string): Promise<void> {
  const data = join(place.folder, name);
  const settings = `
restore_command = 'cp "${join(place.folder, 'archive')}/%f" "%p"'
recovery_target_name = '${point}'
recovery_target_action = promote
hot_standby = off
archive_mode = off
`;
  await appendFile(join(data, 'postgresql.conf'), settings);
  const signal = join(data, 'recovery.signal');
  await writeFile(signal, '');
  await giveTo(place.account, signal);
}

/** Starts the server of a data folder and waits until it takes part: recovered, and open for writing. */
export async function startServer(place: PostgresPlace, name: string): Promise<PostgresServer> {
  const { account, binaries, folder } = place;
  const [command = '', ...args] = [...account.prefix, join(binaries, 'postgres'), '-D', join(folder, name)];
  const child = spawn(command, args, { ...account.spawnAs, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const host = join(folder, 'socket');
  const superuser = { host, user: 'postgres', database: 'postgres' };
  const isUp = async () => {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended before it was there: ${said}`);
    const sql = new pg.Client(superuser);
    sql.on('error', () => {});
    const rows = await sql
      .connect()
      .then(() => sql.query('select pg_is_in_recovery() as recovering'))
      .then((result) => result.rows)
      .catch(() => []);
    await sql.end().catch(() => {});
    return rows[0]?.recovering === false;
  };
  await eventually(isUp, 'PostgreSQL to be there', 20_000);
  return {
    superuser,
    url: (database) => `postgres:///${database}?${new URLSearchParams({ host, user: 'busbar' })}`,
    async lose() {
      child.kill('SIGQUIT');
      await ended;
    },
  };
}
