import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { NetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeDatabase, type TestDatabase } from '../../packages/csms/src/testing/database.ts';
import { startNatsServer } from '../../packages/csms/src/testing/nats.ts';
import { type Api, createApi } from '../support/api.ts';
import { type ClusterNode, type WarmNode, warmNode } from '../support/cluster-node.ts';
import { quickTimings } from '../support/nodes.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { installAudit } from './audit.ts';

export type LinkName = 'postgres' | 'nats';

/** A place for a node: processes come and go in it, its links stay. */
export interface Slot {
  readonly index: number;
  readonly links: Readonly<Record<LinkName, TcpProxy>>;
  /** The process that runs now. */
  readonly node: ClusterNode | undefined;
  readonly paused: boolean;
}

/** Nodes on one PostgreSQL and one NATS, and every way in which a test may harm them. */
export interface Cluster {
  readonly database: TestDatabase;
  readonly slots: readonly Slot[];
  /** Every process that ran since the last `beginStory`, also those that have ended. */
  readonly processes: readonly ClusterNode[];
  /** What is told of processes begins now. */
  beginStory(): void;
  /** What must not happen to a process: it ended by itself, or did not end when it was told to. */
  readonly accidents: string[];
  api(slot: number): Api;
  pause(slot: number): void;
  resume(slot: number): void;
  kill(slot: number): void;
  /** In good order, after which it is started anew. */
  terminate(slot: number): void;
  start(slot: number): void;
  restartNats(): void;
  /** Everything runs and is linked when this resolves. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** A node that is told to end has its own limits for everything that may hang; together they stay below this. */
const terminateWithinMs = 20_000;

export async function startCluster(size: number): Promise<Cluster> {
  const database = await makeDatabase();
  await installAudit(database.sql);
  const folder = await mkdtemp(join(tmpdir(), 'busbar-cluster-'));
  const nats = await startNatsServer();
  const pepper = randomBytes(32).toString('hex');
  const processes: ClusterNode[] = [];
  const accidents: string[] = [];
  const warm = new Set<WarmNode>();
  let spare = warmUp();
  let token = '';
  let closing = false;
  let natsTurn: Promise<unknown> = Promise.resolve();
  const slots = await Promise.all(Array.from({ length: size }, (_, index) => makeSlot(index)));
  for (const slot of slots) {
    inTurn(slot, () => launch(slot));
    await slot.turn;
    if (!slot.node) throw new Error(`The cluster did not start: ${accidents.join('; ')}`);
  }

  return {
    database,
    slots,
    processes,
    accidents,
    beginStory() {
      const present = slots.flatMap(({ node }) => node ?? []);
      for (const node of present) node.forgetLog();
      processes.splice(0, processes.length, ...present);
    },
    api(index) {
      const { node } = at(index);
      return createApi(node?.httpUrl ?? 'http://127.0.0.1:1', token);
    },
    pause(index) {
      const slot = at(index);
      if (!slot.node || slot.paused) return;
      slot.paused = true;
      slot.node.signal('SIGSTOP');
    },
    resume: (index) => resume(at(index)),
    kill(index) {
      const slot = at(index);
      inTurn(slot, () => end(slot, 'SIGKILL'));
    },
    terminate(index) {
      const slot = at(index);
      inTurn(slot, async () => {
        resume(slot);
        await end(slot, 'SIGTERM');
        await launch(slot);
      });
    },
    start(index) {
      const slot = at(index);
      inTurn(slot, () => launch(slot));
    },
    restartNats() {
      natsTurn = natsTurn.then(() => nats.restart());
    },
    async heal() {
      await natsTurn;
      for (const slot of slots) {
        resume(slot);
        for (const link of Object.values(slot.links)) link.heal('is-reset');
      }
      for (const slot of slots) inTurn(slot, () => launch(slot));
      await Promise.all(slots.map(({ turn }) => turn));
    },
    async close() {
      closing = true;
      // Also those that are just being started.
      for (const process of warm) process.kill();
      await Promise.all([...warm].map(({ ended }) => ended));
      await Promise.all(slots.map(({ turn }) => turn));
      await Promise.all(slots.flatMap(({ links }) => Object.values(links).map((link) => link.close())));
      await nats.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };

  function warmUp(): WarmNode {
    const process = warmNode();
    warm.add(process);
    void process.ended.then(() => warm.delete(process));
    return process;
  }

  async function makeSlot(index: number): Promise<Mutable> {
    return {
      index,
      links: {
        postgres: await startTcpProxy(addressOf(database)),
        nats: await startTcpProxy({ port: nats.port, host: '127.0.0.1' }),
      },
      node: undefined,
      paused: false,
      starts: 0,
      turn: Promise.resolve(),
    };
  }

  function at(index: number): Mutable {
    const slot = slots[index];
    if (!slot) throw new Error(`there is no slot ${index}`);
    return slot;
  }

  /** What is done to one slot is done one after the other. */
  function inTurn(slot: Mutable, act: () => Promise<void>): void {
    slot.turn = slot.turn.then(act).catch((error) => {
      accidents.push(error instanceof Error ? error.message : String(error));
    });
  }

  function resume(slot: Mutable): void {
    if (!slot.paused) return;
    slot.paused = false;
    slot.node?.signal('SIGCONT');
  }

  /** As a supervisor does: again and again, where it cannot reach its database. */
  async function launch(slot: Mutable): Promise<void> {
    while (!slot.node && !closing) {
      const label = `n${slot.index}.${++slot.starts}`;
      const next = spare;
      spare = warmUp();
      const { postgres } = slot.links;
      const before = postgres.state === 'open' ? postgres.breaks : -1;
      try {
        const order = { environment: environmentOf(slot, label), timings: quickTimings };
        const node = await next.become(label, order);
        token ||= node.operatorToken ?? '';
        slot.node = node;
        processes.push(node);
        void node.ended.then((code) => {
          if (closing || slot.node !== node) return;
          slot.node = undefined;
          accidents.push(`${label} ended by itself with ${code}`);
        });
      } catch (error) {
        next.kill();
        if (closing) return;
        if (postgres.breaks === before) throw error;
        await delay(100);
      }
    }
  }

  async function end(slot: Mutable, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { node } = slot;
    if (!node) return;
    slot.node = undefined;
    slot.paused = false;
    node.signal(signal);
    const patience = new AbortController();
    const code = await Promise.race([
      node.ended,
      delay(terminateWithinMs, 'nothing', { signal: patience.signal }).catch(() => 'nothing'),
    ]);
    patience.abort();
    if (code === (signal === 'SIGKILL' ? 'SIGKILL' : 0)) return;
    accidents.push(`${node.label} was sent ${signal} and ended with ${code} within ${terminateWithinMs} ms`);
    node.signal('SIGKILL');
  }

  function environmentOf({ index, links }: Slot, label: string): Readonly<Record<string, string>> {
    return {
      BUSBAR_DATABASE_URL: through(database, links.postgres.port, label),
      BUSBAR_NATS_URL: `nats://127.0.0.1:${links.nats.port}`,
      BUSBAR_NODE_NAME: label,
      BUSBAR_PEPPER: pepper,
      BUSBAR_DATA: join(folder, String(index)),
      BUSBAR_OCPP_PORT: '0',
      BUSBAR_HTTP_PORT: '0',
      BUSBAR_DRAIN: '1',
      BUSBAR_LOG_LEVEL: 'info',
    };
  }
}

interface Mutable extends Slot {
  node: ClusterNode | undefined;
  paused: boolean;
  /** Processes that were started in it. */
  starts: number;
  turn: Promise<void>;
}

/** Where the test's PostgreSQL listens: on a port, or on a socket in a folder. */
function addressOf({ url }: TestDatabase): NetConnectOpts {
  const { hostname, port, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname;
  const number = Number(searchParams.get('port') ?? (port === '' ? 5_432 : port));
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${number}` } : { host, port: number };
}

/** The same database by the link of a slot, with the name under which the audit knows the process. */
function through({ url }: TestDatabase, port: number, label: string): string {
  const { pathname, username, password, searchParams } = new URL(url);
  const login = new URLSearchParams({
    host: '127.0.0.1',
    port: String(port),
    user: searchParams.get('user') ?? decodeURIComponent(username),
    password: searchParams.get('password') ?? decodeURIComponent(password),
    options: `-c audit.node=${label}`,
  });
  return `postgres://${pathname}?${login}`;
}
