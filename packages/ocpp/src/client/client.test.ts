import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { type TestContext, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { speaks } from '../peer/peer.ts';
import { createOcppServer } from '../server/ocpp-server.ts';
import type { UpgradeRequest } from '../server/server.ts';
import {
  authority,
  serverCertificate,
  serverKey,
  stationCertificate,
  stationKey,
} from '../testing/certificates.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { admitted, runServer } from '../testing/running-server.ts';
import type { OcppClient, OcppClientOptions } from './client.ts';
import { UpgradeRefused } from './client-connection.ts';
import { createOcppClient } from './ocpp-client.ts';

function station(t: TestContext, options: Partial<OcppClientOptions> & { readonly url: string }): OcppClient {
  const client = createOcppClient({
    identity: 'CS1',
    versions: ['2.1'],
    onCall: () => ({ status: 'Accepted' }),
    random: () => 0,
    ...options,
  });
  t.after(() => client.close());
  return client;
}

/** A WebSocket server that does as the test says, gone with it. */
async function strangeServer(t: TestContext, handleProtocols: () => string | false): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols });
  await once(server, 'listening');
  t.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const address = server.address();
  return `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test('The versions are offered in order of preference, and calls go both ways', async (t) => {
  const offers: (readonly string[])[] = [];
  const running = await runServer(t, {
    authenticate: async ({ offered }) => {
      offers.push(offered);
      return admitted;
    },
  });
  const client = station(t, { url: `${running.url}/`, versions: ['2.1', '2.0.1', '1.6'] });
  const peer = await client.connect();
  assert.deepEqual(offers, [['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6']]);
  assert.equal(client.version, '2.1');
  assert.ok(speaks(peer, '2.1'));
  assert.equal((await peer.call('Heartbeat', {})).currentTime, '2026-01-01T00:00:00Z');
  const connection = await running.connection();
  assert.deepEqual(await connection.peer.call('ClearCache', {}), { status: 'Accepted' });
});

test('The identity is percent-encoded; the password is text or raw octets', async (t) => {
  const asked: UpgradeRequest[] = [];
  const running = await runServer(t, {
    authenticate: async (request) => {
      asked.push(request);
      return admitted;
    },
  });
  const key = Buffer.from([0, 255, 58, 10]);
  await station(t, { url: running.url, identity: 'CS 1/é', password: 'pässword' }).connect();
  await station(t, { url: running.url, password: key }).connect();
  await station(t, { url: running.url }).connect();
  assert.deepEqual(
    asked.map(({ identity, basic }) => [identity, basic?.user, basic?.password]),
    [
      ['CS 1/é', 'CS 1/é', Buffer.from('pässword')],
      ['CS1', 'CS1', key],
      ['CS1', undefined, undefined],
    ],
  );
});

test('It connects to a server without compression, and compresses with one that does', async (t) => {
  for (const compression of [false, true]) {
    const running = await runServer(t, { compression });
    const peer = await station(t, { url: running.url, compression: true }).connect();
    const data = 'x'.repeat(5_000);
    assert.ok(speaks(peer, '2.1'));
    await assert.rejects(peer.call('DataTransfer', { vendorId: 'x', data }), { reason: 'CallError' });
  }
});

test('A server that chooses what was not offered, or nothing, is left', async (t) => {
  for (const choice of ['ocpp1.6', false] as const) {
    const url = await strangeServer(t, () => choice);
    const failed = Promise.withResolvers<Error>();
    const client = station(t, { url, onConnectFailed: ({ error }) => failed.resolve(error) });
    client.connect().catch(() => undefined);
    assert.match((await failed.promise).message, /subprotocol/i);
    assert.equal(client.peer, undefined);
  }
});

test('A refused upgrade tells its status and is tried again with the back-off', async (t) => {
  const clock = createFakeClock();
  let asked = 0;
  const running = await runServer(t, {
    authenticate: async () => {
      asked++;
      return asked < 3 ? { admit: false, status: 401, reason: 'not yet', retryAfterSeconds: 9 } : admitted;
    },
  });
  const delays: number[] = [];
  const failures: (() => void)[] = [];
  const client = station(t, {
    url: running.url,
    clock,
    backoff: { waitMinimumSeconds: 10, randomRangeSeconds: 0 },
    onConnectFailed({ error, delayMs }) {
      assert.ok(error instanceof UpgradeRefused);
      assert.deepEqual([error.status, error.retryAfterSeconds], [401, 9]);
      delays.push(delayMs);
      failures.shift()?.();
    },
  });
  const connected = client.connect();
  for (const delayMs of [10_000, 20_000]) {
    await new Promise<void>((resolve) => failures.push(resolve));
    clock.advance(delayMs);
  }
  await connected;
  assert.deepEqual(delays, [10_000, 20_000]);
});

test('A lost connection ends its calls, and comes again after the minimum wait', async (t) => {
  const clock = createFakeClock();
  const running = await runServer(t, { connected: () => ({ onCall: () => new Promise(() => undefined) }) });
  const closed = Promise.withResolvers<number>();
  const opened: (() => void)[] = [];
  const client = station(t, {
    url: running.url,
    clock,
    backoff: { waitMinimumSeconds: 10, randomRangeSeconds: 0 },
    onOpen: () => opened.shift()?.(),
    onClose: (code) => closed.resolve(code),
  });
  const peer = await client.connect();
  const call = peer.call('Heartbeat', {});
  client.drop();
  await assert.rejects(call, { name: 'CallFailed', reason: 'Closed', sent: true });
  assert.equal(await closed.promise, 1006);
  assert.equal(client.peer, undefined);
  const again = new Promise<void>((resolve) => opened.push(resolve));
  clock.advance(10_000);
  await again;
  assert.ok(client.peer !== undefined && client.peer !== peer);
});

test('A missing pong ends the connection', async (t) => {
  const clock = createFakeClock();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false });
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  const closed = Promise.withResolvers<number>();
  const client = station(t, {
    url: `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    clock,
    pingIntervalMs: 1_000,
    onClose: (code) => closed.resolve(code),
  });
  await client.connect();
  clock.advance(1_000);
  clock.advance(1_000);
  assert.equal(await closed.promise, 1006);
});

test('Closing before the first connection rejects connect, and nothing is tried any more', async (t) => {
  const clock = createFakeClock();
  const failed = Promise.withResolvers<void>();
  const client = station(t, { url: 'ws://127.0.0.1:1', clock, onConnectFailed: () => failed.resolve() });
  const connected = assert.rejects(client.connect(), /closed before it was connected/);
  await failed.promise;
  await client.close();
  await connected;
  assert.equal(clock.scheduled, 0);
  await assert.rejects(client.connect(), /is closed/);
});

test('Over TLS the station checks the server and shows its own certificate (security profile 3)', async (t) => {
  const shown: string[] = [];
  const ocpp = createOcppServer({
    async authenticate({ clientCertificate, secure }) {
      shown.push(`${secure} ${clientCertificate?.subject.CN}`);
      return admitted;
    },
    connected: () => ({ onCall: () => ({ currentTime: '2026-01-01T00:00:00Z' }) }),
  });
  const https = createServer({
    key: serverKey,
    cert: serverCertificate,
    ca: authority,
    requestCert: true,
    rejectUnauthorized: false,
  }).on('upgrade', (request, socket, head) => ocpp.handleUpgrade(request, socket, head));
  https.listen(0, 'localhost');
  await once(https, 'listening');
  t.after(async () => {
    await ocpp.close();
    https.close();
  });
  const address = https.address();
  const url = `wss://localhost:${typeof address === 'object' ? address?.port : 0}/ocpp`;
  const tls = { ca: authority, cert: stationCertificate, key: stationKey };
  const client = station(t, { url, tls });
  const peer = await client.connect();
  await peer.call('Heartbeat', {});
  const anonymous = station(t, { url, tls: { ca: authority } });
  await anonymous.connect();
  assert.deepEqual(shown, ['true SN001', 'true undefined']);
  await Promise.all([client.close(), anonymous.close()]);

  const failed = Promise.withResolvers<Error>();
  const distrusting = station(t, { url, onConnectFailed: ({ error }) => failed.resolve(error) });
  distrusting.connect().catch(() => undefined);
  assert.match((await failed.promise).message, /certificate/);
});

test('A server that says when to come again is not asked before, within reason', async (t) => {
  const clock = createFakeClock();
  const waits: number[] = [];
  const asks = [25, 1, 100_000];
  const failures: (() => void)[] = [];
  const running = await runServer(t, {
    authenticate: async () => {
      const retryAfterSeconds = asks.shift();
      if (retryAfterSeconds === undefined) return admitted;
      return { admit: false, status: 503, reason: 'busy', retryAfterSeconds };
    },
  });
  const client = station(t, {
    url: running.url,
    clock,
    backoff: { waitMinimumSeconds: 10, randomRangeSeconds: 0 },
    onConnectFailed({ delayMs }) {
      waits.push(delayMs);
      failures.shift()?.();
    },
  });
  const connected = client.connect();
  for (let n = 0; n < 3; n++) {
    await new Promise<void>((resolve) => failures.push(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(waits.at(-1) ?? 0);
  }
  await connected;
  assert.deepEqual(waits, [25_000, 20_000, 600_000]);
});
