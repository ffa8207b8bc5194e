import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallFailed, createFakeClock, versions } from '@busbar/ocpp';
import { refuseFirst } from './testing/csms.ts';
import { bootedPair, pairUp } from './testing/pair.ts';

const now = () => new Date().toISOString();

for (const version of versions) {
  test(`B01.FR.01 B01.FR.05 boots and tells the status of each connector in ${version}`, async (t) => {
    const evses = [
      { connectors: [{ type: 'sType2' }], maxPowerW: 22_000 },
      { connectors: [{ type: 'cCCS2' }], maxPowerW: 150_000, supply: 'DC' as const },
    ];
    const { csms, station } = await pairUp(t, { versions: [version], evses });
    await station.start();
    assert.equal(station.registration, 'Accepted');
    const actions = csms.received.map(({ action }) => action);
    assert.equal(actions[0], 'BootNotification');
    const connectors = csms
      .payloads('StatusNotification')
      .map(({ evseId, connectorId }) => (version === '1.6' ? connectorId : evseId));
    assert.deepEqual(connectors, version === '1.6' ? [0, 1, 2] : [1, 2]);
  });
}

test('B01.FR.04 keeps the heartbeat interval of the answer', async (t) => {
  const clock = createFakeClock();
  const { csms, station } = await pairUp(t, { clock });
  csms.on('BootNotification', () => ({ status: 'Accepted', currentTime: now(), interval: 20 }));
  await station.start();
  assert.equal(station.variable('OCPPCommCtrlr.HeartbeatInterval'), '20');
  clock.advance(19_000);
  await station.settled();
  assert.equal(csms.payloads('Heartbeat').length, 0);
  clock.advance(1_000);
  await csms.next('Heartbeat');
  clock.advance(20_000);
  await csms.next('Heartbeat');
});

test('B01.FR.03 B01.FR.09 a reboot boots again and says why', async (t) => {
  const { csms, station } = await bootedPair(t);
  await station.reboot();
  assert.deepEqual(
    csms.payloads('BootNotification').map(({ reason }) => reason),
    ['LocalReset'],
  );
});

test('B02.FR.02 B02.FR.08 while Pending it says nothing until the interval is over', async (t) => {
  const clock = createFakeClock();
  const { csms, station } = await pairUp(t, { clock });
  csms.on('BootNotification', () => ({ status: 'Pending', currentTime: now(), interval: 10 }));
  const accepted = station.start();
  await csms.next('BootNotification');
  await station.settled();
  clock.advance(9_000);
  await station.settled();
  assert.equal(csms.received.length, 1);
  csms.on('BootNotification', () => ({ status: 'Accepted', currentTime: now(), interval: 300 }));
  clock.advance(1_000);
  await accepted;
  assert.equal(csms.payloads('BootNotification').length, 2);
});

test('B02.FR.01 B02.FR.05 while Pending it reports and is configured, and refuses to start', async (t) => {
  const { csms, station } = await pairUp(t, { versions: ['2.0.1'] });
  csms.on('BootNotification', () => ({ status: 'Pending', currentTime: now(), interval: 100 }));
  void station.start();
  await csms.next('BootNotification');
  await station.settled();
  assert.deepEqual(await csms.call('GetBaseReport', { requestId: 7, reportBase: 'SummaryInventory' }), {
    status: 'Accepted',
  });
  await csms.next('NotifyReport', ({ tbc }) => !tbc);
  const started = await csms.call('RequestStartTransaction', {
    idToken: { idToken: 'A', type: 'ISO14443' },
    remoteStartId: 1,
  });
  assert.deepEqual(started, { status: 'Rejected' });
  await station.settled();
});

test('B02.FR.04 F06.FR.17 a triggered BootNotification does not wait, and is refused once accepted', async (t) => {
  const { csms, station } = await pairUp(t, { versions: ['2.1'] });
  csms.on('BootNotification', ({ reason }) => ({
    status: reason === 'Triggered' ? 'Accepted' : 'Pending',
    currentTime: now(),
    interval: 10_000,
  }));
  const accepted = station.start();
  await csms.next('BootNotification');
  await station.settled();
  assert.deepEqual(await csms.call('TriggerMessage', { requestedMessage: 'BootNotification' }), {
    status: 'Accepted',
  });
  await accepted;
  assert.deepEqual(await csms.call('TriggerMessage', { requestedMessage: 'BootNotification' }), {
    status: 'Rejected',
  });
});

test('B02.FR.07 B03.FR.05 chooses its own interval where none is given', async (t) => {
  const clock = createFakeClock();
  const { csms, station } = await pairUp(t, { clock });
  csms.on('BootNotification', () => ({ status: 'Rejected', currentTime: now(), interval: 0 }));
  void station.start();
  await csms.next('BootNotification');
  await station.settled();
  clock.advance(59_000);
  assert.equal(csms.payloads('BootNotification').length, 1);
  clock.advance(1_000);
  await csms.next('BootNotification');
  await station.settled();
});

test('B03.FR.02 B03.FR.08 once Rejected it says nothing and answers SecurityError', async (t) => {
  const { csms, station } = await pairUp(t);
  csms.on('BootNotification', () => ({ status: 'Rejected', currentTime: now(), interval: 100 }));
  void station.start();
  await csms.next('BootNotification');
  await station.settled();
  await assert.rejects(
    csms.call('GetBaseReport', { requestId: 1, reportBase: 'FullInventory' }),
    (error) => error instanceof CallFailed && error.code === 'SecurityError',
  );
  assert.equal(csms.received.length, 1);
});

test('a boot that the CSMS could not answer is tried again', async (t) => {
  const clock = createFakeClock();
  const { csms, station } = await pairUp(t, { clock });
  csms.on(
    'BootNotification',
    refuseFirst(1, () => ({ status: 'Accepted', currentTime: now(), interval: 300 })),
  );
  const accepted = station.start();
  await csms.next('BootNotification');
  await station.settled();
  clock.advance(60_000);
  await accepted;
});

test('a connection that comes back needs no new boot', async (t) => {
  const { csms, station } = await bootedPair(t);
  await station.setOnline(false);
  await station.setOnline(true);
  assert.deepEqual(csms.payloads('BootNotification'), []);
});
