import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type Csms, startCsms } from '../support/csms.ts';
import { eventually } from '../support/eventually.ts';
import { connectRaw, Refused } from '../support/raw-socket.ts';
import { registerStation } from '../support/station.ts';

const protocols = ['ocpp2.0.1'];

/** Times that a limit was reached, as the metrics have it. */
async function reached({ server }: Csms, limit: string): Promise<number> {
  const text = await (await fetch(`${server.httpUrl}/metrics`)).text();
  const line = new RegExp(`^busbar_limits_reached_total\\{limit="${limit}"\\} (\\d+)$`, 'm').exec(text);
  return Number(line?.[1] ?? 0);
}

function start(t: Parameters<typeof startCsms>[0], environment: Readonly<Record<string, string>>) {
  return startCsms(t, { environment: { BUSBAR_METRICS_ACCESS: 'open', ...environment } });
}

test('a station that opens and closes in a loop is told to wait', async (t) => {
  const csms = await start(t, { BUSBAR_STATION_CONNECTS_PER_MINUTE: '3' });
  const password = await registerStation(csms, 'LOOP');
  for (let n = 0; n < 3; n++) (await connectRaw(t, csms, { id: 'LOOP', password, protocols })).socket.close();
  await assert.rejects(connectRaw(t, csms, { id: 'LOOP', password, protocols }), Refused);
  assert.equal(await reached(csms, 'station-connects'), 1);
});

test('a station that says too much is slowed and loses nothing', async (t) => {
  const csms = await start(t, { BUSBAR_STATION_FRAMES_PER_SECOND: '10' });
  const password = await registerStation(csms, 'EAGER');
  const raw = await connectRaw(t, csms, { id: 'EAGER', password, protocols });
  for (let n = 0; n < 105; n++) raw.send(`[2,"${n}","Heartbeat",{}]`);
  for (let n = 0; n < 105; n++) assert.equal((await raw.answer())[1], String(n));
  assert.equal(await reached(csms, 'station-frames'), 1);
});

test('a station that says nothing but rubbish is sent off', async (t) => {
  const csms = await start(t, {});
  const password = await registerStation(csms, 'RUBBISH');
  const raw = await connectRaw(t, csms, { id: 'RUBBISH', password, protocols });
  for (let n = 0; n < 250; n++) raw.send('rubbish');
  assert.equal(await raw.closed, 1008);
  assert.equal(await reached(csms, 'station-rubbish'), 1);
  await eventually(async () => {
    const { rows } = await csms.database.sql.query("select from finding where kind = 'only-rubbish'");
    return rows.length === 1;
  }, 'a finding about it');
});

test('one address has so many connections, whether or not it ever asks', async (t) => {
  const csms = await start(t, { BUSBAR_ADDRESS_CONNECTIONS: '2' });
  const { port } = new URL(csms.server.ocppUrl);
  for (let n = 0; n < 3; n++) {
    const socket = connect(Number(port), '127.0.0.1');
    t.after(() => socket.destroy());
    await once(socket, 'connect');
  }
  await eventually(
    async () =>
      (await reached(csms, 'address-connections')) + (await reached(csms, 'address-half-open')) === 1,
    'the limit to be counted',
  );
});

test('a station behind a balancer is recorded with its own address', async (t) => {
  const csms = await start(t, { BUSBAR_PROXY_PROTOCOL_FROM: '127.0.0.1', BUSBAR_ALLOW_PROFILE_0: 'true' });
  await csms.api.post('/stations', { id: 'BEHIND', securityProfile: 0 });
  const socket = connect(Number(new URL(csms.server.ocppUrl).port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(
    [
      'PROXY TCP4 192.0.2.7 10.0.0.1 54321 9000',
      'GET /ocpp/BEHIND HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol: ocpp2.0.1',
      '\r\n',
    ].join('\r\n'),
  );
  await eventually(async () => {
    const { rows } = await csms.database.sql.query('select remote_address from station_owner');
    return rows[0]?.remote_address === '192.0.2.7';
  }, 'the address to be recorded');
});
