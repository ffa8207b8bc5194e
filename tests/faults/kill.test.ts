import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type pg from 'pg';
import { createLog } from '../../packages/csms/src/log.ts';
import { startEmbedded } from '../../packages/csms/src/store/postgres/embedded.ts';
import { createApi } from '../support/api.ts';
import { type ChildServer, freePorts, startChild } from '../support/child-server.ts';
import { clusterAt, urlOf } from '../support/cluster.ts';
import { brokenOperations, type Commander, startCommander } from '../support/commander.ts';
import { checkLedgers } from '../support/ledger-check.ts';
import { type Load, startLoad } from '../support/load.ts';
import { lookInto } from '../support/look.ts';
import { endPostgres, send } from '../support/processes.ts';

/** BUSBAR_TEST_KILLS=full: as often as it takes to trust it; otherwise what fits into every run of the tests. */
const isFull = process.env.BUSBAR_TEST_KILLS === 'full';
const kills = isFull
  ? { server: 25, postmaster: 10, stations: 90, messages: 8 }
  : { server: 4, postmaster: 2, stations: 45, messages: 4 };

const debianBinaries = process.env.BUSBAR_TEST_POSTGRES_BIN ?? '/usr/lib/postgresql/15/bin';

test(`embedded: what was acknowledged survives ${kills.server} kills of the server and ${kills.postmaster} of PostgreSQL`, async (t) => {
  const folder = await temporaryFolder(t);
  const environment = { BUSBAR_DATA: folder };
  await survive(t, {
    environment,
    postmaster: async () =>
      Number.parseInt(await readFile(join(folder, 'cluster/postmaster.pid'), 'utf8'), 10),
    connect: async () => clusterAt(await readFile(join(folder, 'cluster/postmaster.pid'), 'utf8')),
    end: async () => endPostgres(folder),
  });
});

test(`server: what was acknowledged survives ${kills.server} kills of the server and ${kills.postmaster} of PostgreSQL`, {
  skip: existsSync(join(debianBinaries, 'postgres')) ? false : `no PostgreSQL in ${debianBinaries}`,
}, async (t) => {
  const folder = await temporaryFolder(t);
  const embedded = await startEmbedded({
    folder: join(folder, 'database'),
    binaries: debianBinaries,
    log: createLog({ level: 'silent' }),
  });
  await survive(t, {
    environment: { BUSBAR_DATA: join(folder, 'busbar'), BUSBAR_DATABASE_URL: urlOf(embedded) },
    postmaster: async () => embedded.pid() ?? 0,
    connect: async () => embedded.config,
    end: () => embedded.stop(),
  });
});

interface Ground {
  readonly environment: Readonly<Record<string, string>>;
  readonly postmaster: () => Promise<number>;
  readonly connect: () => Promise<pg.ClientConfig>;
  readonly end: () => Promise<void>;
}

async function survive(t: TestContext, ground: Ground): Promise<void> {
  const ports = await freePorts();
  let server = await startChild(ports, ground.environment);
  let load: Load | undefined;
  let commander: Commander | undefined;
  try {
    const api = createApi(server.httpUrl, server.operatorToken ?? '');
    load = await startLoad({ url: server.ocppUrl, api, stations: kills.stations });
    commander = startCommander(
      api,
      load.ledgers.map(({ id }) => id),
    );
    for (const victim of victims()) {
      // A kill finds them anywhere in what they do.
      await progress(server, load, kills.stations * (1 + Math.random() * kills.messages));
      if (victim === 'postmaster') {
        process.kill(await ground.postmaster(), 'SIGKILL');
      } else {
        await server.kill();
        server = await startChild(ports, ground.environment);
      }
    }
    await progress(server, load, kills.stations);
    await commander.stop();
    await load.finish();
    t.diagnostic(
      `${load.acknowledged()} messages acknowledged, ${commander.told.size} commands answered, ` +
        `connections ended: ${JSON.stringify(Object.fromEntries(load.closes))}`,
    );
    const finished = { load, commander };
    await lookInto(await ground.connect(), async (sql) => {
      await checkLedgers(sql, finished.load);
      assert.deepEqual(await brokenOperations(sql, finished.commander), []);
    });
    await load.close();
    assert.equal(await server.terminate(), 0, server.output());
  } catch (error) {
    t.diagnostic(`the server said: ${server.output().slice(-4_000)}`);
    throw error;
  } finally {
    await commander?.stop();
    await load?.close();
    send(server.pid, 'SIGKILL');
    await ground.end();
  }
}

/** A server that ends by itself is not waited for. */
async function progress(server: ChildServer, load: Load, messages: number): Promise<void> {
  await Promise.race([
    load.progress(messages),
    server.ended.then((code) => {
      throw new Error(`the server ended by itself with ${code}`);
    }),
  ]);
}

function victims(): ('server' | 'postmaster')[] {
  const every = Math.floor(kills.server / kills.postmaster);
  return Array.from({ length: kills.server }, (_, index) =>
    index % every === 0 && index / every < kills.postmaster
      ? (['postmaster', 'server'] as const)
      : (['server'] as const),
  ).flat();
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-kill-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
