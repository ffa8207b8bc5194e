import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { createLog } from '../../packages/csms/src/log.ts';
import { startEmbedded } from '../../packages/csms/src/store/postgres/embedded.ts';
import { createApi } from '../support/api.ts';
import { freePorts, startChild } from '../support/child-server.ts';
import { clusterAt, urlOf } from '../support/cluster.ts';
import { checkLedgers } from '../support/ledger-check.ts';
import { type Load, startLoad } from '../support/load.ts';
import { lookInto } from '../support/look.ts';
import { endPostgres, freeze, letGoOn, send } from '../support/processes.ts';

/** BUSBAR_TEST_KILLS=full: a minute; otherwise long enough for the database to count as away (5 s). */
const isFull = process.env.BUSBAR_TEST_KILLS === 'full';
const awaySeconds = isFull ? 60 : 9;
const stations = isFull ? 90 : 30;
/** What was on its way when it happened may still be answered; then nothing is. */
const momentMs = 500;

test('a database that is frozen: stations are sent off, nothing false is acknowledged, nothing is lost', async (t) => {
  const folder = await temporaryFolder(t);
  t.after(() => endPostgres(folder));
  await outlive(t, {
    environment: { BUSBAR_DATA: folder },
    async goAway() {
      freeze(folder);
    },
    async comeBack() {
      letGoOn(folder);
    },
    connect: async () => clusterAt(await readFile(join(folder, 'cluster/postmaster.pid'), 'utf8')),
  });
});

test('a database that is gone: stations are sent off, nothing false is acknowledged, nothing is lost', async (t) => {
  const folder = await temporaryFolder(t);
  const database = join(folder, 'database');
  const start = () => startEmbedded({ folder: database, log: createLog({ level: 'silent' }) });
  let embedded = await start();
  try {
    await outlive(t, {
      environment: { BUSBAR_DATA: join(folder, 'busbar'), BUSBAR_DATABASE_URL: urlOf(embedded) },
      goAway: () => embedded.stop(),
      async comeBack() {
        embedded = await start();
      },
      connect: async () => embedded.config,
    });
  } finally {
    await embedded.stop();
  }
});

interface Ground {
  readonly environment: Readonly<Record<string, string>>;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  connect(): Promise<pg.ClientConfig>;
}

async function outlive(t: TestContext, ground: Ground): Promise<void> {
  const server = await startChild(await freePorts(), ground.environment);
  let load: Load | undefined;
  try {
    const api = createApi(server.httpUrl, server.operatorToken ?? '');
    load = await startLoad({ url: server.ocppUrl, api, stations });
    await load.progress(stations * 4);

    await ground.goAway();
    await delay(momentMs);
    const before = load.acknowledged();
    await delay(awaySeconds * 1_000 - momentMs);
    assert.equal(load.acknowledged(), before, 'nothing is acknowledged while there is no database');
    assert.ok((load.closes.get(1013) ?? 0) >= stations, `closed with ${JSON.stringify([...load.closes])}`);
    assert.deepEqual([...load.closes.keys()], [1013]);
    assert.ok((load.refusals.get('503') ?? 0) > 0, `refused with ${JSON.stringify([...load.refusals])}`);
    assert.deepEqual([...load.refusals.keys()], ['503']);
    assert.equal((await fetch(`${server.httpUrl}/readyz`)).status, 503);
    assert.equal((await fetch(`${server.httpUrl}/healthz`)).status, 200);
    const asked = await api.request('GET', '/stations');
    assert.equal(asked.status, 503, JSON.stringify(asked.body));

    await ground.comeBack();
    await load.progress(stations * 4);
    assert.equal((await fetch(`${server.httpUrl}/readyz`)).status, 200);
    await load.finish();
    await lookInto(await ground.connect(), (sql) => checkLedgers(sql, load as Load));
    const { items } = await api.get('/stations?online=true&limit=200');
    assert.equal(items.length, stations, 'all are connected again');
    await load.close();
    assert.equal(await server.terminate(), 0);
  } catch (error) {
    t.diagnostic(`the server said: ${server.output().slice(-4_000)}`);
    throw error;
  } finally {
    await load?.close();
    send(server.pid, 'SIGKILL');
  }
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-outage-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
