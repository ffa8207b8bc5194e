import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { Log } from '../../log.ts';
import { chooseAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import {
  type Cluster,
  clusterVersion,
  createCluster,
  refuseOtherVersion,
  writeConfiguration,
} from './cluster.ts';
import { lockFolder } from './folder-lock.ts';
import {
  type FoundPostmaster,
  findPostmaster,
  launchPostmaster,
  reloadConfiguration,
  stopPostmaster,
} from './postmaster.ts';
import type { Settings, Transport } from './settings.ts';
import { supervise } from './supervise.ts';
import { chooseTransport, defaultTransport, poolConfigOf } from './transport.ts';

export interface EmbeddedOptions {
  /** Ours alone. Holds the cluster, the socket, the lock and PostgreSQL's log; made when it is not there. */
  readonly folder: string;
  readonly log: Log;
  /** Where `postgres` and `initdb` are; without it those of the npm package. */
  readonly binaries?: string;
  readonly transport?: Transport['kind'];
  /** Lines for postgresql.conf that win over ours. */
  readonly settings?: Settings;
}

/** A PostgreSQL that we run. */
export interface Embedded {
  /** How `pg` reaches it; the same for its whole life. */
  readonly config: pg.PoolConfig;
  /** The postmaster; undefined while it is being restarted. */
  readonly pid: () => number | undefined;
  /** Ends it with all its connections and gives the folder free. */
  readonly stop: () => Promise<void>;
}

/**
 * Runs a PostgreSQL of our own in a folder: makes the cluster at the first start, takes over a server that a crash of
 * ours left running, restarts one that dies. It accepts connections when this resolves.
 *
 * Throws an `Error` with a sentence for the operator: folder in use by another server, cluster of another version,
 * programs missing, disk full, no permission.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  try {
    return await startLocked(options);
  } catch (error) {
    throw sentenceOf(error, options.folder);
  }
}

async function startLocked(options: EmbeddedOptions): Promise<Embedded> {
  await mkdir(options.folder, { recursive: true, mode: 0o711 });
  const folder = await realpath(options.folder);
  const lock = await lockFolder(folder);
  try {
    const { config, pid, stop } = await run(folder, options);
    let stopping: Promise<void> | undefined;
    return {
      config,
      pid,
      stop() {
        stopping ??= stop().finally(lock.release);
        return stopping;
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** What Node reports about files, as something that an operator can act on; other errors are sentences already. */
function sentenceOf(error: unknown, folder: string): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error;
  const advice: Readonly<Record<string, string>> = {
    ENOSPC: 'The disk is full: make room and start again.',
    EDQUOT: 'The disk quota is used up: make room and start again.',
    EROFS: 'The file system is read-only.',
    EACCES: 'The user who runs this program may not write there: check the owner and mode of the folder.',
    EPERM: 'The user who runs this program may not write there: check the owner and mode of the folder.',
  };
  const reason = advice[String(error.code)] ?? '';
  return new Error(`The data folder ${folder} cannot be used: ${error.message}. ${reason}`.trim(), {
    cause: error,
  });
}

async function run(folder: string, options: EmbeddedOptions): Promise<Embedded> {
  const { log, settings = {} } = options;
  const { cluster, isNew } = await prepare(folder, options);
  const logPath = join(folder, 'postgres.log');
  const wanted = await chooseTransport(folder, options.transport ?? defaultTransport);
  if (isNew) await createCluster(cluster, wanted.kind === 'loopback' ? wanted.password : undefined);
  const found = isNew ? undefined : await findPostmaster(cluster);
  const transport = found === undefined ? wanted : transportOf(found, wanted);
  await writeConfiguration(cluster, transport, settings);
  // One that is running takes over what can be changed while it runs.
  if (found !== undefined) reloadConfiguration(cluster, found);
  const first = found ?? (await launchPostmaster(cluster, transport, logPath));
  log.info(
    { pid: first.pid, folder, version: cluster.binaries.version, found: found !== undefined },
    'PostgreSQL runs',
  );
  const supervisor = supervise({
    first,
    restart: async () =>
      (await findPostmaster(cluster)) ?? (await launchPostmaster(cluster, transport, logPath)),
    log,
  });
  return {
    config: poolConfigOf(transport),
    pid: supervisor.pid,
    async stop() {
      const last = await supervisor.end();
      if (last !== undefined) await stopPostmaster(cluster, last);
      if (transport.kind === 'socket') await rm(transport.folder, { recursive: true, force: true });
    },
  };
}

async function prepare(
  folder: string,
  options: EmbeddedOptions,
): Promise<{ cluster: Cluster; isNew: boolean }> {
  const binaries = await findBinaries({ folder: options.binaries, linksFolder: join(folder, 'lib') });
  const data = await realpath(join(folder, 'cluster')).catch(() => join(folder, 'cluster'));
  const account = await chooseAccount(data, [binaries.folder, folder]);
  const cluster = { folder: data, binaries, account };
  const version = await clusterVersion(data);
  if (version !== undefined) refuseOtherVersion(data, version, binaries);
  return { cluster, isNew: version === undefined };
}

/** A server that was found listens where it listens. */
function transportOf(found: FoundPostmaster, wanted: Transport): Transport {
  return wanted.kind === 'socket'
    ? { kind: 'socket', folder: found.socketFolder }
    : { ...wanted, port: found.port };
}
