import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectorKey } from '../../core/twin.ts';
import { testDatabase } from '../../testing/database.ts';
import { makeStation, noon, receiveFrom, writeAll } from '../../testing/station.ts';
import { statusNotification } from './status-notification.ts';

const at = '2026-03-01T11:59:59Z';
const status2 = (connectorStatus: string, evseId = 1, connectorId = 1) => ({
  timestamp: at,
  connectorStatus,
  evseId,
  connectorId,
});
const status16 = (status: string, connectorId = 2, more: object = {}) => ({
  connectorId,
  status,
  errorCode: 'NoError',
  ...more,
});

test('a change is written and told once, and not again while it lasts', async () => {
  const station = makeStation('2.1');
  const first = await receiveFrom(station, statusNotification, 'StatusNotification', status2('Occupied'));
  assert.deepEqual(first.answer, {});
  assert.equal(first.writes.length, 1);
  assert.deepEqual(first.events, [
    {
      type: 'connector.status-changed',
      stationId: 'CS1',
      at: noon.toISOString(),
      data: {
        evseId: 1,
        connectorId: 1,
        status: 'Occupied',
        detail: 'Occupied',
        errorCode: undefined,
        before: undefined,
        reportedAt: at,
      },
    },
  ]);
  first.apply?.();
  const again = await receiveFrom(station, statusNotification, 'StatusNotification', status2('Occupied'));
  assert.deepEqual([again.writes, again.events], [[], []]);
});

for (const [word, neutral] of [
  ['Available', 'Available'],
  ['Preparing', 'Occupied'],
  ['Charging', 'Occupied'],
  ['SuspendedEV', 'Occupied'],
  ['SuspendedEVSE', 'Occupied'],
  ['Finishing', 'Occupied'],
  ['Reserved', 'Reserved'],
  ['Unavailable', 'Unavailable'],
  ['Faulted', 'Faulted'],
] as const) {
  test(`1.6 section 4.9: ${word} is ${neutral}, and the word is kept`, async () => {
    const station = makeStation('1.6');
    (await receiveFrom(station, statusNotification, 'StatusNotification', status16(word))).apply?.();
    const state = station.connectors.get(connectorKey(2, 1));
    assert.deepEqual([state?.status, state?.detail, state?.errorCode], [neutral, word, undefined]);
  });
}

test('1.6: connector 0 is the station, and nothing unusual', async () => {
  const station = makeStation('1.6');
  const payload = status16('Unavailable', 0);
  const { findings, apply } = await receiveFrom(station, statusNotification, 'StatusNotification', payload);
  apply?.();
  assert.deepEqual(findings, []);
  assert.equal(station.connectors.get(connectorKey(0, 0))?.status, 'Unavailable');
});

test('1.6: another error is a change, and what the vendor adds is kept', async (t) => {
  const { sql } = await testDatabase(t);
  const station = makeStation('1.6');
  for (const payload of [
    status16('Faulted', 1, { errorCode: 'GroundFailure' }),
    status16('Faulted', 1, { errorCode: 'OtherError', info: 'wet', vendorId: 'volt', vendorErrorCode: 'E7' }),
  ]) {
    const { writes, events, apply } = await receiveFrom(
      station,
      statusNotification,
      'StatusNotification',
      payload,
    );
    assert.equal(events.length, 1);
    await writeAll(sql, writes);
    apply?.();
  }
  const { rows } = await sql.query(
    'select evse_id, connector_id, status, detail, error_code, vendor from connector',
  );
  assert.deepEqual(rows, [
    {
      evse_id: 1,
      connector_id: 1,
      status: 'Faulted',
      detail: 'Faulted',
      error_code: 'OtherError',
      vendor: { info: 'wet', vendorId: 'volt', vendorErrorCode: 'E7' },
    },
  ]);
});

for (const [evseId, connectorId] of [
  [0, 0],
  [1, 0],
  [0, 1],
] as const) {
  test(`2.x: EVSE ${evseId}, connector ${connectorId} is recorded as told, with a finding`, async () => {
    const station = makeStation('2.0.1');
    const payload = status2('Available', evseId, connectorId);
    const { findings, apply } = await receiveFrom(station, statusNotification, 'StatusNotification', payload);
    apply?.();
    assert.equal(findings?.[0]?.kind, 'connector-unusual');
    assert.equal(station.connectors.get(connectorKey(evseId, connectorId))?.status, 'Available');
  });
}

for (const evseId of [-1, 3_000_000_000]) {
  test(`2.0.1: EVSE ${evseId} is answered and left out of account, with a finding`, async () => {
    const payload = status2('Available', evseId);
    const { answer, writes, findings } = await receiveFrom(
      makeStation('2.0.1'),
      statusNotification,
      'StatusNotification',
      payload,
    );
    assert.deepEqual([answer, writes], [{}, []]);
    assert.equal(findings?.length, 1);
  });
}

test('a station that counts up its connectors without end does not fill the memory', async () => {
  const station = makeStation('1.6');
  for (let connector = 1; connector <= 2_000; connector++) {
    const payload = status16('Available', connector);
    (await receiveFrom(station, statusNotification, 'StatusNotification', payload)).apply?.();
  }
  assert.equal(station.connectors.size, 500);
});
