import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { createFakeClock } from '../testing/fake-clock.ts';
import { type RunningServer, runServer } from '../testing/running-server.ts';

const answer = { currentTime: '2026-01-01T00:00:00Z' };
const heartbeat = (id: string) => `[2,"${id}","Heartbeat",{}]`;
const result = (id: string) => `[3,"${id}",${JSON.stringify(answer)}]`;

/** A station that notes what it hears, its end included. */
async function connect(t: TestContext, { port }: RunningServer) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/CS1`, ['ocpp2.1']);
  t.after(() => socket.terminate());
  const heard: string[] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (data) => {
    heard.push(String(data));
    for (const look of waiting.splice(0)) look();
  });
  const ended = once(socket, 'close').then(([code, reason]) => {
    heard.push(`close ${code} ${reason}`);
    return heard;
  });
  await once(socket, 'open');
  return {
    send: (text: string) => socket.send(text),
    stopReading: () => socket.pause(),
    heard,
    /** All that was heard, once the connection has ended. */
    ended,
    async hears(count: number): Promise<string[]> {
      while (heard.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return heard;
    },
  };
}

/** Decides when it is told to, and tells when it was asked. */
function slowHandlers() {
  const gate = Promise.withResolvers<void>();
  const asked: string[] = [];
  const first = Promise.withResolvers<void>();
  return {
    asked,
    /** Resolves when the first CALL is being decided. */
    deciding: first.promise,
    decide: gate.resolve,
    handlers: {
      async onCall({ messageId }: { readonly messageId: string }) {
        asked.push(messageId);
        first.resolve();
        await gate.promise;
        return answer;
      },
    },
  };
}

test('What came before is decided and answered before the close frame', async (t) => {
  const slow = slowHandlers();
  const running = await runServer(t, { connected: () => slow.handlers });
  const station = await connect(t, running);
  const connection = await running.connection();
  for (const id of ['a', 'b', 'c']) station.send(heartbeat(id));
  await slow.deciding;
  // Pongs come in order: what was sent before was read.
  assert.equal(await connection.ping(5_000), true);
  const gone = connection.retire(1001, 'moving');
  slow.decide();
  assert.deepEqual(await station.ended, [result('a'), result('b'), result('c'), 'close 1001 moving']);
  await gone;
  assert.equal(running.server.connections.size, 0);
});

test('What comes after is neither decided nor answered', async (t) => {
  const slow = slowHandlers();
  const running = await runServer(t, { connected: () => slow.handlers });
  const station = await connect(t, running);
  const connection = await running.connection();
  station.send(heartbeat('before'));
  await slow.deciding;
  void connection.retire(1001, 'moving');
  station.send(heartbeat('after'));
  station.send('no frame at all');
  slow.decide();
  assert.deepEqual(await station.ended, [result('before'), 'close 1001 moving']);
  assert.deepEqual(slow.asked, ['before']);
});

test('The call in flight gets its answer, though a full lane had stopped the reading', async (t) => {
  const slow = slowHandlers();
  const running = await runServer(t, { peerLimits: { laneCalls: 2 }, connected: () => slow.handlers });
  const station = await connect(t, running);
  const connection = await running.connection();
  const call = connection.peer.call('ClearCache', {});
  const queued = connection.peer.call('ClearCache', {});
  const [sent = ''] = await station.hears(1);
  const id = JSON.parse(sent)[1];
  for (const n of [1, 2, 3, 4, 5, 6]) station.send(heartbeat(`${n}`));
  await slow.deciding;
  const gone = connection.retire(1001, 'moving');
  await assert.rejects(queued, { name: 'CallFailed', reason: 'Closed', sent: false });
  await assert.rejects(connection.peer.call('ClearCache', {}), { reason: 'Closed', sent: false });
  station.send(heartbeat('after'));
  station.send(`[3,"${id}",{"status":"Accepted"}]`);
  assert.deepEqual(await call, { status: 'Accepted' });
  slow.decide();
  await gone;
  const heard = await station.ended;
  assert.equal(heard.at(-1), 'close 1001 moving');
  assert.ok(heard.includes(result('1')));
  assert.ok(!heard.includes(result('after')));
});

test('A call in flight that is not answered in time fails with Closed, and the connection ends', async (t) => {
  const clock = createFakeClock();
  const running = await runServer(t, { clock });
  const station = await connect(t, running);
  const connection = await running.connection();
  const call = connection.peer.call('ClearCache', {});
  await station.hears(1);
  void connection.retire(1001, 'moving');
  clock.advance(1_999);
  assert.equal(connection.isOpen, true);
  clock.advance(1);
  await assert.rejects(call, { name: 'CallFailed', reason: 'Closed', sent: true });
  assert.equal((await station.ended).at(-1), 'close 1001 moving');
});

test('A decision that hangs is not waited for without end', async (t) => {
  const clock = createFakeClock();
  const slow = slowHandlers();
  const running = await runServer(t, { clock, connected: () => slow.handlers });
  const station = await connect(t, running);
  const connection = await running.connection();
  station.send(heartbeat('hangs'));
  await slow.deciding;
  void connection.retire(1001, 'moving');
  clock.advance(4_999);
  assert.equal(connection.isOpen, true);
  clock.advance(1);
  assert.deepEqual(await station.ended, ['close 1001 moving']);
});

test('A quiet connection ends at once, one that is gone already has ended, and twice is once', async (t) => {
  const running = await runServer(t);
  const station = await connect(t, running);
  const connection = await running.connection();
  await Promise.all([connection.retire(1001, 'moving'), connection.retire(1008, 'again')]);
  assert.deepEqual(await station.ended, ['close 1001 moving']);
  const other = await connect(t, running);
  const gone = await running.connection();
  gone.close(1008, 'replaced');
  await other.ended;
  await gone.retire(1001, 'moving');
});

test('A station that does not read is cut off all the same', async (t) => {
  const clock = createFakeClock();
  const running = await runServer(t, { clock });
  const station = await connect(t, running);
  const connection = await running.connection();
  station.stopReading();
  const gone = connection.retire(1001, 'moving');
  clock.advance(5_000);
  await gone;
});

test('A handler that retires its own connection is still answered', async (t) => {
  const running: RunningServer = await runServer(t, {
    connected: (connection) => ({
      onCall() {
        void connection.retire(1001, 'moving');
        return answer;
      },
    }),
  });
  const station = await connect(t, running);
  station.send(heartbeat('a'));
  station.send(heartbeat('b'));
  assert.deepEqual(await station.ended, [result('a'), 'close 1001 moving']);
});

test('A server that lets nobody in says when to come again, and keeps what is open', async (t) => {
  const undecided = Promise.withResolvers<void>();
  let asked = 0;
  const running = await runServer(t, {
    async authenticate() {
      asked++;
      if (asked === 2) await undecided.promise;
      return { admit: true, state: undefined };
    },
  });
  const station = await connect(t, running);
  const refused = () => {
    const socket = new WebSocket(`ws://127.0.0.1:${running.port}/ocpp/CS2`, ['ocpp2.1']);
    socket.on('error', () => undefined);
    return once(socket, 'unexpected-response').then(([, response]) => {
      response.destroy();
      return [response.statusCode, response.headers['retry-after']];
    });
  };
  const inDecision = refused();
  while (asked < 2) await new Promise((resolve) => setImmediate(resolve));
  running.server.refuseNew(17);
  undecided.resolve();
  assert.deepEqual(await inDecision, [503, '17']);
  assert.deepEqual(await refused(), [503, '17']);
  assert.equal(asked, 2);
  station.send(heartbeat('a'));
  assert.deepEqual(await station.hears(1), [result('a')]);
});
