import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createOcppServer } from '@busbar/ocpp';
import { readAddressList } from '../../packages/csms/src/address-list.ts';
import type { LimitName } from '../../packages/csms/src/limits-reached.ts';
import { type ListenOptions, listenForStations } from '../../packages/csms/src/listen.ts';
import { authority, serverCertificate, serverKey } from '../../packages/ocpp/src/testing/certificates.ts';
import { eventually } from '../support/eventually.ts';

/** A listener behind which anybody is let in; it notes from where they say that they come. */
async function listen(t: TestContext, options: Partial<ListenOptions> & { readonly secure?: boolean } = {}) {
  const addresses: string[] = [];
  const reached: LimitName[] = [];
  const server = createOcppServer<undefined>({
    authenticate: async ({ remoteAddress }) => {
      addresses.push(remoteAddress);
      return { admit: true, state: undefined };
    },
    connected: () => ({ onCall: () => ({ currentTime: '2026-01-01T00:00:00Z' }) }),
  });
  const { secure = false, ...others } = options;
  const listener = await listenForStations({
    host: '127.0.0.1',
    port: 0,
    ...(secure && { tls: await certificates(t) }),
    onUpgrade: (request, socket, head) => server.handleUpgrade(request, socket, head),
    onLimit: (limit) => reached.push(limit),
    ...others,
  });
  t.after(async () => {
    for (const connection of server.connections) connection.terminate();
    await server.close();
    await listener.close();
  });
  return { listener, server, addresses, reached, secure, port: Number(new URL(listener.url).port) };
}

type Running = Awaited<ReturnType<typeof listen>>;

async function certificates(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-listener-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const certificate = join(folder, 'server.pem');
  const key = join(folder, 'server.key');
  await writeFile(certificate, serverCertificate);
  await writeFile(key, serverKey, { mode: 0o600 });
  return { certificate, key };
}

async function dial(t: TestContext, { port }: Running): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

function shakeHands(socket: Socket): Promise<Socket> {
  const secure = connectTls({ socket, ca: authority, servername: 'localhost' });
  secure.on('error', () => {});
  return once(secure, 'secureConnect').then(() => secure);
}

const upgrade = [
  'GET /ocpp/CS1 HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Protocol: ocpp2.1',
  '\r\n',
].join('\r\n');

/** A text frame, masked with zeros. */
const heartbeat = '[2,"1","Heartbeat",{}]';
const frame = Buffer.concat([
  Buffer.from([0x81, 0x80 | heartbeat.length, 0, 0, 0, 0]),
  Buffer.from(heartbeat),
]);

/** All that was heard once it holds that text. */
async function hears(socket: Socket, text: string): Promise<string> {
  let heard = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    heard += chunk;
    if (heard.includes(text)) return heard;
  }
  return assert.fail(`closed after ${JSON.stringify(heard)}`);
}

const loopback = { proxies: readAddressList('127.0.0.0/8') };
const line = 'PROXY TCP4 192.0.2.7 10.0.0.1 54321 9000\r\n';
const binary = Buffer.from('0d0a0d0a000d0a515549540a2111000cc00002080a000001d4312328', 'hex');

for (const secure of [false, true]) {
  const over = secure ? 'with TLS' : 'without TLS';

  test(`A station behind a balancer has its own address, in both versions of the protocol, ${over}`, async (t) => {
    const running = await listen(t, { ...loopback, secure });
    for (const [header, address] of [
      [Buffer.from(line), '192.0.2.7'],
      [binary, '192.0.2.8'],
    ] as const) {
      const socket = await dial(t, running);
      socket.write(header);
      const speaking = secure ? await shakeHands(socket) : socket;
      speaking.write(upgrade);
      await hears(speaking, '101 Switching');
      speaking.write(frame);
      await hears(speaking, '[3,"1",');
      assert.equal(running.addresses.at(-1), address);
    }
    assert.deepEqual(running.reached, []);
  });

  test(`A balancer's health check comes from the balancer itself, ${over}`, async (t) => {
    const running = await listen(t, { ...loopback, secure });
    const socket = await dial(t, running);
    socket.write('PROXY UNKNOWN\r\n');
    const speaking = secure ? await shakeHands(socket) : socket;
    speaking.write(upgrade);
    await hears(speaking, '101 Switching');
    assert.deepEqual(running.addresses, ['127.0.0.1']);
  });

  test(`Who does not come by a balancer is itself, and its header is not looked at, ${over}`, async (t) => {
    const running = await listen(t, { proxies: readAddressList('192.0.2.1'), secure });
    const socket = await dial(t, running);
    const speaking = secure ? await shakeHands(socket) : socket;
    speaking.write(upgrade);
    await hears(speaking, '101 Switching');
    const liar = await dial(t, running);
    liar.write(line + upgrade);
    await once(liar.resume(), 'close');
    assert.deepEqual(running.addresses, ['127.0.0.1']);
  });

  test(`Sockets that are closed are counted no more, and too many of one address are turned away, ${over}`, async (t) => {
    const running = await listen(t, { limits: { addressConnections: 2, turnedAwayMs: 20 }, secure });
    const open = async () => {
      const socket = await dial(t, running);
      const speaking = secure ? await shakeHands(socket) : socket;
      speaking.write(upgrade);
      await hears(speaking, '101 Switching');
      return speaking;
    };
    for (let turn = 0; turn < 3; turn++) {
      const both = [await open(), await open()];
      await once((await dial(t, running)).resume(), 'close');
      for (const one of both) one.destroy();
      await eventually(() => running.server.connections.size === 0, 'both to be gone');
    }
    assert.deepEqual(running.reached, Array(3).fill('address-connections'));
  });

  test(`Who shakes hands or asks too slowly is sent off, and who has asked stays, ${over}`, async (t) => {
    const running = await listen(t, { limits: { upgradeTimeoutMs: 300 }, secure });
    const good = await dial(t, running);
    const speaking = secure ? await shakeHands(good) : good;
    speaking.write(upgrade);
    await hears(speaking, '101 Switching');
    const silent = await dial(t, running);
    const half = await dial(t, running);
    // Of a handshake, or of a request.
    half.write(secure ? Buffer.from('1603010200', 'hex') : upgrade.slice(0, 50));
    await Promise.all([once(silent.resume(), 'close'), once(half.resume(), 'close')]);
    speaking.write(frame);
    await hears(speaking, '[3,"1",');
  });
}

test('What comes in pieces or all at once is read to the last octet', async (t) => {
  const running = await listen(t, loopback);
  const whole = Buffer.concat([binary, Buffer.from(upgrade), frame]);
  const atOnce = await dial(t, running);
  atOnce.write(whole);
  await hears(atOnce, '[3,"1",');
  const inPieces = await dial(t, running);
  inPieces.setNoDelay(true);
  const heard = hears(inPieces, '[3,"1",');
  for (let from = 0; from < whole.length; from += 5) {
    inPieces.write(whole.subarray(from, from + 5));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await heard;
  assert.deepEqual(running.addresses, ['192.0.2.8', '192.0.2.8']);
});

test('From a balancer the header is required, and one that does not come is not waited for', async (t) => {
  const running = await listen(t, { ...loopback, limits: { upgradeTimeoutMs: 200 } });
  const without = await dial(t, running);
  without.write(upgrade);
  await once(without.resume(), 'close');
  assert.deepEqual(running.reached, ['proxy-header']);
  const slow = await dial(t, running);
  slow.write('PROXY TCP4');
  await once(slow.resume(), 'close');
  const hasty = await dial(t, running);
  hasty.end('PROXY');
  await once(hasty.resume(), 'close');
  assert.deepEqual(running.addresses, []);
});

test('Behind a balancer it is the address of the station that is counted', async (t) => {
  const running = await listen(t, { ...loopback, limits: { addressConnections: 1, turnedAwayMs: 20 } });
  const first = await dial(t, running);
  first.write(line + upgrade);
  await hears(first, '101 Switching');
  const second = await dial(t, running);
  second.write(line + upgrade);
  await once(second.resume(), 'close');
  const other = await dial(t, running);
  other.write(Buffer.concat([binary, Buffer.from(upgrade)]));
  await hears(other, '101 Switching');
  assert.deepEqual(running.reached, ['address-connections']);
});

test('A listener ends although somebody has connected who says nothing', async (t) => {
  const running = await listen(t);
  const silent = await dial(t, running);
  const closed = once(silent.resume(), 'close');
  await running.listener.close();
  await closed;
});

test('What is no upgrade is told that it has to be one', async (t) => {
  const running = await listen(t);
  const socket = await dial(t, running);
  socket.write('GET /ocpp/CS1 HTTP/1.1\r\nHost: x\r\n\r\n');
  await hears(socket, '426 Upgrade Required');
});

test('Who is turned away waits for it, but so many do not', async (t) => {
  const limits = { addressConnections: 1, turnedAwayAtOnce: 2, turnedAwayMs: 60_000 };
  const running = await listen(t, { limits });
  await dial(t, running);
  const waiting = [await dial(t, running), await dial(t, running)];
  await once((await dial(t, running)).resume(), 'close');
  assert.deepEqual(running.reached, Array(3).fill('address-connections'));
  assert.deepEqual(
    waiting.map(({ readyState }) => readyState),
    ['open', 'open'],
  );
  const closed = waiting.map((socket) => once(socket.resume(), 'close'));
  await running.listener.close();
  await Promise.all(closed);
});
