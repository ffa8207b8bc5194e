import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallFailed, createFakeClock, versions } from '@busbar/ocpp';
import type { Acknowledged } from './core.ts';
import { createStation } from './station.ts';
import { createTestCsms } from './testing/csms.ts';
import { bootedPair } from './testing/pair.ts';

for (const version of versions) {
  test(`speaks ${version} with a CSMS that knows no other`, async () => {
    const csms = await createTestCsms({ versions: [version] });
    const station = createStation({ id: 'CS-1', url: csms.url });
    await station.start();
    assert.equal(station.version, version);
    await station.plugIn();
    await station.present('CARD-1');
    assert.equal(station.evses[0]?.chargingState, 'Charging');
    await station.stop();
    assert.deepEqual(csms.complaints, []);
    await csms.close();
  });
}

test('every acknowledged CALL is told once, with what was said and answered', async (t) => {
  const acknowledged: Acknowledged[] = [];
  const { csms, station } = await bootedPair(t, {
    versions: ['2.1'],
    onAcknowledged: (record) => acknowledged.push(record),
  });
  acknowledged.length = 0;
  await station.plugIn();
  await station.present('CARD-1');
  assert.deepEqual(
    acknowledged.map(({ action, payload }) => ({ action, payload })),
    csms.received.map(({ action, payload }) => ({ action, payload })),
  );
  assert.deepEqual(acknowledged.at(-1)?.stationId, 'CS-1');
});

test('sends any message of its version, and refuses to send what breaks the schema', async (t) => {
  const { csms, station } = await bootedPair(t, { versions: ['2.0.1'], onFailed: () => undefined });
  const timestamp = '2026-01-01T00:00:00Z';
  assert.deepEqual(
    await station.send('SecurityEventNotification', { type: 'SettingSystemTime', timestamp }),
    {},
  );
  assert.equal(csms.payloads('SecurityEventNotification').length, 1);
  await assert.rejects(
    station.send('SecurityEventNotification', { type: 5 }),
    (error) => error instanceof CallFailed && error.reason === 'InvalidRequest',
  );
});

test('a station whose clock is wrong by years says so in every timestamp', async (t) => {
  const clock = createFakeClock(Date.UTC(2026, 5, 1));
  const { csms, station } = await bootedPair(t, {
    versions: ['2.1'],
    clock,
    clockOffsetSeconds: -10 * 365 * 86_400,
  });
  await station.plugIn();
  assert.match(csms.payloads('StatusNotification')[0].timestamp, /^2016-/);
});

test('acts that make no sense say why', async (t) => {
  const { station } = await bootedPair(t);
  await assert.rejects(station.unplug(), /EVSE 1 has no cable in it/);
  await assert.rejects(station.plugIn(3), /CS-1 has no EVSE 3/);
  await assert.rejects(station.plugIn(1, 2), /EVSE 1 has no connector 2/);
  await station.plugIn();
  await assert.rejects(station.plugIn(), /EVSE 1 has a cable in connector 1 already/);
});

test('two EVSEs charge side by side, each with its own transaction', async (t) => {
  const evses = [1, 2].map(() => ({ connectors: [{ type: 'sType2' }], maxPowerW: 22_000 }));
  const { csms, station } = await bootedPair(t, { versions: ['2.1'], evses, clock: createFakeClock() });
  for (const evseId of [1, 2]) {
    await station.plugIn(evseId);
    await station.present(`CARD-${evseId}`, evseId);
  }
  await station.charge(60);
  const perTransaction = Map.groupBy(
    csms.payloads('TransactionEvent'),
    ({ transactionInfo }) => transactionInfo.transactionId,
  );
  assert.deepEqual(
    [...perTransaction.values()].map((events) => events.map(({ seqNo }) => seqNo)),
    [
      [0, 1, 2],
      [0, 1, 2],
    ],
  );
});

test('a second Reset while it restarts is the same restart, and a stop ends it for good', async (t) => {
  const { csms, station } = await bootedPair(t, { versions: ['2.1'] });
  await station.plugIn();
  await station.present('CARD-1');
  await csms.call('Reset', { type: 'Immediate' });
  await csms.call('Reset', { type: 'Immediate' });
  await csms.next('BootNotification');
  await station.settled();
  assert.equal(csms.payloads('BootNotification').length, 1);
  const rebooting = station.reboot();
  await station.stop();
  await Promise.race([rebooting, new Promise((resolve) => setTimeout(resolve, 100))]);
  assert.equal(station.isOnline, false);
  assert.equal(csms.payloads('BootNotification').length, 1);
});

test('1.6 an AuthorizationKey is sent as octets, any other password as it is written', async (t) => {
  const key = '00112233445566778899aabbccddeeff00112233';
  const old = await bootedPair(t, { versions: ['1.6'], password: key });
  assert.equal(Buffer.from(old.csms.passwordOf('CS-1') ?? '', 'latin1').toString('hex'), key);
  const young = await bootedPair(t, { versions: ['2.1'], password: key });
  assert.equal(young.csms.passwordOf('CS-1'), key);
});
