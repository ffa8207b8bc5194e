import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type ClientOptions, WebSocket } from 'ws';
import type { Fault } from '../peer/fault.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { admitted, type RunningServer, runServer } from '../testing/running-server.ts';
import type { UpgradeRequest } from './server.ts';

const currentTime = '2026-01-01T00:00:00Z';
const heartbeat = '[2,"1","Heartbeat",{}]';

/** A plain WebSocket, so that it can misbehave. */
function dial(t: TestContext, { port }: RunningServer, options: DialOptions = {}): WebSocket {
  const { path = '/ocpp/CS1', offers = ['ocpp2.1'], ...others } = options;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...offers], {
    perMessageDeflate: false,
    ...others,
  });
  socket.on('error', () => undefined);
  t.after(() => socket.terminate());
  return socket;
}

interface DialOptions extends ClientOptions {
  readonly path?: string;
  readonly offers?: readonly string[];
}

/** The HTTP status of an upgrade; 101 when it was granted. */
async function statusOf(t: TestContext, running: RunningServer, options?: DialOptions): Promise<number> {
  const socket = dial(t, running, options);
  return new Promise((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
  });
}

async function closed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', (code) => resolve(code)));
}

async function text(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
}

// ---- who and where

test('The identity is the last part of the path, percent-decoded', async (t) => {
  const asked: UpgradeRequest[] = [];
  const running = await runServer(t, {
    authenticate: async (request) => {
      asked.push(request);
      return admitted;
    },
  });
  assert.equal(await statusOf(t, running, { path: '/ocpp/CS%201%2Fa%C3%A9?token=x' }), 101);
  const [request] = asked;
  assert.equal(request?.identity, 'CS 1/aé');
  assert.deepEqual(request?.offered, ['ocpp2.1']);
  assert.equal(request?.secure, false);
  assert.equal(request?.remoteAddress, '127.0.0.1');
});

const badPaths: readonly [string, number][] = [
  ['/elsewhere/CS1', 404],
  ['/ocpp/', 404],
  ['/ocpp', 404],
  ['/ocpp/a/b', 404],
  ['/ocpp/%E0%A4%A', 400],
  ['/ocpp/%00', 400],
  ['/ocpp/a%0Ab', 400],
  ['/ocpp/a%3Ab', 400],
  [`/ocpp/${'x'.repeat(49)}`, 400],
];

test('A path without a good identity is refused before anybody is asked', async (t) => {
  const running = await runServer(t, { authenticate: () => assert.fail('asked') });
  for (const [path, status] of badPaths) assert.equal(await statusOf(t, running, { path }), status, path);
});

test('A Basic header is split at its first colon, the password kept as octets', async (t) => {
  const asked: UpgradeRequest['basic'][] = [];
  const running = await runServer(t, {
    authenticate: async ({ basic }) => {
      asked.push(basic);
      return admitted;
    },
  });
  const credentials = Buffer.from([...Buffer.from('CS1:'), 0xff, 0x3a, 0x00]);
  const headers = (value: string) => ({ headers: { Authorization: value } });
  await statusOf(t, running, headers(`Basic ${credentials.toString('base64')}`));
  await statusOf(t, running, headers('Basic !!!'));
  await statusOf(t, running, headers('Bearer abc'));
  assert.deepEqual(asked, [{ user: 'CS1', password: Buffer.from([0xff, 0x3a, 0x00]) }, undefined, undefined]);
});

test('Refusals have the status of the decision, and 401 asks for Basic', async (t) => {
  const statuses = [400, 401, 403, 404, 429, 503] as const;
  let next = 0;
  const running = await runServer(t, {
    authenticate: async () => ({
      admit: false,
      status: statuses[next++] ?? 503,
      reason: 'secret',
      retryAfterSeconds: 7,
    }),
  });
  for (const status of statuses) {
    const socket = dial(t, running);
    const [, response] = await once(socket, 'unexpected-response');
    assert.equal(response.statusCode, status);
    assert.equal(response.headers['retry-after'], '7');
    assert.equal(response.headers['www-authenticate'], status === 401 ? 'Basic realm="OCPP"' : undefined);
    assert.equal(await response.toArray().then(String), '', 'the reason stays here');
  }
  assert.equal(running.refusals.length, statuses.length);
});

test('A decision that fails is a 500, one that takes too long a 503, and neither harms the server', async (t) => {
  const clock = createFakeClock();
  const aborted = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  let isFirst = true;
  const running = await runServer(t, {
    clock,
    authenticate: ({ signal }) => {
      if (isFirst) {
        isFirst = false;
        throw new Error('database gone');
      }
      signal.addEventListener('abort', () => aborted.resolve());
      asked.resolve();
      return new Promise(() => undefined);
    },
  });
  assert.equal(await statusOf(t, running), 500);
  const late = statusOf(t, running);
  await asked.promise;
  clock.advance(10_000);
  assert.equal(await late, 503);
  await aborted.promise;
});

test('Somebody who leaves while it is decided is forgotten', async (t) => {
  const asked = Promise.withResolvers<AbortSignal>();
  const running = await runServer(t, {
    authenticate: ({ signal }) => {
      asked.resolve(signal);
      return new Promise(() => undefined);
    },
  });
  const socket = dial(t, running);
  const signal = await asked.promise;
  socket.terminate();
  await once(signal, 'abort');
  assert.equal(running.server.connections.size, 0);
});

test('Too many undecided upgrades are answered 503', async (t) => {
  const running = await runServer(t, {
    limits: { pendingUpgrades: 1 },
    authenticate: () => new Promise(() => undefined),
  });
  dial(t, running);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await statusOf(t, running), 503);
});

test('A request that is no WebSocket, or a broken one, is answered 400', async (t) => {
  const running = await runServer(t);
  for (const lines of [
    'GET /ocpp/CS1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    'GET /ocpp/CS1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: ocpp2.1\r\n\r\n',
  ]) {
    const socket = connect(running.port, '127.0.0.1');
    socket.end(lines);
    const answer = String(await socket.toArray());
    assert.match(answer, /^HTTP\/1.1 400 /);
  }
  assert.equal(await statusOf(t, running), 101);
});

// ---- versions

test("The first of the station's offers that is spoken here is chosen", async (t) => {
  const running = await runServer(t);
  for (const [offers, chosen] of [
    [['ocpp1.6', 'ocpp2.1'], 'ocpp1.6'],
    [['ocpp0.1', 'ocpp2.0.1', 'ocpp1.6'], 'ocpp2.0.1'],
  ] as const) {
    const socket = dial(t, running, { offers });
    await once(socket, 'open');
    assert.equal(socket.protocol, chosen);
  }
});

test('No common subprotocol is answered 400 (TC_B_58_CSMS)', async (t) => {
  const running = await runServer(t, { versions: ['2.1'] });
  assert.equal(await statusOf(t, running, { offers: ['ocpp0.1'] }), 400);
  assert.equal(await statusOf(t, running, { offers: ['ocpp1.6'] }), 400);
});

test('A station may be held to some of the versions', async (t) => {
  const running = await runServer(t, { authenticate: async () => ({ ...admitted, versions: ['1.6'] }) });
  assert.equal(await statusOf(t, running, { offers: ['ocpp2.1'] }), 400);
  assert.equal(await statusOf(t, running, { offers: ['ocpp2.1', 'ocpp1.6'] }), 101);
});

test('Without an offer the version known of the station is spoken; without that it is 400', async (t) => {
  const known = await runServer(t, { authenticate: async () => ({ ...admitted, version: '1.6' }) });
  const socket = dial(t, known, { offers: [] });
  await once(socket, 'open');
  assert.equal(socket.protocol, '');
  assert.equal((await known.connection()).version, '1.6');
  assert.equal(await statusOf(t, await runServer(t), { offers: [] }), 400);
});

test('Compression is agreed on in 2.x without context takeover, and not in 1.6', async (t) => {
  const running = await runServer(t);
  for (const [offer, expected] of [
    ['ocpp2.1', /^permessage-deflate; server_no_context_takeover; client_no_context_takeover$/],
    ['ocpp2.0.1', /^permessage-deflate/],
    ['ocpp1.6', /^$/],
  ] as const) {
    const socket = dial(t, running, { offers: [offer], perMessageDeflate: true });
    const [[response]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')]);
    assert.match(response.headers['sec-websocket-extensions'] ?? '', expected);
    const answer = text(socket);
    socket.send(heartbeat);
    assert.equal(await answer, `[3,"1",{"currentTime":"${currentTime}"}]`);
  }
});

test('Compression may be switched off', async (t) => {
  const socket = dial(t, await runServer(t, { compression: false }), { perMessageDeflate: true });
  await once(socket, 'open');
  assert.equal(socket.extensions, '');
});

// ---- frames

test('Nothing that arrives before the connection is taken over is lost', async (t) => {
  const ready = Promise.withResolvers<void>();
  const running = await runServer(t, {
    async connected() {
      await ready.promise;
      return { onCall: () => ({ currentTime }) };
    },
  });
  const socket = dial(t, running);
  const answer = text(socket);
  await once(socket, 'open');
  socket.send(heartbeat);
  await new Promise((resolve) => setTimeout(resolve, 30));
  ready.resolve();
  assert.match(await answer, /^\[3,"1",/);
});

test('Nothing is lost that arrives with the upgrade itself, before it is decided', async (t) => {
  const running = await runServer(t, {
    async authenticate() {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return admitted;
    },
  });
  const socket = connect(running.port, '127.0.0.1');
  t.after(() => socket.destroy());
  const upgrade = [
    'GET /ocpp/CS1 HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Protocol: ocpp2.1',
  ];
  // A text frame, masked with zeros.
  const frame = Buffer.concat([
    Buffer.from([0x81, 0x80 | heartbeat.length, 0, 0, 0, 0]),
    Buffer.from(heartbeat),
  ]);
  socket.write(`${upgrade.join('\r\n')}\r\n\r\n`);
  socket.write(frame);
  await new Promise((resolve) => setTimeout(resolve, 5));
  socket.write(frame);
  let heard = '';
  for await (const chunk of socket) {
    heard += chunk;
    if (heard.split('[3,"1",').length === 3) break;
  }
  assert.match(heard, /^HTTP\/1.1 101 /);
});

test('A connection that cannot be taken over is closed with 1011, one that is not in time with 1013', async (t) => {
  const failing = await runServer(t, { connected: () => Promise.reject(new Error('no epoch')) });
  assert.equal(await closed(dial(t, failing)), 1011);
  assert.equal(failing.refusals[0]?.status, 500);
  const slow = await runServer(t, {
    connected: () => new Promise(() => undefined),
    limits: { connectedTimeoutMs: 20 },
  });
  assert.equal(await closed(dial(t, slow)), 1013);
});

test('A binary message closes with 1003, one that is too large with 1009, also after inflation', async (t) => {
  const faults: Fault[] = [];
  const running = await runServer(t, {
    limits: { frameBytes: 1_000 },
    connected: () => ({ onCall: () => ({ currentTime }), onFault: (fault) => faults.push(fault) }),
  });
  for (const [message, options, code] of [
    [Buffer.from(heartbeat), {}, 1003],
    ['x'.repeat(1_001), {}, 1009],
    ['x'.repeat(100_000), { perMessageDeflate: { threshold: 0 } }, 1009],
  ] as const) {
    const socket = dial(t, running, options);
    await once(socket, 'open');
    socket.send(message);
    assert.equal(await closed(socket), code);
  }
  assert.deepEqual(
    faults.map(({ kind }) => kind),
    ['Binary', 'TooLarge', 'TooLarge'],
  );
});

test('A full lane stops the reading of the socket, and all is answered in the end', async (t) => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let handled = 0;
  const running = await runServer(t, {
    peerLimits: { laneCalls: 4 },
    connected: () => ({
      async onCall() {
        await gate;
        handled++;
        return { currentTime };
      },
    }),
  });
  const socket = dial(t, running);
  await once(socket, 'open');
  let answered = 0;
  const all = Promise.withResolvers<void>();
  socket.on('message', () => {
    answered++;
    if (answered === 200) all.resolve();
  });
  for (let id = 0; id < 200; id++) socket.send(`[2,"${id}","Heartbeat",{}]`);
  await new Promise((resolve) => setTimeout(resolve, 30));
  release();
  await all.promise;
  assert.equal(handled, 200);
});

test('A reader that is too slow is closed with 1013', async (t) => {
  const faults: Fault[] = [];
  const running = await runServer(t, {
    limits: { bufferedBytes: 100_000, closeTimeoutMs: 50 },
    peerLimits: { outgoingCalls: 1_000_000, callTimeoutMs: 1 },
    connected: () => ({ onCall: () => ({}), onFault: (fault) => faults.push(fault) }),
  });
  const socket = dial(t, running);
  await once(socket, 'open');
  socket.pause();
  const { peer } = await running.connection();
  const data = 'x'.repeat(5_000_000);
  while (faults.length === 0) {
    await peer.call('DataTransfer', { vendorId: 'x', data }).catch(() => undefined);
  }
  assert.equal(faults[0]?.kind, 'SlowReader');
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(running.server.connections.size, 0);
});

// ---- life

test('A quiet connection is pinged, and cut when the pong is missing', async (t) => {
  const clock = createFakeClock();
  const running = await runServer(t, { clock, pingIntervalMs: 60_000 });
  const live = dial(t, running);
  const deaf = dial(t, running, { autoPong: false });
  await Promise.all([once(live, 'open'), once(deaf, 'open')]);
  const pinged = Promise.all([once(live, 'ping'), once(deaf, 'ping')]);
  clock.advance(60_000);
  await pinged;
  await new Promise((resolve) => setTimeout(resolve, 30));
  const cut = closed(deaf);
  clock.advance(60_000);
  assert.equal(await cut, 1006);
  assert.equal(live.readyState, WebSocket.OPEN);
});

test('A ping on demand tells whether the pong came in time', async (t) => {
  const running = await runServer(t);
  dial(t, running);
  const live = await running.connection();
  assert.equal(await live.ping(1_000), true);
  dial(t, running, { autoPong: false });
  const deaf = await running.connection();
  assert.equal(await deaf.ping(20), false);
  live.terminate();
  assert.equal(await live.ping(1_000), false);
});

test('Closing the server says 1001 to all, waits for the last one, and refuses newcomers with 503', async (t) => {
  const ended: number[] = [];
  const running = await runServer(t, {
    limits: { closeTimeoutMs: 50 },
    connected: () => ({ onCall: () => ({ currentTime }), onClose: (code) => ended.push(code) }),
  });
  const sockets = [dial(t, running), dial(t, running)];
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const [polite, silent] = sockets;
  assert.ok(polite && silent);
  silent.pause();
  const farewell = closed(polite);
  await running.server.close();
  assert.equal(await farewell, 1001);
  assert.equal(running.server.connections.size, 0);
  assert.equal(ended.length, 2);
  assert.equal(await statusOf(t, running), 503);
});

test('Calls of ours end with the connection, and then the owner is told once', async (t) => {
  const told: string[] = [];
  const running = await runServer(t, {
    connected: () => ({ onCall: () => ({}), onClose: (code, reason) => told.push(`${code} ${reason}`) }),
  });
  const socket = dial(t, running);
  const connection = await running.connection();
  const call = connection.peer.call('ClearCache', {});
  await once(socket, 'open');
  socket.close(1000, 'going home');
  await assert.rejects(call, { name: 'CallFailed', reason: 'Closed', sent: true });
  assert.deepEqual(told, ['1000 going home']);
  assert.equal(connection.isOpen, false);
});

test('A connection may be put in strict mode from its first message or later', async (t) => {
  const running = await runServer(t, { authenticate: async () => ({ ...admitted, mode: 'strict' }) });
  const socket = dial(t, running);
  await once(socket, 'open');
  const refused = text(socket);
  socket.send('[2,"1","Heartbeat",{"x":1}]');
  assert.match(await refused, /^\[4,"1","FormatViolation"/);
  (await running.connection()).peer.setMode('lenient');
  const tolerated = text(socket);
  socket.send('[2,"1","Heartbeat",{"x":1}]');
  assert.match(await tolerated, /^\[3,"1",/);
});
