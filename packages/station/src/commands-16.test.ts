import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { CallFailed } from '@busbar/ocpp';
import type { Payload } from './testing/csms.ts';
import { bootedPair } from './testing/pair.ts';

const evses = [1, 2].map(() => ({ connectors: [{ type: 'sType2' }], maxPowerW: 22_000 }));
const booted = (t: TestContext) => bootedPair(t, { versions: ['1.6'], evses });

test('1.6 starts and stops remotely', async (t) => {
  const { csms, station } = await booted(t);
  await station.plugIn(2);
  const start = await csms.call('RemoteStartTransaction', { idTag: 'CARD-1', connectorId: 2 });
  assert.deepEqual(start, { status: 'Accepted' });
  assert.equal((await csms.next('StartTransaction')).connectorId, 2);
  await station.settled();
  assert.deepEqual(await csms.call('RemoteStopTransaction', { transactionId: 99 }), { status: 'Rejected' });
  assert.deepEqual(await csms.call('RemoteStopTransaction', { transactionId: 1 }), { status: 'Accepted' });
  assert.equal((await csms.next('StopTransaction')).reason, 'Remote');
  await station.settled();
});

for (const [type, reason] of [
  ['Hard', 'HardReset'],
  ['Soft', 'SoftReset'],
]) {
  test(`1.6 Reset ${type} ends transactions with ${reason} and boots again`, async (t) => {
    const { csms, station } = await booted(t);
    await station.plugIn();
    await station.present('CARD-1');
    assert.deepEqual(await csms.call('Reset', { type }), { status: 'Accepted' });
    assert.equal((await csms.next('StopTransaction')).reason, reason);
    await csms.next('BootNotification');
    await station.settled();
  });
}

test('1.6 takes a connector and the whole station out of service, and keeps that through a reboot', async (t) => {
  const { csms, station } = await booted(t);
  const change = (connectorId: number, type: string) =>
    csms.call('ChangeAvailability', { connectorId, type });
  const told = () =>
    csms.payloads('StatusNotification').map(({ connectorId, status }) => `${connectorId} ${status}`);
  assert.deepEqual(await change(1, 'Inoperative'), { status: 'Accepted' });
  assert.deepEqual(await change(0, 'Inoperative'), { status: 'Accepted' });
  await station.settled();
  assert.deepEqual(told(), ['1 Unavailable', '0 Unavailable', '2 Unavailable']);
  csms.forget();
  await station.reboot();
  assert.deepEqual(told(), ['0 Unavailable', '1 Unavailable', '2 Unavailable']);
  csms.forget();
  await change(0, 'Operative');
  await station.settled();
  assert.deepEqual(told(), ['0 Available', '2 Available'], 'connector 1 was taken out on its own');
  assert.deepEqual(await change(7, 'Operative'), { status: 'Rejected' });
});

test('1.6 unlocking stops the transaction with UnlockCommand', async (t) => {
  const { csms, station } = await booted(t);
  await station.plugIn();
  await station.present('CARD-1');
  assert.deepEqual(await csms.call('UnlockConnector', { connectorId: 1 }), { status: 'Unlocked' });
  assert.equal((await csms.next('StopTransaction')).reason, 'UnlockCommand');
  await station.settled();
  assert.deepEqual(await csms.call('UnlockConnector', { connectorId: 7 }), { status: 'NotSupported' });
});

test('1.6 gives and takes its configuration', async (t) => {
  const { csms, station } = await booted(t);
  const { configurationKey: all }: Payload = await csms.call('GetConfiguration', {});
  const keys = new Map<string, Payload>(all.map((entry: Payload) => [entry.key, entry]));
  assert.deepEqual(keys.get('NumberOfConnectors'), { key: 'NumberOfConnectors', readonly: true, value: '2' });
  assert.deepEqual(
    keys.get('AuthorizationKey'),
    { key: 'AuthorizationKey', readonly: false },
    'it is never told',
  );
  const some = await csms.call('GetConfiguration', { key: ['HeartbeatInterval', 'Toast'] });
  assert.deepEqual(some, {
    configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }],
    unknownKey: ['Toast'],
  });
  const change = (key: string, value: string) => csms.call('ChangeConfiguration', { key, value });
  assert.deepEqual(await change('MeterValueSampleInterval', '10'), { status: 'Accepted' });
  assert.deepEqual(await change('MeterValueSampleInterval', 'often'), { status: 'Rejected' });
  assert.deepEqual(await change('NumberOfConnectors', '3'), { status: 'Rejected' });
  assert.deepEqual(await change('WebSocketPingInterval', '5'), { status: 'RebootRequired' });
  assert.deepEqual(await change('Toast', '1'), { status: 'NotSupported' });
  await station.plugIn();
  await station.present('CARD-1');
  await station.charge(30);
  assert.equal(csms.payloads('MeterValues').length, 3);
});

test('1.6 sends what is triggered, for one connector or all', async (t) => {
  const { csms, station } = await booted(t);
  const trigger = (requestedMessage: string, more = {}) =>
    csms.call('TriggerMessage', { requestedMessage, ...more });
  assert.deepEqual(await trigger('StatusNotification'), { status: 'Accepted' });
  await csms.next('StatusNotification', ({ connectorId }) => connectorId === 2);
  await station.settled();
  assert.deepEqual(
    csms.payloads('StatusNotification').map(({ connectorId }) => connectorId),
    [0, 1, 2],
  );
  assert.deepEqual(await trigger('MeterValues', { connectorId: 2 }), { status: 'Accepted' });
  assert.equal((await csms.next('MeterValues')).connectorId, 2);
  assert.deepEqual(await trigger('MeterValues', { connectorId: 9 }), { status: 'Rejected' });
  assert.deepEqual(await trigger('DiagnosticsStatusNotification'), { status: 'Accepted' });
  await csms.next('DiagnosticsStatusNotification');
  assert.deepEqual(await trigger('BootNotification'), { status: 'Rejected' });
  await station.settled();
});

test('1.6 knows no vendor, clears its cache, and says what it does not do', async (t) => {
  const { csms } = await booted(t);
  assert.deepEqual(await csms.call('DataTransfer', { vendorId: 'org.example' }), {
    status: 'UnknownVendorId',
  });
  assert.deepEqual(await csms.call('ClearCache', {}), { status: 'Accepted' });
  await assert.rejects(
    csms.call('GetDiagnostics', { location: 'ftp://example.com' }),
    (error) => error instanceof CallFailed && error.code === 'NotSupported',
  );
});

test('1.6 connects again with the AuthorizationKey that it was given, as raw bytes', async (t) => {
  const { csms, station } = await booted(t);
  const key = '00ff10203040506070809a0b0c0d0e0f10111213';
  assert.deepEqual(await csms.call('ChangeConfiguration', { key: 'AuthorizationKey', value: key }), {
    status: 'Accepted',
  });
  await csms.reconnected('CS-1');
  await station.setOnline(true);
  assert.equal(Buffer.from(csms.passwordOf('CS-1') ?? '', 'latin1').toString('hex'), key);
  await station.settled();
});
