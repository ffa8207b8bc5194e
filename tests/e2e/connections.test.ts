import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOcppClient } from '@busbar/ocpp';
import { startCsms } from '../support/csms.ts';
import { eventually } from '../support/eventually.ts';
import { connectRaw, type RawOptions, Refused } from '../support/raw-socket.ts';
import { bootOf, connectStation, registerStation } from '../support/station.ts';

test('who may connect: unknown stations, wrong passwords and wrong users are refused alike, with 401', async (t) => {
  const csms = await startCsms(t);
  const password = await registerStation(csms, 'KNOWN');
  const protocols = ['ocpp2.0.1'];
  const refusal = (options: RawOptions) =>
    connectRaw(t, csms, options).then(
      () => 'let in',
      (error) => (error instanceof Refused ? error.status : error),
    );
  assert.equal(await refusal({ id: 'KNOWN', password, protocols }), 'let in');
  assert.equal(await refusal({ id: 'known', password, protocols }), 'let in', 'case makes no difference');
  assert.equal(await refusal({ id: 'STRANGER', password, protocols }), 401);
  assert.equal(await refusal({ id: 'KNOWN', password: 'x'.repeat(40), protocols }), 401);
  assert.equal(await refusal({ id: 'KNOWN', password, user: 'OTHER', protocols }), 401);
  assert.equal(await refusal({ id: 'KNOWN', protocols }), 401);
  assert.equal(await refusal({ id: 'A:B', password, protocols }), 400);
  // TC_B_58_CSMS TC_088_CSMS
  assert.equal(await refusal({ id: 'KNOWN', password, protocols: ['ocpp1.5', 'mqtt'] }), 400);
  assert.equal(await refusal({ id: 'KNOWN', password }), 400, 'no subprotocol, and none is registered');
});

test('TC_B_58_CSMS the first version in the order of the station that is known is spoken', async (t) => {
  const csms = await startCsms(t);
  const password = await registerStation(csms, 'MANY');
  for (const [offered, spoken] of [
    [['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'], 'ocpp2.1'],
    [['ocpp9.9', 'ocpp2.0.1', 'ocpp2.1'], 'ocpp2.0.1'],
    [['ocpp1.6'], 'ocpp1.6'],
  ] as const) {
    const key = spoken === 'ocpp1.6' ? Buffer.from(password, 'hex') : password;
    const { protocol } = await connectRaw(t, csms, { id: 'MANY', password: key, protocols: offered });
    assert.equal(protocol, spoken);
  }
});

test('without a subprotocol the version that is registered for the station is spoken', async (t) => {
  const csms = await startCsms(t);
  const { password } = await csms.api.post('/stations', { id: 'SILENT', defaultVersion: '1.6' });
  const raw = await connectRaw(t, csms, { id: 'SILENT', password: Buffer.from(password, 'hex') });
  raw.send(JSON.stringify([2, '1', 'BootNotification', bootOf('1.6')]));
  assert.equal((await raw.answer())[2].status, 'Accepted');
});

test('an unknown station may be held until the operator has decided', async (t) => {
  const csms = await startCsms(t, { environment: { BUSBAR_UNKNOWN_STATIONS: 'hold' } });
  const station = await connectStation(t, csms, {
    id: 'NEWCOMER',
    version: '2.0.1',
    password: 'a password of its own',
  });
  assert.equal((await station.boot()).status, 'Pending');
  await csms.api.patch('/stations/NEWCOMER', { admission: 'Accepted' });
  assert.equal((await station.boot()).status, 'Accepted');
  const impostor = { id: 'NEWCOMER', password: 'another password here', protocols: ['ocpp2.0.1'] };
  await assert.rejects(connectRaw(t, csms, impostor), (error: Refused) => error.status === 401);
});

test('a new connection replaces the old one, which is closed with 1008', async (t) => {
  const csms = await startCsms(t);
  const password = await registerStation(csms, 'TWICE');
  const options = { id: 'TWICE', password, protocols: ['ocpp2.0.1'] };
  const first = await connectRaw(t, csms, options);
  const second = await connectRaw(t, csms, options);
  assert.equal(await first.closed, 1008);
  second.send(JSON.stringify([2, '1', 'BootNotification', bootOf('2.0.1')]));
  assert.equal((await second.answer())[2].status, 'Accepted');
  const { connection } = await csms.api.get('/stations/TWICE');
  assert.equal(connection.online, true);
});

test('a changed password ends nothing, a changed security profile closes with 1008', async (t) => {
  const csms = await startCsms(t);
  const station = await connectStation(t, csms, { version: '2.0.1' });
  await station.boot();
  await csms.api.patch(`/stations/${station.id}`, { note: 'on the roof' });
  assert.ok(await station.call('Heartbeat', {}));
  await csms.api.patch(`/stations/${station.id}`, { securityProfile: 2 });
  await eventually(() => station.closes.includes(1008), 'the connection to be closed');
});

test('rubbish: each kind has its end, and the neighbour charges on', async (t) => {
  const csms = await startCsms(t);
  const neighbour = await connectStation(t, csms, { version: '2.1' });
  await neighbour.boot();
  const password = await registerStation(csms, 'RUBBISH');
  const connect = async () => {
    const raw = await connectRaw(t, csms, { id: 'RUBBISH', password, protocols: ['ocpp2.0.1'] });
    raw.send(JSON.stringify([2, 'boot', 'BootNotification', bootOf('2.0.1')]));
    assert.equal((await raw.answer())[2].status, 'Accepted');
    return raw;
  };

  const binary = await connect();
  binary.send(Buffer.from([1, 2, 3]));
  assert.equal(await binary.closed, 1003);

  const large = await connect();
  large.send(JSON.stringify([2, '1', 'DataTransfer', { vendorId: 'x', data: 'x'.repeat(1_200_000) }]));
  assert.equal(await large.closed, 1009);

  const broken = await connect();
  for (const text of [
    'not json',
    '{}',
    '[]',
    '[9]',
    '[2]',
    '[2,"a"]',
    '[2,"a","Heartbeat"]',
    '[3,"never asked",{}]',
    '[4,"never asked","InternalError","",{}]',
    'null',
    '"',
    '[2,"a","Heartbeat",[]]',
    '[2,"a","Heartbeat",null]',
    '[2,7,"Heartbeat",{}]',
    `[2,"${'i'.repeat(100)}","Heartbeat",{}]`,
    '['.repeat(50_000),
    `[2,"d","DataTransfer",{"vendorId":"x","data":${'['.repeat(20_000)}${']'.repeat(20_000)}}]`,
    '[2,"u","DataTransfer",{"vendorId":"\\u0000","data":"\\ud800"}]',
    '[2,"p","DataTransfer",{"vendorId":"x","__proto__":{"polluted":1},"constructor":{"prototype":{}}}]',
    '[2,"n","NoSuchAction",{}]',
    '[2,"t","__proto__",{}]',
    '[2,"c","constructor",{}]',
  ]) {
    broken.send(text);
  }
  broken.send(JSON.stringify([2, 'after', 'Heartbeat', {}]));
  await eventually(async () => {
    const [type, id] = await broken.answer();
    return type === 3 && id === 'after';
  }, 'an answer after all that');
  assert.ok(await neighbour.call('Heartbeat', {}));
  const worse = csms.complaints.filter((line) => JSON.parse(line).level !== 'warn');
  assert.deepEqual(worse, []);
});

test('text that no database keeps: facts are kept aside and acknowledged, the rest is refused', async (t) => {
  const csms = await startCsms(t);
  for (const version of ['1.6', '2.0.1'] as const) {
    const station = await connectStation(t, csms, { version });
    await station.boot();
    const at = new Date().toISOString();
    const nul = 'A\u0000B';
    const unit = { unit: 'Wh' };
    const answer =
      version === '1.6'
        ? await station.call('StopTransaction', {
            transactionId: 5,
            meterStop: 10,
            timestamp: at,
            idTag: nul,
          })
        : await station.call('TransactionEvent', {
            eventType: 'Started',
            timestamp: at,
            seqNo: 0,
            triggerReason: 'Authorized',
            transactionInfo: { transactionId: nul },
            meterValue: [{ timestamp: at, sampledValue: [{ value: 1, unitOfMeasure: unit }] }],
          });
    assert.ok(answer);
    assert.notEqual(await station.refused('DataTransfer', { vendorId: nul }), undefined);
    const { items } = await csms.api.get(`/quarantine?stationId=${station.id}`);
    assert.equal(items.length, 1, version);
    const findings = await csms.api.get(`/stations/${station.id}/findings`);
    assert.ok(findings.items.some(({ kind }: { kind: string }) => kind === 'message-quarantined'));
  }
});

test('a transaction message that cannot be understood is kept aside, acknowledged, and once however often it comes', async (t) => {
  const csms = await startCsms(t);
  const password = await registerStation(csms, 'ODD');
  const raw = await connectRaw(t, csms, { id: 'ODD', password, protocols: ['ocpp2.0.1'] });
  raw.send(JSON.stringify([2, '0', 'BootNotification', bootOf('2.0.1')]));
  await raw.answer();
  for (const id of ['1', '2', '3']) {
    raw.send(JSON.stringify([2, id, 'TransactionEvent', { eventType: 'Sideways', seqNo: {} }]));
    const [type, answered, payload] = await raw.answer();
    assert.deepEqual([type, answered, payload], [3, id, {}]);
  }
  const { items } = await csms.api.get('/quarantine?stationId=ODD');
  assert.equal(items.length, 1);
  assert.deepEqual(items[0].payload, { eventType: 'Sideways', seqNo: {} });
});

test('two calls in flight are both answered, one after the other, and StatusNotification before the boot is held', async (t) => {
  const csms = await startCsms(t);
  const password = await registerStation(csms, 'HASTY');
  const raw = await connectRaw(t, csms, { id: 'HASTY', password, protocols: ['ocpp2.0.1'] });
  const status = {
    timestamp: new Date().toISOString(),
    connectorStatus: 'Available',
    evseId: 1,
    connectorId: 1,
  };
  raw.send(JSON.stringify([2, 'boot', 'BootNotification', bootOf('2.0.1')]));
  raw.send(JSON.stringify([2, 'status', 'StatusNotification', status]));
  raw.send(JSON.stringify([2, 'beat', 'Heartbeat', {}]));
  const answers = [await raw.answer(), await raw.answer(), await raw.answer()];
  assert.deepEqual(
    answers.map(([type, id]) => [type, id]),
    [
      [3, 'boot'],
      [3, 'status'],
      [3, 'beat'],
    ],
  );
});

test('message ids that repeat are no repetition', async (t) => {
  const csms = await startCsms(t);
  const password = await registerStation(csms, 'COUNTS');
  const raw = await connectRaw(t, csms, { id: 'COUNTS', password, protocols: ['ocpp2.0.1'] });
  for (const reason of ['PowerUp', 'Watchdog']) {
    raw.send(JSON.stringify([2, '1', 'BootNotification', { ...bootOf('2.0.1'), reason }]));
    assert.equal((await raw.answer())[2].status, 'Accepted');
  }
  assert.equal((await csms.api.get('/stations/COUNTS')).bootReason, 'Watchdog');
});

test('a client that is closed while it connects ends', async (t) => {
  const csms = await startCsms(t);
  const client = createOcppClient({
    url: csms.server.ocppUrl,
    identity: 'X',
    versions: ['2.1'],
    onCall: () => ({}),
  });
  const connecting = assert.rejects(client.connect());
  await client.close();
  await connecting;
});
