import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createApi } from '../support/api.ts';
import { ChildEnded, type ChildServer, freePorts, startChild } from '../support/child-server.ts';
import { eventually } from '../support/eventually.ts';
import { type Load, startLoad } from '../support/load.ts';
import { endPostgres, freeze, postgresIn, send } from '../support/processes.ts';

test('SIGTERM under load: connections end with 1001, what was acknowledged is kept, nothing is left running', async (t) => {
  const { folder, ports } = await ground(t);
  const stations = 30;
  let server = await startChild(ports, { BUSBAR_DATA: folder });
  const operatorToken = server.operatorToken ?? '';
  let load: Load | undefined;
  try {
    const api = createApi(server.httpUrl, operatorToken);
    load = await startLoad({ url: server.ocppUrl, api, stations });
    await load.progress(stations * 4);
    const startedAt = performance.now();
    assert.equal(await server.terminate(), 0, server.output());
    t.diagnostic(`ended within ${Math.round(performance.now() - startedAt)} ms`);
    assert.deepEqual(Object.fromEntries(load.closes), { 1001: stations });
    assert.deepEqual(postgresIn(folder), []);

    server = await startChild(ports, { BUSBAR_DATA: folder });
    assert.equal(server.operatorToken, undefined, 'the token is made once');
    for (const { id, transactions } of load.ledgers.slice(0, 5)) {
      const { items } = await api.get(`/transactions?stationId=${id}&limit=200`);
      const known = items.map((item: { stationTransactionId: string }) => item.stationTransactionId);
      for (const { wireId } of transactions) assert.ok(known.includes(wireId), `${id} ${wireId}`);
    }
    await load.progress(stations);
    await load.finish();
    assert.deepEqual(load.faults, []);
    await load.close();
    assert.equal(await server.terminate(), 0, server.output());
  } finally {
    await load?.close();
    send(server.pid, 'SIGKILL');
  }
});

test('SIGTERM while the database is frozen: it ends all the same, and soon', async (t) => {
  const { folder, ports } = await ground(t);
  const server = await startChild(ports, { BUSBAR_DATA: folder });
  let load: Load | undefined;
  try {
    const api = createApi(server.httpUrl, server.operatorToken ?? '');
    load = await startLoad({ url: server.ocppUrl, api, stations: 6 });
    await load.progress(12);
    freeze(folder);
    const startedAt = performance.now();
    const ended = await Promise.race([server.terminate(), delay(45_000, 'too late')]);
    t.diagnostic(`ended within ${Math.round(performance.now() - startedAt)} ms`);
    assert.equal(ended, 0, server.output());
    assert.deepEqual(postgresIn(folder), []);
  } finally {
    await load?.close();
    send(server.pid, 'SIGKILL');
  }
});

test('what a killed server left is put right at the next start', async (t) => {
  const { folder, ports } = await ground(t);
  let server = await startChild(ports, { BUSBAR_DATA: folder });
  let load: Load | undefined;
  try {
    const api = createApi(server.httpUrl, server.operatorToken ?? '');
    load = await startLoad({ url: server.ocppUrl, api, stations: 3 });
    await load.progress(6);
    await server.kill();
    await load.close();
    server = await startChild(ports, { BUSBAR_DATA: folder });
    const { items } = await api.get('/stations?online=true');
    assert.deepEqual(items, [], 'who was connected before is not connected now');
    await server.terminate();
  } finally {
    await load?.close();
    send(server.pid, 'SIGKILL');
  }
});

test('a second server on the same folder is refused with a sentence', async (t) => {
  const { folder, ports } = await ground(t);
  const server = await startChild(ports, { BUSBAR_DATA: folder });
  try {
    const { code, said } = await refusedStart(await freePorts(), folder);
    assert.equal(code, 1);
    assert.match(said, new RegExp(`${folder}.*${server.pid}|${server.pid}.*${folder}`, 's'));
    assert.doesNotMatch(said, /\n\s+at /, 'no stack');
    const answer = await fetch(`${server.httpUrl}/readyz`);
    assert.equal(answer.status, 200, 'the first one goes on');
  } finally {
    await server.terminate();
  }
});

test('a port that is taken is refused with a sentence, and nothing is left running', async (t) => {
  const { folder, ports } = await ground(t);
  for (const taken of [ports.ocpp, ports.http]) {
    const occupant = createServer().listen(taken, '127.0.0.1');
    const { code, said } = await refusedStart(ports, folder);
    assert.equal(code, 1);
    assert.match(said, new RegExp(`Port ${taken} .* is taken`));
    assert.doesNotMatch(said, /\n\s+at /, 'no stack');
    assert.deepEqual(postgresIn(folder), []);
    await new Promise((resolve) => occupant.close(resolve));
  }
});

test('a database that cannot be reached is refused with a sentence', async (t) => {
  const { folder, ports } = await ground(t);
  const { code, said } = await refusedStart(ports, folder, {
    BUSBAR_DATABASE_URL: 'postgres://nobody:secret-word@127.0.0.1:1/nothing',
  });
  assert.equal(code, 1);
  assert.match(said, /127\.0\.0\.1:1/);
  assert.doesNotMatch(said, /secret-word|\n\s+at /);
});

async function refusedStart(
  ports: Awaited<ReturnType<typeof freePorts>>,
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ChildEnded> {
  let server: ChildServer;
  try {
    server = await startChild(ports, { BUSBAR_DATA: folder, ...more });
  } catch (error) {
    if (error instanceof ChildEnded) return error;
    throw error;
  }
  await server.terminate();
  throw new assert.AssertionError({ message: 'it started' });
}

async function ground(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-lifecycle-'));
  t.after(async () => {
    endPostgres(folder);
    await eventually(() => postgresIn(folder).length === 0, 'PostgreSQL to be gone');
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, ports: await freePorts() };
}
