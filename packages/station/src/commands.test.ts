import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallFailed } from '@busbar/ocpp';
import type { Payload } from './testing/csms.ts';
import { bootedPair } from './testing/pair.ts';

const two = ['2.0.1', '2.1'] as const;
const idToken = { idToken: 'CARD-1', type: 'ISO14443' };

for (const version of two) {
  const versions = [version];

  test(`F02.FR.01 F02.FR.21 starts remotely before the cable, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    assert.deepEqual(await csms.call('RequestStartTransaction', { idToken, remoteStartId: 9 }), {
      status: 'Accepted',
    });
    await csms.next('Authorize');
    await station.settled();
    await station.plugIn();
    const [started] = csms.payloads('TransactionEvent');
    assert.equal(started.triggerReason, 'RemoteStart');
    assert.equal(started.transactionInfo.remoteStartId, 9);
    assert.deepEqual(started.idToken, idToken);
  });

  test(`F01.FR.13 F01.FR.25 names the transaction that had begun with the cable, in ${version}`, async (t) => {
    const configuration = {
      'TxCtrlr.TxStartPoint': 'EVConnected',
      'AuthCtrlr.AuthorizeRemoteStart': 'false',
    };
    const { csms, station } = await bootedPair(t, { versions, configuration });
    await station.plugIn();
    const { transactionId } = csms.payloads('TransactionEvent')[0].transactionInfo;
    const answer = await csms.call('RequestStartTransaction', { idToken, remoteStartId: 9, evseId: 1 });
    assert.deepEqual(answer, { status: 'Accepted', transactionId });
    const next = await csms.next('TransactionEvent', ({ seqNo }) => seqNo === 1);
    assert.equal(next.transactionInfo.remoteStartId, 9);
    assert.deepEqual(csms.payloads('Authorize'), [], 'F01.FR.02');
    await station.settled();
  });

  test(`F01.FR.23 F01.FR.24 refuses to start where it cannot, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    const start = () => csms.call('RequestStartTransaction', { idToken, remoteStartId: 9, evseId: 1 });
    await station.plugIn();
    await station.present('CARD-1');
    assert.deepEqual(await start(), { status: 'Rejected' });
    await station.unplug();
    await station.fault();
    assert.deepEqual(await start(), { status: 'Rejected' });
  });

  test(`F03.FR.03 F03.FR.07 F03.FR.08 stops remotely what goes on, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    assert.deepEqual(await csms.call('RequestStopTransaction', { transactionId: 'none' }), {
      status: 'Rejected',
    });
    await station.plugIn();
    await station.present('CARD-1');
    const transactionId = station.evses[0]?.transaction?.id;
    assert.deepEqual(await csms.call('RequestStopTransaction', { transactionId }), { status: 'Accepted' });
    const ended = await csms.next('TransactionEvent', ({ eventType }) => eventType === 'Ended');
    assert.equal(ended.triggerReason, 'RemoteStop');
    assert.equal(ended.transactionInfo.stoppedReason, 'Remote');
    assert.equal(ended.idToken, undefined);
    await station.settled();
  });

  test(`B12.FR.02 B12.FR.04 B11.FR.04 resets at once, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    await station.plugIn();
    await station.present('CARD-1');
    assert.deepEqual(await csms.call('Reset', { type: 'Immediate' }), { status: 'Accepted' });
    const ended = await csms.next('TransactionEvent', ({ eventType }) => eventType === 'Ended');
    assert.equal(ended.triggerReason, 'ResetCommand');
    assert.equal(ended.transactionInfo.stoppedReason, 'ImmediateReset');
    assert.equal((await csms.next('BootNotification')).reason, 'RemoteReset');
    await station.settled();
  });

  test(`B12.FR.01 B12.FR.03 resets when the last transaction has ended, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    await station.plugIn();
    await station.present('CARD-1');
    assert.deepEqual(await csms.call('Reset', { type: 'OnIdle' }), { status: 'Scheduled' });
    await station.present('CARD-1');
    assert.equal((await csms.next('BootNotification')).reason, 'ScheduledReset');
    await station.settled();
  });

  test(`B11.FR.09 an EVSE alone cannot be reset, in ${version}`, async (t) => {
    const { csms } = await bootedPair(t, { versions });
    const answer: Payload = await csms.call('Reset', { type: 'Immediate', evseId: 1 });
    assert.equal(answer.status, 'Rejected');
  });

  test(`G03.FR.03 G03.FR.05 G03.FR.08 availability waits for the transaction and survives a reboot, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    const change = (operationalStatus: string, evse = { id: 1 }) =>
      csms.call('ChangeAvailability', { operationalStatus, evse });
    assert.deepEqual(await change('Operative'), { status: 'Accepted' });
    assert.deepEqual(await change('Operative', { id: 9 }), { status: 'Rejected' });
    await station.plugIn();
    await station.present('CARD-1');
    assert.deepEqual(await change('Inoperative'), { status: 'Scheduled' });
    await station.unplug();
    const told = () => csms.payloads('StatusNotification').at(-1).connectorStatus;
    assert.equal(told(), 'Unavailable');
    await station.reboot();
    assert.equal(told(), 'Unavailable', 'B01.FR.07');
    assert.equal(await station.present('CARD-1'), 'NotAtThisTime');
    assert.deepEqual(await change('Operative'), { status: 'Accepted' });
    await station.settled();
    assert.equal(told(), 'Available', 'G03.FR.07');
  });

  test(`F05.FR.02 F05.FR.03 F05.FR.04 unlocks unless somebody charges, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    const unlock = (connectorId: number) => csms.call('UnlockConnector', { evseId: 1, connectorId });
    assert.deepEqual(await unlock(1), { status: 'Unlocked' });
    assert.deepEqual(await unlock(2), { status: 'UnknownConnector' });
    await station.plugIn();
    await station.present('CARD-1');
    assert.deepEqual(await unlock(1), { status: 'OngoingAuthorizedTransaction' });
  });

  test(`F06.FR.04 to F06.FR.16 sends what is triggered, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    const trigger = async (requestedMessage: string, evse?: object) =>
      ((await csms.call('TriggerMessage', { requestedMessage, ...(evse && { evse }) })) as { status: string })
        .status;
    assert.equal(await trigger('Heartbeat'), 'Accepted');
    await csms.next('Heartbeat');
    assert.equal(await trigger('StatusNotification'), 'Rejected', 'F06.FR.12');
    assert.equal(await trigger('StatusNotification', { id: 1, connectorId: 1 }), 'Accepted');
    await csms.next('StatusNotification');
    assert.equal(await trigger('MeterValues'), 'Accepted');
    assert.equal((await csms.next('MeterValues')).meterValue[0].sampledValue[0].context, 'Trigger');
    assert.equal(await trigger('TransactionEvent'), 'Rejected', 'there is no transaction');
    assert.equal(await trigger('FirmwareStatusNotification'), 'Accepted');
    assert.equal((await csms.next('FirmwareStatusNotification')).status, 'Idle');
    assert.equal(await trigger('LogStatusNotification'), 'Accepted');
    assert.equal((await csms.next('LogStatusNotification')).status, 'Idle');
    assert.equal(await trigger('SignV2GCertificate'), 'NotImplemented', 'F06.FR.08');
    await station.plugIn();
    await station.present('CARD-1');
    assert.equal(await trigger('TransactionEvent'), 'Accepted');
    const event = await csms.next('TransactionEvent', ({ triggerReason }) => triggerReason === 'Trigger');
    assert.equal(event.transactionInfo.chargingState, 'Charging', 'F06.FR.07');
    await station.settled();
  });

  test(`B06.FR.01 to B06.FR.11 gives variables, in ${version}`, async (t) => {
    const { csms } = await bootedPair(t, { versions });
    const ask = (component: object, variable: string, attributeType?: string) => ({
      component,
      variable: { name: variable },
      ...(attributeType && { attributeType }),
    });
    const { getVariableResult: results }: Payload = await csms.call('GetVariables', {
      getVariableData: [
        ask({ name: 'TxCtrlr' }, 'EVConnectionTimeOut'),
        ask({ name: 'Connector', evse: { id: 1, connectorId: 1 } }, 'AvailabilityState', 'Actual'),
        ask({ name: 'Toaster' }, 'Interval'),
        ask({ name: 'TxCtrlr' }, 'Toast'),
        ask({ name: 'TxCtrlr' }, 'EVConnectionTimeOut', 'Target'),
        ask({ name: 'SecurityCtrlr' }, 'BasicAuthPassword'),
      ],
    });
    assert.deepEqual(
      results.map(({ attributeStatus, attributeValue }: Payload) => [attributeStatus, attributeValue]),
      [
        ['Accepted', '120'],
        ['Accepted', 'Available'],
        ['UnknownComponent', undefined],
        ['UnknownVariable', undefined],
        ['NotSupportedAttributeType', undefined],
        ['Rejected', undefined],
      ],
    );
    assert.equal(results[0].attributeType, 'Actual', 'B06.FR.11');
  });

  test(`B05.FR.01 to B05.FR.12 sets variables, and they have their effect, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    const set = async (path: string, attributeValue: string) => {
      const [component, variable] = path.split('.');
      const answer: Payload = await csms.call('SetVariables', {
        setVariableData: [{ component: { name: component }, variable: { name: variable }, attributeValue }],
      });
      return answer.setVariableResult[0].attributeStatus;
    };
    assert.equal(await set('TxCtrlr.TxStartPoint', 'EVConnected'), 'Accepted');
    assert.equal(await set('TxCtrlr.TxStartPoint', 'Moonrise'), 'Rejected');
    assert.equal(await set('AuthCtrlr.Enabled', 'false'), 'Rejected', 'B05.FR.09: it is ReadOnly');
    assert.equal(await set('OCPPCommCtrlr.NetworkConfigurationPriority', '1'), 'RebootRequired');
    await station.plugIn();
    assert.equal(csms.payloads('TransactionEvent')[0].triggerReason, 'CablePluggedIn');
  });

  test(`B07.FR.01 B07.FR.04 B07.FR.08 B07.FR.10 reports its device model in parts, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions, deviceModelSize: 300 });
    const answer = await csms.call('GetBaseReport', { requestId: 42, reportBase: 'FullInventory' });
    assert.deepEqual(answer, { status: 'Accepted' });
    await csms.next('NotifyReport', ({ tbc }) => !tbc);
    await station.settled();
    const parts = csms.payloads('NotifyReport');
    assert.equal(parts.flatMap(({ reportData }) => reportData).length, 300);
    assert.deepEqual(
      parts.map(({ seqNo, requestId, tbc }) => [seqNo, requestId, tbc]),
      parts.map((_, index) => [index, 42, index < parts.length - 1]),
    );
  });

  test(`B07.FR.07 a ConfigurationInventory has what can be set, in ${version}`, async (t) => {
    const { csms } = await bootedPair(t, { versions });
    await csms.call('GetBaseReport', { requestId: 1, reportBase: 'ConfigurationInventory' });
    await csms.next('NotifyReport', ({ tbc }) => !tbc);
    const mutabilities = csms
      .payloads('NotifyReport')
      .flatMap(({ reportData }) =>
        reportData.map(({ variableAttribute }: Payload) => variableAttribute[0].mutability),
      );
    assert.deepEqual([...new Set(mutabilities)].toSorted(), ['ReadWrite', 'WriteOnly']);
  });

  test(`E14.FR.01 to E14.FR.08 tells the state of transactions, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    const ask = (transactionId?: string) =>
      csms.call('GetTransactionStatus', transactionId ? { transactionId } : {});
    assert.deepEqual(await ask(), { messagesInQueue: false });
    assert.deepEqual(await ask('none'), { ongoingIndicator: false, messagesInQueue: false });
    await station.plugIn();
    await station.present('CARD-1');
    const id = station.evses[0]?.transaction?.id;
    assert.deepEqual(await ask(id), { ongoingIndicator: true, messagesInQueue: false });
    await station.unplug();
    assert.deepEqual(await ask(id), { ongoingIndicator: false, messagesInQueue: false });
  });

  test(`P01.FR.05 C11.FR.01 knows no vendor, clears its cache, and says what it does not do, in ${version}`, async (t) => {
    const { csms } = await bootedPair(t, { versions });
    assert.deepEqual(await csms.call('DataTransfer', { vendorId: 'org.example' }), {
      status: 'UnknownVendorId',
    });
    assert.deepEqual(await csms.call('ClearCache', {}), { status: 'Accepted' });
    await assert.rejects(
      csms.call('GetLocalListVersion', {}),
      (error) => error instanceof CallFailed && error.code === 'NotSupported',
    );
  });

  test(`A01.FR.04 connects again with the password that it was given, in ${version}`, async (t) => {
    const { csms, station } = await bootedPair(t, { versions });
    const answer: Payload = await csms.call('SetVariables', {
      setVariableData: [
        {
          component: { name: 'SecurityCtrlr' },
          variable: { name: 'BasicAuthPassword' },
          attributeValue: 'a-new-password-of-24-chr',
        },
      ],
    });
    assert.equal(answer.setVariableResult[0].attributeStatus, 'Accepted');
    await csms.reconnected('CS-1');
    await station.setOnline(true);
    assert.equal(csms.passwordOf('CS-1'), 'a-new-password-of-24-chr');
    await station.settled();
  });
}

test('B11 B12 2.1 a reset may resume its transactions', async (t) => {
  const { csms, station } = await bootedPair(t, { versions: ['2.1'] });
  await station.plugIn();
  await station.present('CARD-1');
  assert.deepEqual(await csms.call('Reset', { type: 'ImmediateAndResume' }), { status: 'Accepted' });
  await csms.next('TransactionEvent', ({ triggerReason }) => triggerReason === 'TxResumed');
  await station.settled();
  assert.deepEqual(
    csms.payloads('TransactionEvent').map(({ seqNo }) => seqNo),
    [0, 1, 2],
  );
});
