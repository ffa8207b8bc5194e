import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createFakeClock } from '@busbar/ocpp';
import type { TestCsms } from './testing/csms.ts';
import { bootedPair, letPass } from './testing/pair.ts';

const booted = (t: TestContext, configuration: Record<string, string> = {}, clock = createFakeClock()) =>
  bootedPair(t, { versions: ['1.6'], configuration, clock });

function said(csms: TestCsms): string[] {
  return csms.received.map(({ action, payload }) =>
    action === 'StatusNotification' ? payload.status : action.replace('Transaction', ''),
  );
}

test('1.6 charges from plug to unplug: Preparing, Charging, Finishing, Available', async (t) => {
  const { csms, station } = await booted(t);
  await station.plugIn();
  await station.present('CARD-1');
  await station.charge(150);
  await station.present('CARD-1');
  await station.unplug();
  assert.deepEqual(said(csms), [
    'Preparing',
    'Authorize',
    'Start',
    'Charging',
    'MeterValues',
    'MeterValues',
    'Stop',
    'Finishing',
    'Available',
  ]);
  const [start] = csms.payloads('StartTransaction');
  assert.equal(start.connectorId, 1);
  assert.equal(start.idTag, 'CARD-1');
  assert.equal(start.meterStart, 0);
  const readings = csms.payloads('MeterValues');
  assert.deepEqual(
    readings.map(({ transactionId }) => transactionId),
    [1, 1],
  );
  assert.equal(readings[0].meterValue[0].sampledValue[0].value, '183', 'whole watt-hours, as text');
  const [stop] = csms.payloads('StopTransaction');
  assert.equal(stop.transactionId, 1);
  assert.equal(stop.meterStop, 458);
  assert.equal(stop.reason, 'Local');
  assert.deepEqual(
    stop.transactionData.map(
      ({ sampledValue }: { sampledValue: { context: string }[] }) => sampledValue[0]?.context,
    ),
    ['Transaction.Begin', 'Transaction.End'],
  );
});

test('1.6 token first, then the cable; without a cable in time it is Available again', async (t) => {
  const clock = createFakeClock();
  const { csms, station } = await booted(t, {}, clock);
  await station.present('CARD-1');
  await letPass(clock, station, 120);
  assert.deepEqual(said(csms), ['Authorize', 'Preparing', 'Available']);
  await station.present('CARD-1');
  await station.plugIn();
  assert.equal(csms.payloads('StartTransaction').length, 1);
});

test('1.6 an idTag that StartTransaction refuses stops it with DeAuthorized', async (t) => {
  const { csms, station } = await booted(t);
  csms.on('StartTransaction', () => ({ transactionId: 5, idTagInfo: { status: 'Invalid' } }));
  await station.plugIn();
  await station.present('CARD-1');
  const [stop] = csms.payloads('StopTransaction');
  assert.equal(stop.transactionId, 5);
  assert.equal(stop.reason, 'DeAuthorized');
});

test('1.6 with StopTransactionOnInvalidId false the energy stops and the transaction goes on', async (t) => {
  const { csms, station } = await booted(t, { 'TxCtrlr.StopTxOnInvalidId': 'false' });
  csms.on('StartTransaction', () => ({ transactionId: 5, idTagInfo: { status: 'Blocked' } }));
  await station.plugIn();
  await station.present('CARD-1');
  assert.equal(said(csms).at(-1), 'SuspendedEVSE');
  assert.deepEqual(csms.payloads('StopTransaction'), []);
});

test('1.6 a fault is told with its code and ends the transaction', async (t) => {
  const { csms, station } = await booted(t);
  await station.plugIn();
  await station.present('CARD-1');
  await station.fault('GroundFailure');
  const status = csms.payloads('StatusNotification').at(-1);
  assert.equal(status.status, 'Faulted');
  assert.equal(status.errorCode, 'GroundFailure');
  assert.equal(csms.payloads('StopTransaction')[0].reason, 'Other');
});

test('1.6 a transaction that began offline gets its number on replay, and what follows uses it', async (t) => {
  const { csms, station } = await booted(t, { 'AuthCtrlr.OfflineTxForUnknownIdEnabled': 'true' });
  await station.setOnline(false);
  await station.plugIn();
  assert.equal(await station.present('CARD-1'), 'Accepted');
  await station.charge(130);
  await station.present('CARD-1');
  assert.equal(station.messagesWaiting, 4 + 1, 'start, state, two readings, stop');
  csms.on('StartTransaction', () => ({ transactionId: 77, idTagInfo: { status: 'Accepted' } }));
  await station.setOnline(true);
  assert.equal(station.messagesWaiting, 0);
  const facts = csms.received.filter(({ action }) => /Transaction|MeterValues/.test(action));
  assert.deepEqual(
    facts.map(({ action, payload }) => [action, payload.transactionId]),
    [
      ['StartTransaction', undefined],
      ['MeterValues', 77],
      ['MeterValues', 77],
      ['StopTransaction', 77],
    ],
  );
  const startedAt = Date.parse(facts[0]?.payload.timestamp);
  assert.equal(
    Date.parse(facts[3]?.payload.timestamp) - startedAt,
    130_000,
    'the times are those of the facts',
  );
});

test('1.6 a start that is given up leaves a stop with -1', async (t) => {
  const clock = createFakeClock();
  const { csms, station } = await booted(
    t,
    { 'OCPPCommCtrlr.MessageAttempts[TransactionEvent]': '1' },
    clock,
  );
  csms.on('StartTransaction', () => {
    throw new Error('broken');
  });
  await station.plugIn();
  await station.present('CARD-1');
  await station.present('CARD-1');
  assert.equal(csms.payloads('StopTransaction')[0].transactionId, -1);
  csms.complaints.length = 0;
});
