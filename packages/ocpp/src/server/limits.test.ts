import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { type ClientOptions, WebSocket } from 'ws';
import type { Fault } from '../peer/fault.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { type RunningServer, runServer } from '../testing/running-server.ts';
import type { OcppServerOptions, ServerLimitName } from './server.ts';

const answer = { currentTime: '2026-01-01T00:00:00Z' };

/** A server that notes which limits were reached and what was at fault. */
async function run(t: TestContext, options: Partial<OcppServerOptions<undefined>> = {}) {
  const reached: ServerLimitName[] = [];
  const faults: Fault[] = [];
  const asked: string[] = [];
  const running = await runServer(t, {
    onLimit: (limit) => reached.push(limit),
    connected: () => ({
      onCall({ messageId }) {
        asked.push(messageId);
        return answer;
      },
      onFault: (fault) => faults.push(fault),
    }),
    ...options,
  });
  return { ...running, reached, faults, asked };
}

async function connect(t: TestContext, { port }: RunningServer, options: ClientOptions = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/CS1`, ['ocpp2.1'], options);
  t.after(() => socket.terminate());
  socket.on('error', () => undefined);
  let answers = 0;
  const waiting: (() => void)[] = [];
  socket.on('message', () => {
    answers++;
    for (const look of waiting.splice(0)) look();
  });
  await once(socket, 'open');
  return {
    socket,
    answers: () => answers,
    async hears(count: number) {
      while (answers < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    beat(id: number) {
      socket.send(`[2,"${id}","Heartbeat",{}]`);
    },
    closed: () => once(socket, 'close').then(([code, reason]) => `${code} ${reason}`),
  };
}

test('A station that says more than it may is slowed, not closed, and all of it is answered', async (t) => {
  const clock = createFakeClock();
  const limits = { framesPerSecond: 10, framesAtOnce: 5 };
  const server = await run(t, { clock, limits, pingIntervalMs: 0 });
  const station = await connect(t, server);
  const connection = await server.connection();
  for (let id = 1; id <= 6; id++) station.beat(id);
  await station.hears(6);
  assert.deepEqual(server.reached, ['station-frames']);
  // It is not read any more: what comes now waits, and so does the pong.
  station.beat(7);
  let isPongIn = false;
  const pong = connection.ping(60_000).then(() => {
    isPongIn = true;
  });
  await once(station.socket, 'ping');
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(isPongIn, false);
  assert.equal(station.answers(), 6);
  clock.advance(100);
  await station.hears(7);
  clock.advance(10_000);
  await pong;
  assert.equal(connection.isOpen, true);
  assert.deepEqual(server.faults, []);
});

test('Large messages are slowed by their octets', async (t) => {
  const clock = createFakeClock();
  const server = await run(t, { clock, limits: { bytesPerSecond: 1_000, bytesAtOnce: 10_000 } });
  const station = await connect(t, server);
  const large = (id: string) => `[2,"${id}","DataTransfer",{"vendorId":"x","data":"${'y'.repeat(6_000)}"}]`;
  station.socket.send(large('a'));
  station.socket.send(large('b'));
  await station.hears(2);
  assert.deepEqual(server.reached, ['station-bytes']);
  station.beat(3);
  clock.advance(1_000);
  assert.equal(station.answers(), 2);
  clock.advance(2_000);
  await station.hears(3);
});

test('Pings count as frames', async (t) => {
  const clock = createFakeClock();
  const server = await run(t, { clock, limits: { framesPerSecond: 10, framesAtOnce: 5 } });
  const station = await connect(t, server);
  let pongs = 0;
  const all = new Promise<void>((resolve) => {
    station.socket.on('pong', () => {
      pongs++;
      if (pongs === 6) resolve();
    });
  });
  for (let n = 0; n < 6; n++) station.socket.ping();
  await all;
  assert.deepEqual(server.reached, ['station-frames']);
});

test('What inflates to far more than may come at once ends the connection', async (t) => {
  const server = await run(t, {
    limits: { bytesPerSecond: 1_000, bytesAtOnce: 100_000, frameBytes: 95_000 },
  });
  const station = await connect(t, server, { perMessageDeflate: { threshold: 0 } });
  const closed = station.closed();
  const bomb = `[2,"a","DataTransfer",{"vendorId":"x","data":"${'y'.repeat(90_000)}"}]`;
  for (let n = 0; n < 20; n++) station.socket.send(bomb);
  assert.equal(await closed, '1008 Too much at once');
  assert.equal(server.faults.at(-1)?.kind, 'Flood');
  assert.ok(server.asked.length < 5, `${server.asked.length} of them were handled`);
});

const rubbish: readonly string[] = [
  'no frame',
  '{}',
  '[9,"a",{}]',
  '[2,"","Heartbeat",{}]',
  '[2,"a","NoAction",{}]',
  '[2,"a","Reset",{"type":"Immediate"}]',
  '[2,"a","Heartbeat",7]',
  '[3,"a",{}]',
  '[4,"a","GenericError","",{}]',
];

test('A station that says nothing but rubbish is closed with 1008', async (t) => {
  const server = await run(t, { limits: { rubbishInARow: rubbish.length * 2 } });
  const station = await connect(t, server);
  const closed = station.closed();
  for (const text of [...rubbish, ...rubbish]) station.socket.send(text);
  assert.equal(await closed, '1008 Nothing but faults');
  assert.deepEqual(server.reached, ['station-rubbish']);
  assert.equal(server.faults.at(-1)?.kind, 'OnlyRubbish');
});

test('A good frame now and then keeps a station that errs connected: a call, or an answer', async (t) => {
  const server = await run(t, { limits: { rubbishInARow: rubbish.length + 1 } });
  const station = await connect(t, server);
  const connection = await server.connection();
  for (let turn = 1; turn <= 5; turn++) {
    for (const text of rubbish) station.socket.send(text);
    station.beat(turn);
  }
  while (server.asked.length < 5) await station.hears(station.answers() + 1);
  for (const reply of ['[3,"x",{"status":"Accepted"}]', '[4,"x","NotSupported","",{}]']) {
    for (const text of rubbish) station.socket.send(text);
    const call = connection.peer.call('ClearCache', {}, { messageId: 'x' }).catch(() => undefined);
    station.socket.send(reply);
    await call;
  }
  assert.equal(connection.isOpen, true);
  assert.deepEqual(server.reached, []);
});

test('A message in very many parts ends the connection', async (t) => {
  const server = await run(t, { limits: { fragments: 10 } });
  const station = await connect(t, server);
  const closed = station.closed();
  for (let n = 0; n < 12; n++) station.socket.send('x', { fin: false });
  assert.match(await closed, /^1008 /);
});

test('A message that is too large is counted', async (t) => {
  const server = await run(t, { limits: { frameBytes: 1_000 } });
  const station = await connect(t, server);
  const closed = station.closed();
  station.socket.send('x'.repeat(1_001));
  assert.match(await closed, /^1009 /);
  assert.deepEqual(server.reached, ['station-frame-size']);
});

test('When too much waits to be read in all, the slowest readers are cut off and the others stay', async (t) => {
  const clock = createFakeClock();
  const server = await run(t, {
    clock,
    limits: { bufferedBytesOfAll: 20_000_000, bufferedBytes: 1_000_000_000, closeTimeoutMs: 50 },
    peerLimits: { outgoingCalls: 1_000 },
  });
  const slow = await connect(t, server);
  const slowConnection = await server.connection();
  await connect(t, server);
  const goodConnection = await server.connection();
  slow.socket.pause();
  // The kernel takes some megabytes of it.
  const data = 'x'.repeat(60_000_000);
  void slowConnection.peer.call('DataTransfer', { vendorId: 'x', data }).catch(() => undefined);
  clock.advance(1_000);
  assert.deepEqual(server.reached, ['node-unread', 'station-unread']);
  assert.equal(slowConnection.isOpen, false);
  assert.equal(goodConnection.isOpen, true);
});

test('As many as may be are connected: the next one is told when to come again', async (t) => {
  const server = await run(t, { limits: { connections: 1 }, random: () => 0.5 });
  await connect(t, server);
  const refused = new WebSocket(`ws://127.0.0.1:${server.port}/ocpp/CS2`, ['ocpp2.1']);
  refused.on('error', () => undefined);
  const [, response] = await once(refused, 'unexpected-response');
  response.destroy();
  assert.equal(response.statusCode, 503);
  assert.equal(response.headers['retry-after'], '20');
  assert.deepEqual(server.reached, ['node-connections']);
});
