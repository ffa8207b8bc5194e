import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { hidden } from '@busbar/ocpp';
import type { Pool } from 'pg';
import { connectorKey } from '../../core/twin.ts';
import { testDatabase } from '../../testing/database.ts';
import { insertStation, makeStation, receiveFrom, say, writeAll } from '../../testing/station.ts';
import { getBaseReport } from './get-base-report.ts';
import { notifyEvent } from './notify-event.ts';
import { notifyReport } from './notify-report.ts';

const generatedAt = '2026-03-01T11:59:00Z';
const heartbeat = {
  component: { name: 'OCPPCommCtrlr' },
  variable: { name: 'HeartbeatInterval' },
  variableAttribute: [
    { type: 'Target', value: '300' },
    { value: '60', mutability: 'ReadWrite', persistent: true },
  ],
  variableCharacteristics: { dataType: 'integer', unit: 's', supportsMonitoring: false },
};
const password = {
  component: { name: 'SecurityCtrlr' },
  variable: { name: 'BasicAuthPassword' },
  variableAttribute: [{ value: 'open sesame', mutability: 'WriteOnly' }],
};
const report = (requestId: number, reportData: object[], more: object = {}) => ({
  requestId,
  generatedAt,
  seqNo: 0,
  reportData,
  ...more,
});

async function giveReport(sql: Pool, requestId: number, reportBase: string): Promise<void> {
  await sql.query(
    `insert into operation (id, station_id, command, state, input, correlation_id, given_by, input_digest, created_at)
     values ($1, 'CS1', 'get-base-report', 'Accepted', $2, $3, 'test', '', now())`,
    [randomUUID(), { reportBase }, requestId],
  );
}

test('B07 asks for a report under an id, and lets its parts in', () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    const said = say(makeStation(version), getBaseReport, { reportBase: 'FullInventory' }, 17);
    assert.deepEqual(said.requests, [{ requestId: 17, reportBase: 'FullInventory' }]);
    assert.deepEqual(said.solicits, [['NotifyReport', { requestId: 17 }]]);
    assert.deepEqual(said.answered({ status: 'Accepted' }), { accepted: true, status: 'Accepted' });
    assert.deepEqual(said.answered({ status: 'EmptyResultSet' }), {
      accepted: false,
      status: 'EmptyResultSet',
    });
  }
});

test('1.6: the configuration is the report', async (t) => {
  const { sql } = await testDatabase(t);
  await insertStation(sql);
  await sql.query(`update station set firmware_version = '1.0'`);
  const station = makeStation('1.6', { firmwareVersion: '1.0' });
  const said = say(station, getBaseReport, { reportBase: 'FullInventory' });
  assert.deepEqual([said.action, said.requests], ['GetConfiguration', [{}]]);
  const result = said.answered({
    configurationKey: [
      { key: 'HeartbeatInterval', readonly: false, value: '60' },
      { key: 'VoltMode', readonly: true, value: 'on' },
      { key: 'AuthorizationKey', readonly: false, value: 'open sesame' },
    ],
  });
  assert.deepEqual(result.data, { variables: 3 });
  assert.deepEqual(
    result.events?.map(({ type, data }) => [type, data]),
    [['device-model.reported', { full: true, firmwareVersion: '1.0' }]],
  );
  assert.ok(result.whileHeld);
  await writeAll(sql, [...(result.writes ?? []), ...result.whileHeld.writes]);
  const { rows } = await sql.query('select component, name, actual, mutability from variable order by name');
  assert.deepEqual(rows, [
    { component: 'SecurityCtrlr', name: 'BasicAuthPassword', actual: hidden, mutability: 'ReadWrite' },
    { component: 'OCPPCommCtrlr', name: 'HeartbeatInterval', actual: '60', mutability: 'ReadWrite' },
    { component: 'ConfigurationKeys', name: 'VoltMode', actual: 'on', mutability: 'ReadOnly' },
  ]);
  const stations = await sql.query('select inventory_of from station');
  assert.deepEqual(stations.rows, [{ inventory_of: '1.0' }]);
  result.whileHeld.apply();
  assert.equal(station.inventoryOf, '1.0');
});

test('1.6 has no summary', () => {
  assert.throws(() => say(makeStation('1.6'), getBaseReport, { reportBase: 'SummaryInventory' }), {
    code: 'unsupported-by-version',
  });
});

test('B07 notes the parts of a report; the last completes the inventory', async (t) => {
  const { sql } = await testDatabase(t);
  await insertStation(sql);
  await giveReport(sql, 17, 'FullInventory');
  const receivers = [notifyReport({ pool: sql })];
  await sql.query(`update station set firmware_version = '1.0'`);
  const station = makeStation('2.0.1', { firmwareVersion: '1.0' });

  const first = await receiveFrom(station, receivers, 'NotifyReport', report(17, [heartbeat], { tbc: true }));
  assert.deepEqual(first.events, []);
  await writeAll(sql, first.writes);
  const last = await receiveFrom(station, receivers, 'NotifyReport', report(17, [password], { seqNo: 1 }));
  assert.deepEqual(
    last.events.map(({ type, data }) => [type, data]),
    [['device-model.reported', { full: true, firmwareVersion: '1.0' }]],
  );
  await writeAll(sql, last.writes);
  last.apply?.();
  assert.equal(station.inventoryOf, '1.0');

  const { rows } = await sql.query(
    'select name, actual, target, mutability, persistent, constant, characteristics from variable order by name',
  );
  assert.deepEqual(rows, [
    {
      name: 'BasicAuthPassword',
      actual: hidden,
      target: null,
      mutability: 'WriteOnly',
      persistent: false,
      constant: false,
      characteristics: null,
    },
    {
      name: 'HeartbeatInterval',
      actual: '60',
      target: '300',
      mutability: 'ReadWrite',
      persistent: true,
      constant: false,
      characteristics: { dataType: 'integer', unit: 's', supportsMonitoring: false },
    },
  ]);
  const stations = await sql.query('select inventory_of, inventory_at is not null as dated from station');
  assert.deepEqual(stations.rows, [{ inventory_of: '1.0', dated: true }]);
});

test('B07 a part of the device model, or a report that nobody asked for, is no inventory', async (t) => {
  const { sql } = await testDatabase(t);
  await giveReport(sql, 18, 'SummaryInventory');
  for (const requestId of [18, 99]) {
    const station = makeStation('2.1');
    const outcome = await receiveFrom(
      station,
      [notifyReport({ pool: sql })],
      'NotifyReport',
      report(requestId, [heartbeat]),
    );
    outcome.apply?.();
    assert.equal(station.inventoryOf, undefined);
    assert.deepEqual(
      outcome.events.map(({ data }) => data),
      [{ full: false, firmwareVersion: undefined }],
    );
  }
});

test('B07 one variable twice in one report is written with its last value', async (t) => {
  const { sql } = await testDatabase(t);
  const again = { ...heartbeat, variableAttribute: [{ value: '90' }] };
  const payload = report(1, [heartbeat, again], { tbc: true });
  const { writes } = await receiveFrom(
    makeStation('2.1'),
    [notifyReport({ pool: sql })],
    'NotifyReport',
    payload,
  );
  await writeAll(sql, writes);
  const { rows } = await sql.query('select actual from variable');
  assert.deepEqual(rows, [{ actual: '90' }]);
});

const eventOf = (component: object, name: string, actualValue: string) => ({
  eventId: 1,
  timestamp: generatedAt,
  trigger: 'Delta',
  actualValue,
  component,
  variable: { name },
  eventNotificationType: 'HardWiredNotification',
});
const notify = (...eventData: object[]) => ({ generatedAt, seqNo: 0, eventData });

test('N07.FR.03 answers events, and notes values of variables that are known', async (t) => {
  const { sql } = await testDatabase(t);
  const known = report(1, [heartbeat], { tbc: true });
  const reported = await receiveFrom(
    makeStation('2.1'),
    [notifyReport({ pool: sql })],
    'NotifyReport',
    known,
  );
  await writeAll(sql, reported.writes);
  const payload = notify(
    eventOf({ name: 'OCPPCommCtrlr' }, 'HeartbeatInterval', '120'),
    eventOf({ name: 'Fan' }, 'Problem', 'true'),
  );
  const { answer, writes, events } = await receiveFrom(
    makeStation('2.1'),
    [notifyEvent],
    'NotifyEvent',
    payload,
  );
  assert.deepEqual(answer, {});
  assert.deepEqual(
    events.map(({ type }) => type),
    ['device-model.changed'],
  );
  await writeAll(sql, writes);
  const { rows } = await sql.query('select name, actual, target from variable');
  assert.deepEqual(rows, [{ name: 'HeartbeatInterval', actual: '120', target: '300' }]);
});

test('G01 AvailabilityState is the state of a connector, an EVSE or the station', async () => {
  const station = makeStation('2.0.1');
  const payload = notify(
    eventOf({ name: 'Connector', evse: { id: 1, connectorId: 2 } }, 'AvailabilityState', 'Occupied'),
    eventOf({ name: 'EVSE', evse: { id: 1 } }, 'AvailabilityState', 'Reserved'),
    eventOf({ name: 'ChargingStation' }, 'AvailabilityState', 'Available'),
    eventOf({ name: 'Connector' }, 'AvailabilityState', 'Occupied'),
    eventOf({ name: 'Connector', evse: { id: 9, connectorId: 1 } }, 'AvailabilityState', 'Dancing'),
  );
  const { events, findings, apply } = await receiveFrom(station, [notifyEvent], 'NotifyEvent', payload);
  apply?.();
  assert.deepEqual(findings, []);
  assert.equal(events.filter(({ type }) => type === 'connector.status-changed').length, 3);
  const states = [...station.connectors].map(([key, { status }]) => [key, status]);
  assert.deepEqual(states, [
    [connectorKey(1, 2), 'Occupied'],
    [connectorKey(1, 0), 'Reserved'],
    [connectorKey(0, 0), 'Available'],
  ]);
});

test('the last of several states of one connector in a message counts', async () => {
  const connector = { name: 'Connector', evse: { id: 1, connectorId: 1 } };
  const station = makeStation('2.1');
  const states = (...words: string[]) =>
    notify(...words.map((word) => eventOf(connector, 'AvailabilityState', word)));
  (await receiveFrom(station, [notifyEvent], 'NotifyEvent', states('Available'))).apply?.();
  const outcome = await receiveFrom(station, [notifyEvent], 'NotifyEvent', states('Occupied', 'Available'));
  assert.equal(outcome.events.length, 1);
  outcome.apply?.();
  assert.equal(station.connectors.get(connectorKey(1, 1))?.status, 'Available');
});

test('a secret in an event is neither written nor told', async () => {
  const payload = notify(eventOf({ name: 'SecurityCtrlr' }, 'BasicAuthPassword', 'open sesame'));
  const { writes, events } = await receiveFrom(makeStation('2.1'), [notifyEvent], 'NotifyEvent', payload);
  assert.doesNotMatch(JSON.stringify([writes, events]), /sesame/);
});
