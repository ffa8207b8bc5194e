import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeStation, say } from '../../testing/station.ts';
import { triggerMessage } from './trigger-message.ts';

test('F06.FR.01 names the message that is wanted, F06.FR.02 where it matters with its EVSE', () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    const station = makeStation(version);
    const said = say(station, triggerMessage, { message: 'MeterValues', evseId: 1 });
    assert.deepEqual(said.requests, [{ requestedMessage: 'MeterValues', evse: { id: 1 } }]);
    assert.deepEqual(said.solicits, [['MeterValues', 'once']]);
    assert.deepEqual(say(station, triggerMessage, { message: 'Heartbeat' }).requests, [
      { requestedMessage: 'Heartbeat' },
    ]);
  }
});

test('F06.FR.13 StatusNotification is asked for by connector', () => {
  const status = { message: 'StatusNotification', evseId: 1 };
  for (const version of ['2.0.1', '2.1'] as const) {
    assert.throws(() => say(makeStation(version), triggerMessage, status), { code: 'invalid-request' });
    assert.deepEqual(say(makeStation(version), triggerMessage, { ...status, connectorId: 2 }).requests, [
      { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 2 } },
    ]);
  }
  assert.deepEqual(say(makeStation('1.6'), triggerMessage, status).requests, [
    { requestedMessage: 'StatusNotification', connectorId: 1 },
  ]);
});

test('F06.FR.20 2.1 can ask for what a vendor has', () => {
  const said = say(makeStation('2.1'), triggerMessage, { message: 'CustomTrigger', customTrigger: 'Dance' });
  assert.deepEqual(said.requests, [{ requestedMessage: 'CustomTrigger', customTrigger: 'Dance' }]);
  assert.deepEqual(said.solicits, []);
});

test('1.6 says some messages through the message of its security whitepaper', () => {
  const plain = say(makeStation('1.6'), triggerMessage, { message: 'BootNotification' });
  assert.deepEqual(
    [plain.action, plain.requests],
    ['TriggerMessage', [{ requestedMessage: 'BootNotification' }]],
  );
  const security = say(makeStation('1.6'), triggerMessage, { message: 'SignChargingStationCertificate' });
  assert.equal(security.action, 'ExtendedTriggerMessage');
  assert.deepEqual(security.requests, [{ requestedMessage: 'SignChargePointCertificate' }]);
  assert.deepEqual(security.solicits, [['SignCertificate', 'once']]);
  assert.deepEqual(security.answered({ status: 'NotImplemented' }), {
    accepted: false,
    status: 'NotImplemented',
  });
});

for (const [version, message] of [
  ['1.6', 'TransactionEvent'],
  ['2.0.1', 'CustomTrigger'],
  ['2.1', 'DiagnosticsStatusNotification'],
] as const) {
  test(`${version} has no words to ask for ${message}`, () => {
    assert.throws(() => say(makeStation(version), triggerMessage, { message }), {
      code: 'unsupported-by-version',
      detail: `In OCPP ${version} a station cannot be asked for ${message}.`,
    });
  });
}
