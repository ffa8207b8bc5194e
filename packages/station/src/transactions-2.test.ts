import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createFakeClock } from '@busbar/ocpp';
import type { StationOptions } from './station.ts';
import type { Payload, TestCsms } from './testing/csms.ts';
import { bootedPair, letPass } from './testing/pair.ts';

const booted = (
  t: TestContext,
  configuration: Record<string, string> = {},
  options: Partial<StationOptions> = {},
) => bootedPair(t, { versions: ['2.0.1'], configuration, clock: createFakeClock(), ...options });

function events(csms: TestCsms): string[] {
  return csms
    .payloads('TransactionEvent')
    .map(
      ({ eventType, triggerReason, transactionInfo }) =>
        `${eventType} ${triggerReason} ${transactionInfo.chargingState}`,
    );
}

function seqNos(csms: TestCsms): number[] {
  return csms.payloads('TransactionEvent').map(({ seqNo }) => seqNo);
}

function energyOf({ meterValue = [] }: Payload): number[] {
  return meterValue.flatMap(({ sampledValue }: Payload) =>
    sampledValue
      .filter(({ measurand }: Payload) => measurand === 'Energy.Active.Import.Register')
      .map(({ value }: Payload) => value),
  );
}

test('E01.FR.05 E02.FR.01 E06.FR.06 E07.FR.02 charges from plug to unplug, with PowerPathClosed', async (t) => {
  const { csms, station } = await booted(t);
  await station.plugIn();
  assert.deepEqual(events(csms), []);
  assert.equal(await station.present('CARD-1'), 'Accepted');
  await station.charge(150);
  await station.present('CARD-1');
  await station.unplug();
  assert.deepEqual(events(csms), [
    'Started Authorized EVConnected',
    'Updated ChargingStateChanged Charging',
    'Updated MeterValuePeriodic Charging',
    'Updated MeterValuePeriodic Charging',
    'Ended StopAuthorized EVConnected',
  ]);
  assert.deepEqual(seqNos(csms), [0, 1, 2, 3, 4]);
  assert.equal(csms.payloads('Authorize').length, 1, 'C01.FR.03: the same token ends it unasked');
  const [started, updated, , , ended] = csms.payloads('TransactionEvent');
  assert.deepEqual(started.evse, { id: 1, connectorId: 1 });
  assert.deepEqual(started.idToken, { idToken: 'CARD-1', type: 'ISO14443' });
  assert.equal(started.meterValue[0].sampledValue[0].context, 'Transaction.Begin');
  assert.equal(updated.numberOfPhasesUsed, 3, 'E02.FR.18');
  assert.equal(updated.idToken, undefined, 'the token is told once');
  assert.deepEqual(ended.idToken, { idToken: 'CARD-1', type: 'ISO14443' });
  assert.equal(ended.transactionInfo.stoppedReason, 'Local');
  assert.deepEqual(energyOf(ended), [0, 458.333], '11 kW for 150 s');
  assert.deepEqual(
    csms.payloads('StatusNotification').map(({ connectorStatus }) => connectorStatus),
    ['Occupied', 'Available'],
  );
});

test('E01.FR.02 E06.FR.02 a transaction from cable to cable, authorized in the middle', async (t) => {
  const { csms, station } = await booted(t, {
    'TxCtrlr.TxStartPoint': 'EVConnected',
    'TxCtrlr.TxStopPoint': 'EVConnected',
  });
  await station.plugIn();
  await station.present('CARD-1');
  await station.end();
  await station.unplug();
  assert.deepEqual(events(csms), [
    'Started CablePluggedIn EVConnected',
    'Updated Authorized EVConnected',
    'Updated ChargingStateChanged Charging',
    'Updated StopAuthorized EVConnected',
    'Ended EVCommunicationLost Idle',
  ]);
  assert.equal(csms.payloads('TransactionEvent').at(-1).transactionInfo.stoppedReason, 'Local');
});

test('E01.FR.03 E03.FR.01 token first, then the cable, with Authorized', async (t) => {
  const { csms, station } = await booted(t, {
    'TxCtrlr.TxStartPoint': 'Authorized',
    'TxCtrlr.TxStopPoint': 'Authorized',
  });
  await station.present('CARD-1');
  await station.plugIn();
  assert.deepEqual(events(csms), [
    'Started Authorized Idle',
    'Updated CablePluggedIn EVConnected',
    'Updated ChargingStateChanged Charging',
  ]);
  assert.deepEqual(csms.payloads('TransactionEvent')[1].evse, { id: 1, connectorId: 1 }, 'E01.FR.16');
});

test('E03.FR.05 without a cable in time the transaction ends with Timeout', async (t) => {
  const clock = createFakeClock();
  const { csms, station } = await booted(t, { 'TxCtrlr.TxStartPoint': 'Authorized' }, { clock });
  await station.present('CARD-1');
  await letPass(clock, station, 120);
  const ended = csms.payloads('TransactionEvent').at(-1);
  assert.equal(ended.triggerReason, 'EVConnectTimeout');
  assert.equal(ended.transactionInfo.stoppedReason, 'Timeout');
});

test('E01.FR.06 E06.FR.07 a transaction is the energy transfer alone, and ends when the vehicle is full', async (t) => {
  const { csms, station } = await booted(t, {
    'TxCtrlr.TxStartPoint': 'EnergyTransfer',
    'TxCtrlr.TxStopPoint': 'EnergyTransfer',
    'SampledDataCtrlr.TxUpdatedInterval': '0',
  });
  await station.plugIn(1, 1, { socPercent: 99, batteryWh: 10_000 });
  await station.present('CARD-1');
  await station.charge(3_600);
  const [started, ended] = csms.payloads('TransactionEvent');
  assert.deepEqual(events(csms), [
    'Started ChargingStateChanged Charging',
    'Ended ChargingStateChanged EVConnected',
  ]);
  assert.equal(ended.transactionInfo.stoppedReason, 'StoppedByEV');
  const seconds = (Date.parse(ended.timestamp) - Date.parse(started.timestamp)) / 1000;
  assert.ok(seconds > 300 && seconds < 400, `full after ${seconds} s, told as of then`);
});

test('E01.FR.19 a full vehicle is SuspendedEV', async (t) => {
  const { csms, station } = await booted(t);
  await station.plugIn(1, 1, { socPercent: 99, batteryWh: 10_000 });
  await station.present('CARD-1');
  await station.charge(900);
  assert.ok(events(csms).includes('Updated ChargingStateChanged SuspendedEV'));
});

test('E01.FR.08 no transaction id comes twice', async (t) => {
  const { csms, station } = await booted(t);
  for (let round = 0; round < 3; round++) {
    await station.plugIn();
    await station.present('CARD-1');
    await station.unplug();
    await station.reboot();
  }
  const ids = csms
    .payloads('TransactionEvent')
    .filter(({ eventType }) => eventType === 'Started')
    .map(({ transactionInfo }) => transactionInfo.transactionId);
  assert.equal(new Set(ids).size, 3);
});

test('J02.FR.16 J02.FR.17 the register goes on from one transaction to the next', async (t) => {
  const { csms, station } = await booted(
    t,
    {},
    {
      evses: [{ connectors: [{ type: 'sType2' }], maxPowerW: 11_000, meterStartWh: 1_000 }],
    },
  );
  for (let round = 0; round < 2; round++) {
    await station.plugIn();
    await station.present('CARD-1');
    await station.charge(360);
    await station.unplug();
  }
  const ends = csms.payloads('TransactionEvent').filter(({ eventType }) => eventType === 'Ended');
  assert.deepEqual(ends.map(energyOf), [
    [1_000, 2_100],
    [2_100, 3_200],
  ]);
});

test('C01.FR.02 a token that is not accepted starts nothing', async (t) => {
  const { csms, station } = await booted(t);
  csms.on('Authorize', () => ({ idTokenInfo: { status: 'Blocked' } }));
  await station.plugIn();
  assert.equal(await station.present('CARD-1'), 'Blocked');
  assert.deepEqual(events(csms), []);
});

test('C09.FR.03 E07.FR.01 a token of the same group ends what another one started', async (t) => {
  const { csms, station } = await booted(t);
  const groupIdToken = { idToken: 'FLEET', type: 'Central' };
  csms.on('Authorize', () => ({ idTokenInfo: { status: 'Accepted', groupIdToken } }));
  await station.plugIn();
  await station.present('CARD-1');
  await station.present('CARD-2');
  const ended = csms.payloads('TransactionEvent').at(-1);
  assert.equal(ended.eventType, 'Ended');
  assert.deepEqual(ended.idToken, { idToken: 'CARD-2', type: 'ISO14443' });
});

test('C01.FR.23 a strange token does not end it', async (t) => {
  const { csms, station } = await booted(t);
  await station.plugIn();
  await station.present('CARD-1');
  assert.equal(await station.present('CARD-2'), 'NotAtThisTime');
  assert.equal(csms.payloads('TransactionEvent').at(-1).eventType, 'Updated');
});

test('E05.FR.10 a token that the answer refuses ends the transaction', async (t) => {
  const { csms, station } = await booted(t);
  csms.on('TransactionEvent', ({ idToken }) => (idToken ? { idTokenInfo: { status: 'Expired' } } : {}));
  await station.plugIn();
  await station.present('CARD-1');
  const ended = csms.payloads('TransactionEvent').at(-1);
  assert.equal(ended.triggerReason, 'Deauthorized');
  assert.equal(ended.transactionInfo.stoppedReason, 'DeAuthorized');
});

test('E05.FR.02 with StopTxOnInvalidId false the energy stops and the transaction goes on', async (t) => {
  const { csms, station } = await booted(t, { 'TxCtrlr.StopTxOnInvalidId': 'false' });
  csms.on('TransactionEvent', ({ idToken }) => (idToken ? { idTokenInfo: { status: 'Invalid' } } : {}));
  await station.plugIn();
  await station.present('CARD-1');
  assert.equal(events(csms).at(-1), 'Updated Deauthorized SuspendedEVSE');
  const before = station.evses[0]?.registerMilliwattHours;
  await station.charge(60);
  assert.equal(station.evses[0]?.registerMilliwattHours, before);
});

test('E06.FR.16 a fault ends the transaction with AbnormalCondition', async (t) => {
  const { csms, station } = await booted(t);
  await station.plugIn();
  await station.present('CARD-1');
  await station.fault('GroundFailure');
  assert.equal(csms.payloads('TransactionEvent').at(-1).triggerReason, 'AbnormalCondition');
  assert.equal(csms.payloads('StatusNotification').at(-1).connectorStatus, 'Faulted');
  await station.clear();
  assert.equal(csms.payloads('StatusNotification').at(-1).connectorStatus, 'Occupied');
});

test('J01.FR.06 clock-aligned readings come with or without a transaction', async (t) => {
  const clock = createFakeClock(Date.UTC(2026, 0, 1, 12, 7));
  const { csms, station } = await booted(t, { 'AlignedDataCtrlr.Interval': '900' }, { clock });
  await letPass(clock, station, 8 * 60);
  assert.equal(csms.payloads('MeterValues')[0]?.meterValue[0].timestamp, '2026-01-01T12:15:00.000Z');
  assert.equal(csms.payloads('MeterValues')[0]?.meterValue[0].sampledValue[0].context, 'Sample.Clock');
  await station.plugIn();
  await station.present('CARD-1');
  await letPass(clock, station, 15 * 60);
  const clocked = csms
    .payloads('TransactionEvent')
    .filter(({ triggerReason }) => triggerReason === 'MeterValueClock');
  assert.equal(clocked[0]?.timestamp, '2026-01-01T12:30:00.000Z');
});
