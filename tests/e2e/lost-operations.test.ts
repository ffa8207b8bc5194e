import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Version } from '@busbar/ocpp';
import { withDatabase } from '../../packages/csms/src/testing/database.ts';
import { type Api, createApi, type Json } from '../support/api.ts';
import { beginCharging } from '../support/charging.ts';
import { type ChildServer, freePorts, startChild } from '../support/child-server.ts';
import { startCsms } from '../support/csms.ts';
import { followEvents } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { bootOf, connectStation, type WireStation } from '../support/station.ts';

const versions: readonly Version[] = ['1.6', '2.0.1', '2.1'];

/** The actions that say the commands of these tests, which must reach a station once at most. */
const changing: ReadonlySet<string> = new Set([
  'SetVariables',
  'ChangeConfiguration',
  'ChangeAvailability',
  'UnlockConnector',
  'Reset',
  'RequestStartTransaction',
  'RemoteStartTransaction',
  'RequestStopTransaction',
  'RemoteStopTransaction',
]);

test('commands of a server that is killed are found out about when their stations are back', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-lost-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await withDatabase(async (database) => {
    const ports = await freePorts();
    const environment = { BUSBAR_DATABASE_URL: database.url, BUSBAR_DATA: folder };
    const first = await startChild(ports, environment);
    let second: ChildServer | undefined;
    try {
      const api = createApi(first.httpUrl, first.operatorToken ?? '');
      for (const idToken of ['STARTED', 'RUNNING']) await api.post('/id-tokens', { idToken });
      const before = await Promise.all(versions.map((version) => giveCommands(t, first, api, version)));
      await first.kill();
      for (const { station } of before) await station.close();

      second = await startChild(ports, environment);
      const { ocppUrl } = second;
      const after = await Promise.all(before.map((given) => comeBack(t, ocppUrl, api, given)));
      const events = await followEvents(t, api, '?after=0');
      for (const given of before) await checkOutcomes(api, given, events);
      for (const [index, { sent, station }] of before.entries()) {
        const asked = [...sent, ...(after[index]?.asked ?? []).map(({ action }) => action)];
        const said = station.version === '1.6' ? 'ChangeConfiguration' : 'SetVariables';
        assert.deepEqual(
          asked.filter((action) => changing.has(action)),
          [said],
          'nothing was sent a second time',
        );
      }
      assert.equal(await second.terminate(), 0);
    } finally {
      await first.kill();
      await second?.kill();
    }
  });
});

interface Given {
  readonly station: WireStation;
  /** The operations by their commands. */
  readonly operations: ReadonlyMap<string, string>;
  /** The id on the wire of the transaction that is to be stopped. */
  readonly wireId: string;
  readonly remoteStartId: number;
  /** What the killed server sent. */
  readonly sent: readonly string[];
}

/** Gives a command of each sort. The station obeys the first and does not answer: the others wait behind it. */
async function giveCommands(t: TestContext, server: ChildServer, api: Api, version: Version): Promise<Given> {
  const is16 = version === '1.6';
  const station = await connectStation(t, { api, server }, { id: `LOST-${version}`, version });
  station.answers.set('GetConfiguration', () => ({ configurationKey: [] }));
  station.answers.set('GetBaseReport', () => ({ status: 'EmptyResultSet' }));
  await station.boot();
  await eventually(() => station.asked.length === 1, 'the question for the device model');
  await station.call('StatusNotification', statusOf(version));
  const charging = await beginCharging(station, { idToken: 'RUNNING', registerWh: 1_000, evseId: 1 });

  const set = is16 ? 'ChangeConfiguration' : 'SetVariables';
  station.answers.set(set, () => new Promise(() => {}));
  const operations = new Map<string, string>();
  const variable = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', value: '60' };
  const inputs: [command: string, input: object][] = [
    ['set-variables', { variables: [variable] }],
    ['change-availability', { evseId: 1, operationalStatus: 'Operative' }],
    ['unlock-connector', { evseId: 1 }],
    ['get-variables', { variables: [{ component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval' }] }],
    ['reset', { type: 'OnIdle' }],
    ['remote-stop', { transactionId: charging.wireId }],
    ['remote-start', { idToken: 'STARTED', evseId: 2 }],
  ];
  let remoteStartId = 0;
  for (const [command, input] of inputs) {
    const path = `/stations/${station.id}/commands/${command}?waitSeconds=0`;
    const { status, body } = await api.request('POST', path, input);
    assert.deepEqual([status, body.state], [202, 'Sent'], `${command}: ${JSON.stringify(body)}`);
    operations.set(command, body.id);
    if (command === 'remote-start') remoteStartId = body.correlationId;
  }
  await eventually(() => station.asked.some(({ action }) => action === set), 'the first command');
  const sent = station.asked.map(({ action }) => action);
  return { station, operations, wireId: charging.wireId, remoteStartId, sent };
}

/** The station is back, tells what happened meanwhile, and answers questions. */
async function comeBack(
  t: TestContext,
  ocppUrl: string,
  api: Api,
  { station: gone, wireId, remoteStartId }: Given,
): Promise<WireStation> {
  const { id, version, password } = gone;
  const is16 = version === '1.6';
  const station = await connectStation(t, { api, server: { ocppUrl } }, { id, version, password });
  station.answers.set('TriggerMessage', () => ({ status: 'Accepted' }));
  station.answers.set('GetBaseReport', () => ({ status: 'EmptyResultSet' }));
  station.answers.set('GetConfiguration', () => ({
    configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '60' }],
  }));
  station.answers.set('GetVariables', (payload: Json) => ({
    getVariableResult: payload.getVariableData.map((asked: object) => ({
      ...asked,
      attributeStatus: 'Accepted',
      attributeValue: 'variable' in asked && nameOf(asked) === 'AvailabilityState' ? 'Occupied' : '60',
    })),
  }));
  const boot = { ...bootOf(version), ...(!is16 && { reason: 'RemoteReset' }) };
  await station.call('BootNotification', boot);
  const timestamp = new Date().toISOString();
  if (is16) {
    const end = { transactionId: Number(wireId), meterStop: 1_500, timestamp, reason: 'Remote' };
    await station.call('StopTransaction', end);
  } else {
    await station.call('TransactionEvent', {
      eventType: 'Ended',
      timestamp,
      seqNo: 1,
      triggerReason: 'RemoteStop',
      transactionInfo: { transactionId: wireId, stoppedReason: 'Remote' },
    });
  }
  const startedAt = new Date();
  await beginCharging(station, {
    idToken: 'STARTED',
    registerWh: 2_000,
    evseId: 2,
    startedAt,
    remoteStartId,
  });
  return station;
}

async function checkOutcomes(
  api: Api,
  { operations, station }: Given,
  events: readonly Json[],
): Promise<void> {
  const expected: readonly [command: string, state: string, code?: string][] = [
    ['set-variables', 'Accepted'],
    ['change-availability', 'Accepted'],
    ['unlock-connector', 'Failed', 'NotConfirmed'],
    ['get-variables', 'Failed', 'NotAnswered'],
    ['reset', 'Accepted'],
    ['remote-stop', 'Accepted'],
    ['remote-start', 'Accepted'],
  ];
  for (const [command, state, code] of expected) {
    const id = operations.get(command);
    const what = `${command} of ${station.id}`;
    const operation = await eventually(
      async () => {
        const found = await api.get(`/operations/${id}`);
        return found.settledAt !== undefined && found;
      },
      `${what} to be settled`,
      40_000,
    );
    assert.deepEqual(
      [operation.state, operation.problem?.code],
      [state, code],
      `${what}: ${JSON.stringify(operation)}`,
    );
    assert.equal(operation.transactionId !== undefined, command === 'remote-start', what);
    const states = () =>
      events.filter(({ data }) => data?.operationId === id).map(({ data }): string => data.state);
    await eventually(() => states().length >= 3, `the events of ${what}: ${states()}`);
    assert.deepEqual(states(), ['Sent', 'Unknown', state], what);
  }
}

function statusOf(version: Version): object {
  return version === '1.6'
    ? { connectorId: 1, errorCode: 'NoError', status: 'Available' }
    : { timestamp: new Date().toISOString(), evseId: 1, connectorId: 1, connectorStatus: 'Available' };
}

function nameOf({ variable }: { readonly variable: unknown }): unknown {
  return typeof variable === 'object' && variable !== null && 'name' in variable ? variable.name : undefined;
}

for (const version of versions) {
  test(`${version}: a command whose connection ends is settled by what the station does or says next`, async (t) => {
    const csms = await startCsms(t);
    const station = await connectStation(t, csms, { version });
    station.answers.set('GetConfiguration', () => ({ configurationKey: [] }));
    station.answers.set('GetBaseReport', () => ({ status: 'EmptyResultSet' }));
    await station.boot();
    // It resets at once, as some do, and takes the answer with it.
    station.answers.set('Reset', async () => {
      await station.close();
      return { status: 'Accepted' };
    });
    const { state, id } = await csms.api.command(station.id, 'reset', { type: 'Immediate' });
    assert.equal(state, 'Unknown');
    const { password } = station;
    const again = await connectStation(t, csms, { id: station.id, version, password });
    await again.call('BootNotification', {
      ...bootOf(version),
      ...(version !== '1.6' && { reason: 'RemoteReset' }),
    });
    await eventually(
      async () => (await csms.api.get(`/operations/${id}`)).state === 'Accepted',
      'the reset to be settled by the boot',
      20_000,
    );
  });
}
