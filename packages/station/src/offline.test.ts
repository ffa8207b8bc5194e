import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock, OcppError } from '@busbar/ocpp';
import { refuseFirst } from './testing/csms.ts';
import { bootedPair, letPass } from './testing/pair.ts';

const versions = ['2.1'] as const;

test('E04.FR.01 E04.FR.02 E04.FR.03 what happens offline is told afterwards, in order, as of then', async (t) => {
  const { csms, station } = await bootedPair(t, {
    versions,
    clock: createFakeClock(),
    configuration: { 'AuthCtrlr.OfflineTxForUnknownIdEnabled': 'true' },
  });
  await station.setOnline(false);
  await station.plugIn();
  await station.present('CARD-1');
  await station.charge(120);
  await station.unplug();
  assert.equal(csms.received.length, 0);
  await station.setOnline(true);
  const events = csms.payloads('TransactionEvent');
  assert.deepEqual(
    events.map(({ seqNo, offline }) => [seqNo, offline]),
    [0, 1, 2, 3, 4].map((seqNo) => [seqNo, true]),
  );
  assert.equal(Date.parse(events[4].timestamp) - Date.parse(events[0].timestamp), 120_000);
});

test('E12.FR.02 only what happened offline is marked so', async (t) => {
  const { csms, station } = await bootedPair(t, { versions, clock: createFakeClock() });
  await station.plugIn();
  await station.present('CARD-1');
  await station.setOnline(false);
  await station.charge(60);
  await station.setOnline(true);
  await station.unplug();
  assert.deepEqual(
    csms.payloads('TransactionEvent').map(({ offline = false }) => offline),
    [false, false, true, false],
  );
});

test('B04.FR.01 after a long time offline every status is told again, after a short one what changed', async (t) => {
  const clock = createFakeClock();
  const evses = [1, 2].map(() => ({ connectors: [{ type: 'sType2' }], maxPowerW: 22_000 }));
  const { csms, station } = await bootedPair(t, { versions, clock, evses });
  const told = () => csms.payloads('StatusNotification').map(({ evseId }) => evseId);
  await station.setOnline(false);
  await station.plugIn(2);
  clock.advance(30_000);
  await station.setOnline(true);
  assert.deepEqual(told(), [2], 'B04.FR.02');
  csms.forget();
  await station.setOnline(false);
  clock.advance(61_000);
  await station.setOnline(true);
  assert.deepEqual(told(), [1, 2]);
});

test('C12.FR.02 offline, a token that the CSMS knew may charge, and an unknown one may not', async (t) => {
  const { station } = await bootedPair(t, { versions });
  await station.present('CARD-1');
  await station.present('CARD-1');
  await station.setOnline(false);
  await station.plugIn();
  assert.equal(await station.present('CARD-2'), 'Unknown');
  assert.equal(await station.present('CARD-1'), 'Accepted');
});

test('C10.FR.01 with LocalPreAuthorize a known token starts unasked', async (t) => {
  const { csms, station } = await bootedPair(t, {
    versions,
    configuration: { 'AuthCtrlr.LocalPreAuthorize': 'true' },
  });
  await station.plugIn();
  for (let round = 0; round < 2; round++) {
    await station.present('CARD-1');
    await station.present('CARD-1');
  }
  assert.equal(csms.payloads('Authorize').length, 1);
});

test('E13.FR.02 E13.FR.03 a message that fails is sent again, each time after a longer wait', async (t) => {
  const clock = createFakeClock();
  const { csms, station } = await bootedPair(t, {
    versions,
    clock,
    configuration: { 'TxCtrlr.TxStartPoint': 'EVConnected' },
  });
  csms.on(
    'TransactionEvent',
    refuseFirst(2, () => ({})),
  );
  const sent = () => csms.payloads('TransactionEvent').length;
  await station.plugIn();
  assert.equal(sent(), 1);
  await letPass(clock, station, 29);
  assert.equal(sent(), 1);
  await letPass(clock, station, 1);
  assert.equal(sent(), 2);
  await letPass(clock, station, 59);
  assert.equal(sent(), 2);
  await letPass(clock, station, 1);
  assert.equal(station.messagesWaiting, 0);
  const [first, second, third] = csms.payloads('TransactionEvent');
  assert.deepEqual(second, first, 'the same fact');
  assert.deepEqual(third, first);
});

test('E13.FR.04 after the last attempt the message is discarded and the next one goes on', async (t) => {
  const clock = createFakeClock();
  const { csms, station } = await bootedPair(t, {
    versions,
    clock,
    configuration: {
      'TxCtrlr.TxStartPoint': 'EVConnected',
      'OCPPCommCtrlr.MessageAttempts[TransactionEvent]': '2',
      'OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]': '1',
    },
  });
  csms.on('TransactionEvent', ({ eventType }) => {
    if (eventType === 'Started') throw new OcppError('InternalError', 'never');
    return {};
  });
  await station.plugIn();
  await station.present('CARD-1');
  await letPass(clock, station, 2);
  assert.equal(station.messagesWaiting, 0);
  assert.deepEqual(
    csms.payloads('TransactionEvent').map(({ seqNo }) => seqNo),
    [0, 0, 1, 2],
  );
});

test('a connection that breaks in the middle of a message is no failed attempt', async (t) => {
  const { csms, station } = await bootedPair(t, {
    versions,
    configuration: {
      'TxCtrlr.TxStartPoint': 'EVConnected',
      'OCPPCommCtrlr.MessageAttempts[TransactionEvent]': '1',
      'OCPPCommCtrlr.RetryBackOffWaitMinimum': '0',
      'OCPPCommCtrlr.RetryBackOffRandomRange': '0',
    },
  });
  let isFirst = true;
  csms.on('TransactionEvent', () => {
    if (isFirst) {
      isFirst = false;
      csms.cut();
    }
    return {};
  });
  await station.plugIn();
  await csms.next('TransactionEvent');
  await csms.next('TransactionEvent');
  await station.settled();
  assert.equal(station.messagesWaiting, 0);
});

test('power lost in the middle: the transaction has ended when it is back', async (t) => {
  const { csms, station } = await bootedPair(t, { versions });
  await station.plugIn();
  await station.present('CARD-1');
  await station.losePower();
  const ended = csms.payloads('TransactionEvent').at(-1);
  assert.equal(ended.eventType, 'Ended');
  assert.equal(ended.transactionInfo.stoppedReason, 'PowerLoss');
  assert.equal(csms.payloads('BootNotification')[0].reason, 'PowerUp');
});

test('power lost in the middle: the transaction is resumed when it is back', async (t) => {
  const { csms, station } = await bootedPair(t, { versions, clock: createFakeClock() });
  await station.plugIn();
  await station.present('CARD-1');
  await station.losePower({ transactions: 'resume' });
  await station.charge(36);
  await station.unplug();
  const events = csms.payloads('TransactionEvent');
  assert.deepEqual(
    events.map(({ triggerReason }) => triggerReason),
    ['Authorized', 'ChargingStateChanged', 'TxResumed', 'EVCommunicationLost'],
  );
  assert.equal(events.at(-1).meterValue.at(-1).sampledValue[0].value, 110);
  assert.equal(new Set(events.map(({ transactionInfo }) => transactionInfo.transactionId)).size, 1);
});
