import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeInventory } from '../../core/device-model/inventory.ts';
import { testDatabase } from '../../testing/database.ts';
import { insertStation, makeStation, noon, receiveFrom, writeAll } from '../../testing/station.ts';
import { bootNotification } from './boot-notification.ts';
import { heartbeat } from './heartbeat.ts';

const receivers = bootNotification({ heartbeatIntervalSeconds: 300, pendingIntervalSeconds: 30 });
const boot2 = {
  reason: 'PowerUp',
  chargingStation: {
    vendorName: 'Volt',
    model: 'One',
    serialNumber: 'S-1',
    firmwareVersion: '1.0',
    modem: { iccid: '8931' },
  },
};
const boot16 = { chargePointVendor: 'Volt', chargePointModel: 'One', firmwareVersion: '1.0' };
const kindsOf = (writes: readonly { kind: { name: string } }[]) => writes.map(({ kind }) => kind.name);

test('B01.FR.02 answers an accepted station with the time and the heartbeat interval', async () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    const { answer } = await receiveFrom(makeStation(version), receivers, 'BootNotification', boot2);
    assert.deepEqual(answer, { status: 'Accepted', currentTime: noon.toISOString(), interval: 300 });
  }
  const { answer } = await receiveFrom(makeStation('1.6'), receivers, 'BootNotification', boot16);
  assert.deepEqual(answer, { status: 'Accepted', currentTime: noon.toISOString(), interval: 300 });
});

for (const admission of ['Pending', 'Rejected'] as const) {
  test(`B01.FR.02 answers ${admission} as the operator decided, with the shorter interval`, async () => {
    const station = makeStation('2.1', { admission, registration: 'Accepted' });
    const outcome = await receiveFrom(station, receivers, 'BootNotification', boot2);
    assert.deepEqual(outcome.answer, { status: admission, currentTime: noon.toISOString(), interval: 30 });
    assert.deepEqual(kindsOf(outcome.writes), ['station_boot']);
    outcome.apply?.();
    assert.equal(station.registration, admission);
  });
}

test('a boot is told with who booted and why', async () => {
  const station = makeStation('2.1');
  const { events, apply } = await receiveFrom(station, receivers, 'BootNotification', boot2);
  assert.deepEqual(events, [
    {
      type: 'station.booted',
      stationId: 'CS1',
      at: noon.toISOString(),
      data: {
        registration: 'Accepted',
        reason: 'PowerUp',
        vendor: 'Volt',
        model: 'One',
        serialNumber: 'S-1',
        firmwareVersion: '1.0',
      },
    },
  ]);
  apply?.();
  assert.equal(station.serialNumber, 'S-1');
  assert.equal(station.firmwareVersion, '1.0');
});

test('B07.FR.14 has the device model reported at first contact and after another firmware, and else not', async () => {
  const boots = async (inventoryOf: string | undefined) =>
    kindsOf(
      (await receiveFrom(makeStation('2.1', { inventoryOf }), receivers, 'BootNotification', boot2)).writes,
    );
  assert.deepEqual(await boots(undefined), ['station_boot', 'job']);
  assert.deepEqual(await boots('0.9'), ['station_boot', 'job']);
  assert.deepEqual(await boots('1.0'), ['station_boot']);
});

test('a station that names no firmware is not asked for its device model at every boot', async () => {
  const { writes } = await receiveFrom(
    makeStation('1.6', { inventoryOf: '' }),
    receivers,
    'BootNotification',
    {
      chargePointVendor: 'Volt',
      chargePointModel: 'One',
    },
  );
  assert.deepEqual(kindsOf(writes), ['station_boot']);
});

test('the serial number of a 1.6 station may come in the deprecated field', async () => {
  const station = makeStation('1.6');
  const payload = { ...boot16, chargeBoxSerialNumber: 'BOX-7' };
  (await receiveFrom(station, receivers, 'BootNotification', payload)).apply?.();
  assert.equal(station.serialNumber, 'BOX-7');
});

test('a boot is kept in the database, and one job for it however often the station boots', async (t) => {
  const { sql } = await testDatabase(t);
  await insertStation(sql);
  for (let boot = 0; boot < 2; boot++) {
    const { writes } = await receiveFrom(makeStation('2.1'), receivers, 'BootNotification', boot2);
    await writeAll(sql, writes);
  }
  const { rows } = await sql.query(
    'select registration, version, vendor, model, serial_number, firmware_version, modem, boot_reason from station',
  );
  assert.deepEqual(rows, [
    {
      registration: 'Accepted',
      version: '2.1',
      vendor: 'Volt',
      model: 'One',
      serial_number: 'S-1',
      firmware_version: '1.0',
      modem: { iccid: '8931' },
      boot_reason: 'PowerUp',
    },
  ]);
  const jobs = await sql.query('select kind, state from job');
  assert.deepEqual(jobs.rows, [{ kind: 'report-device-model', state: 'Open' }]);
});

test('a boot of other firmware and a report of the firmware before come to the same, whichever is applied first', async (t) => {
  const { sql } = await testDatabase(t);
  await insertStation(sql);
  await sql.query("update station set firmware_version = '0.9'");
  for (const order of ['as committed', 'the other way round']) {
    const station = makeStation('2.1', { firmwareVersion: '0.9' });
    const report = completeInventory(station, noon);
    const boot = await receiveFrom(station, receivers, 'BootNotification', boot2);
    await writeAll(sql, boot.writes);
    await writeAll(sql, [report.write]);
    const applied = [boot.apply, report.apply];
    for (const apply of order === 'as committed' ? applied : applied.toReversed()) apply?.();
    const { rows } = await sql.query('select firmware_version, inventory_of from station');
    assert.deepEqual(rows, [{ firmware_version: '1.0', inventory_of: null }]);
    assert.deepEqual([station.firmwareVersion, station.inventoryOf], ['1.0', undefined]);
  }
});

test('what was known of the device model is forgotten with the firmware that had it', async (t) => {
  const { sql } = await testDatabase(t);
  await insertStation(sql);
  await sql.query("update station set firmware_version = '0.9', inventory_of = '0.9'");
  const station = makeStation('2.1', { firmwareVersion: '0.9', inventoryOf: '0.9' });
  const boot = await receiveFrom(station, receivers, 'BootNotification', boot2);
  await writeAll(sql, boot.writes);
  boot.apply?.();
  const { rows } = await sql.query('select inventory_of from station');
  assert.deepEqual(rows, [{ inventory_of: null }]);
  assert.equal(station.inventoryOf, undefined);
});

test('G02.FR.03 answers a heartbeat with the time, and writes nothing', async () => {
  for (const version of ['1.6', '2.0.1', '2.1'] as const) {
    const { answer, writes, events } = await receiveFrom(makeStation(version), [heartbeat], 'Heartbeat', {});
    assert.deepEqual(answer, { currentTime: noon.toISOString() });
    assert.deepEqual([...writes, ...events], []);
  }
});
