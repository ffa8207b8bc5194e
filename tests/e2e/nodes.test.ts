import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { readConfig } from '../../packages/csms/src/config.ts';
import { createLog } from '../../packages/csms/src/log.ts';
import { startServer } from '../../packages/csms/src/main.ts';
import { withoutNats } from '../../packages/csms/src/testing/nats.ts';
import type { Json } from '../support/api.ts';
import { warmNode } from '../support/cluster-node.ts';
import { followEvents } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { type Nodes, quickTimings, startNodes, type TestNode } from '../support/nodes.ts';
import { connectRaw } from '../support/raw-socket.ts';
import { bootOf, connectStation, registerStation, type WireStation } from '../support/station.ts';

const skip = withoutNats;

async function twoNodes(
  t: TestContext,
  environment: Readonly<Record<string, string>> = {},
): Promise<Nodes & { readonly here: TestNode; readonly there: TestNode }> {
  const nodes = await startNodes(t, { count: 2, environment });
  const [here, there] = nodes.list;
  assert.ok(here && there);
  return { ...nodes, here, there };
}

/** A station that has booted and obeys. */
async function stationAt(t: TestContext, node: TestNode, id: string) {
  const station = await connectStation(t, node, { id, version: '2.0.1' });
  station.answers.set('GetBaseReport', () => ({ status: 'EmptyResultSet' }));
  station.answers.set('Reset', () => ({ status: 'Accepted' }));
  assert.equal((await station.boot()).status, 'Accepted');
  return station;
}

/** The payloads of the commands that it was asked to obey. */
function resetsOf({ asked }: WireStation): object[] {
  return asked.filter(({ action }) => action === 'Reset').map(({ payload }) => payload);
}

test('a command given to one node reaches a station at the other', { skip }, async (t) => {
  const { here, there } = await twoNodes(t);
  const station = await stationAt(t, here, 'CS-1');
  const operation = await there.api.command('CS-1', 'reset', { type: 'OnIdle' });
  assert.deepEqual([operation.state, operation.result], ['Accepted', { status: 'Accepted' }]);
  assert.deepEqual(resetsOf(station), [{ type: 'OnIdle' }]);
  assert.deepEqual(await here.api.get(`/operations/${operation.id}`), operation);
});

test('a change given to one node takes effect on a station at the other', { skip }, async (t) => {
  const { here, there } = await twoNodes(t);
  const station = await stationAt(t, here, 'CS-1');
  await there.api.patch('/stations/CS-1', { admission: 'Pending' });
  assert.equal((await station.boot()).status, 'Pending');
  await there.api.patch('/stations/CS-1', { admission: 'Accepted', mode: 'strict' });
  assert.equal((await station.boot()).status, 'Accepted');
  const mistaken = { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M', extra: true } };
  assert.equal(typeof (await station.refused('BootNotification', mistaken)), 'string');
});

test('a station that moves is let go by the node before, within a moment', { skip }, async (t) => {
  // So long a time between looks that only the other node can have told it.
  const nodes = await startNodes(t, { count: 2, timings: { ownershipCheckMs: 600_000 } });
  const [here, there] = nodes.list;
  assert.ok(here && there);
  const password = await registerStation(here, 'CS-1');
  const station = { id: 'CS-1', password, protocols: ['ocpp2.0.1'] };
  const before = await connectRaw(t, here, station);
  await connectRaw(t, there, station);
  assert.equal(await before.closed, 1008);
  await eventually(() => there.server.held.has('CS-1') && !here.server.held.has('CS-1'), 'one holder');
});

test('what a station says to the node before is not acknowledged once it has moved', { skip }, async (t) => {
  // The other node cannot tell it, and it does not look: the fence of its own commits is all there is.
  const nodes = await startNodes(t, { count: 2, timings: { ownershipCheckMs: 600_000 } });
  const [here, there] = nodes.list;
  assert.ok(here && there);
  const password = await registerStation(here, 'CS-1');
  const station = { id: 'CS-1', password, protocols: ['ocpp2.0.1'] };
  const before = await connectRaw(t, here, station);
  before.send(JSON.stringify([2, 'boot', 'BootNotification', bootOf('2.0.1')]));
  assert.equal((await before.answer())[2].status, 'Accepted');
  await nodes.nats.stop();
  const after = await connectRaw(t, there, station);
  await eventually(() => there.server.held.has('CS-1'), 'the new holder');
  const heard: Json[] = [];
  before.socket.on('message', (data) => heard.push(JSON.parse(String(data))));
  const started = {
    eventType: 'Started',
    timestamp: new Date().toISOString(),
    seqNo: 0,
    triggerReason: 'CablePluggedIn',
    transactionInfo: { transactionId: 'TX' },
    evse: { id: 1 },
  };
  before.send(JSON.stringify([2, 'late', 'TransactionEvent', started]));
  assert.equal(await before.closed, 1008);
  assert.deepEqual(
    heard.filter(([, id]) => id === 'late'),
    [],
  );
  const events = () => nodes.database.sql.query('select kind from transaction_event');
  assert.deepEqual((await events()).rows, []);
  after.send(JSON.stringify([2, 'again', 'TransactionEvent', started]));
  assert.equal((await after.answer())[1], 'again');
  assert.deepEqual((await events()).rows, [{ kind: 'Started' }]);
});

test('a node that was not told finds out by itself that a station has moved', { skip }, async (t) => {
  const { here, there, nats } = await twoNodes(t);
  const password = await registerStation(here, 'CS-1');
  const station = { id: 'CS-1', password, protocols: ['ocpp2.0.1'] };
  const before = await connectRaw(t, here, station);
  await nats.stop();
  await connectRaw(t, there, station);
  assert.equal(await before.closed, 1008);
});

test('live events of either node tell of stations at both, each once and in order', { skip }, async (t) => {
  const { here, there } = await twoNodes(t);
  const streams = [await followEvents(t, here.api, '?after=0'), await followEvents(t, there.api, '?after=0')];
  await stationAt(t, here, 'CS-1');
  await stationAt(t, there, 'CS-2');
  for (const events of streams) {
    const booted = () =>
      events.filter(({ type }) => type === 'station.booted').map((event) => event.stationId);
    await eventually(() => booted().length === 2, 'both boots');
    assert.deepEqual(booted(), ['CS-1', 'CS-2']);
    const positions = events.map(({ id }) => Number(id));
    assert.deepEqual(
      positions,
      positions.map((_, index) => index + 1),
    );
  }
});

test('an Idempotency-Key is honoured at every node, also at the same time', { skip }, async (t) => {
  const { here, there } = await twoNodes(t);
  const station = await stationAt(t, here, 'CS-1');
  const give = ({ api }: TestNode, key: string) =>
    api.request('POST', '/stations/CS-1/commands/reset', { type: 'OnIdle' }, { 'idempotency-key': key });
  const first = await give(here, 'one');
  assert.equal(first.status, 200);
  assert.deepEqual(await give(there, 'one'), first);
  const both = await Promise.all([give(here, 'two'), give(there, 'two')]);
  assert.equal(new Set(both.map(({ body }) => body.id)).size, 1);
  assert.equal(resetsOf(station).length, 2);
});

test('without NATS each node goes on with its stations, and it heals by itself', { skip }, async (t) => {
  const { here, there, nats } = await twoNodes(t);
  const near = await stationAt(t, here, 'CS-1');
  const far = await stationAt(t, there, 'CS-2');
  // One of them is the relay: it hears of its own commits, and its own readers of the positions that it gives.
  const streams = [await followEvents(t, here.api, '?after=0'), await followEvents(t, there.api, '?after=0')];
  const boots = () =>
    streams.map((events) =>
      events.filter(({ type }) => type === 'station.booted').map((event) => event.stationId),
    );
  await eventually(() => boots().every(({ length }) => length === 2), 'the first boots');
  await nats.stop();
  const reset = () =>
    here.api
      .request('POST', '/stations/CS-2/commands/reset', { type: 'OnIdle' })
      .then(({ status, body }) => ({
        status,
        code: body.code,
      }));
  await eventually(async () => (await reset()).status !== 200, 'the loss to be noticed');
  const given = resetsOf(far).length;
  assert.deepEqual(await reset(), { status: 503, code: 'node-unreachable' });
  assert.equal(resetsOf(far).length, given, 'what is refused was not given');
  assert.equal((await here.api.command('CS-1', 'reset', { type: 'OnIdle' })).state, 'Accepted');
  assert.equal(resetsOf(near).length, 1);
  await near.boot();
  await far.boot();
  await eventually(() => boots().every(({ length }) => length === 4), 'the boots at both nodes', 15_000);
  await nats.restart();
  await eventually(async () => (await reset()).status === 200, 'a command to be handed on again', 15_000);
});

test('the nodes and how many stations each has can be read at any of them', { skip }, async (t) => {
  const { here, there } = await twoNodes(t);
  await stationAt(t, here, 'CS-1');
  await stationAt(t, here, 'CS-2');
  await stationAt(t, there, 'CS-3');
  for (const { api } of [here, there]) {
    const { items } = await api.get('/nodes');
    assert.deepEqual(
      items.map(({ name, stations, draining }: Json) => [name, stations, draining]),
      [
        ['n1', 2, false],
        ['n2', 1, false],
      ],
    );
  }
});

test('a node that drains says so first, and sends its stations away with 1001', { skip }, async (t) => {
  const { here, there } = await twoNodes(t, { BUSBAR_DRAIN_DELAY: '1', BUSBAR_DRAIN: '1' });
  const station = await stationAt(t, here, 'CS-1');
  const readyz = async ({ server }: TestNode) => (await fetch(`${server.httpUrl}/readyz`)).status;
  assert.equal(await readyz(here), 200);
  const drained = here.server.drain();
  assert.equal(await readyz(here), 503);
  assert.equal(await readyz(there), 200);
  assert.deepEqual(station.closes, [], 'nobody is sent away before the balancer can know');
  await eventually(async () => {
    const { items } = await there.api.get('/nodes');
    return items.some(({ name, draining }: Json) => name === 'n1' && draining);
  }, 'the other node to know');
  assert.equal((await station.boot()).status, 'Accepted');
  await drained;
  assert.deepEqual(station.closes, [1001]);
  await station.close();
  await here.server.close();
  const { items } = await there.api.get('/nodes');
  assert.deepEqual(
    items.map(({ name }: Json) => name),
    ['n2'],
  );
});

test('a node with another pepper is refused with a sentence', { skip }, async (t) => {
  const nodes = await startNodes(t, { count: 1 });
  const environment = { ...nodes.environmentOf('n2'), BUSBAR_PEPPER: randomBytes(32).toString('hex') };
  await assert.rejects(
    startServer(readConfig(environment), createLog({ level: 'silent' })),
    /^Error: The pepper of this node is not the one .* BUSBAR_PEPPER/,
  );
});

test('stations of a node that is paused for long are shown offline, and let go when it goes on', {
  skip,
}, async (t) => {
  const nodes = await startNodes(t, { count: 1 });
  const [there] = nodes.list;
  assert.ok(there);
  const order = { environment: nodes.environmentOf('paused'), timings: quickTimings };
  const paused = await warmNode().become('paused', order);
  t.after(() => paused.signal('SIGKILL'));
  const password = await registerStation(there, 'CS-1');
  const socket = await connectRaw(t, { server: paused }, { id: 'CS-1', password, protocols: ['ocpp2.0.1'] });
  const online = async () => (await there.api.get('/stations/CS-1')).connection.online;
  await eventually(online, 'the station to be shown online');
  const events = await followEvents(t, there.api);
  paused.signal('SIGSTOP');
  await eventually(async () => !(await online()), 'the station to be shown offline', 10_000);
  await eventually(
    () => events.find(({ type, stationId }) => type === 'station.disconnected' && stationId === 'CS-1'),
    'the event of it',
  );
  const { items } = await there.api.get('/nodes');
  assert.deepEqual(
    items.map(({ name }: Json) => name),
    ['n1'],
  );
  paused.signal('SIGCONT');
  assert.equal(await socket.closed, 1008);
  await eventually(async () => (await there.api.get('/nodes')).items.length === 2, 'the node to be back');
  assert.equal(await online(), false);
});
