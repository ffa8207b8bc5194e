import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { versions } from '@busbar/ocpp';
import { beginCharging, tokenStatusOf } from '../support/charging.ts';
import { startCsms } from '../support/csms.ts';
import { followEvents } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { connectStation, type WireStation } from '../support/station.ts';

for (const version of versions) {
  const is16 = version === '1.6';
  suite(`the main job in OCPP ${version}`, () => {
    test('TC_B_01_CSMS TC_001_CSMS B01.FR.02 a registered station boots, is accepted, and is seen', async (t) => {
      const csms = await startCsms(t, { environment: { BUSBAR_HEARTBEAT_INTERVAL: '120' } });
      const station = await connectStation(t, csms, { version });
      const before = Date.now();
      const { status, interval, currentTime } = await station.boot();
      assert.deepEqual({ status, interval }, { status: 'Accepted', interval: 120 });
      assert.ok(Math.abs(Date.parse(currentTime) - before) < 5_000);
      assert.match(currentTime, /Z$/);
      const heartbeat = await station.call('Heartbeat', {});
      assert.ok(Date.parse(heartbeat.currentTime) >= before - 5_000);

      await station.call(
        'StatusNotification',
        is16
          ? { connectorId: 1, errorCode: 'NoError', status: 'Available' }
          : {
              timestamp: new Date().toISOString(),
              evseId: 1,
              connectorId: 1,
              connectorStatus: 'Available',
            },
      );
      const seen = await csms.api.get(`/stations/${station.id}`);
      assert.equal(seen.registration, 'Accepted');
      assert.equal(seen.vendor, 'Vendor');
      assert.equal(seen.firmwareVersion, '1.0.0');
      assert.equal(seen.connection.online, true);
      assert.equal(seen.connection.version, version);
      assert.equal(seen.evses[0].connectors[0].status, 'Available');
      assert.deepEqual(csms.complaints, []);
    });

    test('TC_B_02_CSMS TC_B_30_CSMS B02.FR.09 a pending station may say nothing but what it was asked for', async (t) => {
      const csms = await startCsms(t, { environment: { BUSBAR_PENDING_INTERVAL: '7' } });
      const station = await connectStation(t, csms, { version, admission: 'Pending' });
      assert.equal(await station.refused('Heartbeat', {}), 'SecurityError');
      const answer = await station.boot();
      assert.deepEqual([answer.status, answer.interval], ['Pending', 7]);
      assert.equal(await station.refused('Heartbeat', {}), 'SecurityError');
      const start = await csms.api.request('POST', `/stations/${station.id}/commands/remote-start`, {
        idToken: 'TAG',
      });
      assert.equal(start.body.type, 'urn:busbar:problem:station-not-accepted');

      // TC_B_31_CSMS: what it is triggered for comes through.
      station.answers.set('TriggerMessage', () => ({ status: 'Accepted' }));
      const triggered = await csms.api.command(station.id, 'trigger-message', { message: 'Heartbeat' });
      assert.equal(triggered.state, 'Accepted');
      assert.ok(await station.call('Heartbeat', {}));
      assert.equal(await station.refused('Heartbeat', {}), 'SecurityError');

      await csms.api.patch(`/stations/${station.id}`, { admission: 'Accepted' });
      assert.equal((await station.boot()).status, 'Accepted');
      assert.ok(await station.call('Heartbeat', {}));
    });

    test('B03.FR.03 B03.FR.07 to a rejected station nothing is sent, and nothing is taken from it', async (t) => {
      const csms = await startCsms(t);
      const station = await connectStation(t, csms, { version, admission: 'Rejected' });
      assert.equal((await station.boot()).status, 'Rejected');
      assert.equal(await station.refused('Heartbeat', {}), 'SecurityError');
      const reset = await csms.api.request('POST', `/stations/${station.id}/commands/reset`, {
        type: 'Immediate',
      });
      assert.equal(reset.status, 409, JSON.stringify(reset.body));
      assert.deepEqual(station.asked, []);
    });

    test('B01 the registration is stored and outlives the connection and the server', async (t) => {
      const csms = await startCsms(t);
      const station = await connectStation(t, csms, { version });
      await station.boot();
      await station.close();
      const again = await connectStation(t, csms, sameAs(station));
      assert.ok(await again.call('Heartbeat', {}));
      await again.close();
      await csms.restart();
      const afterRestart = await connectStation(t, csms, sameAs(station));
      assert.ok(await afterRestart.call('Heartbeat', {}));
    });

    test('TC_C_02_CSMS TC_C_06_CSMS TC_C_07_CSMS TC_023_1_CSMS C01.FR.07 Authorize tells how a token stands', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'GOOD', groupId: 'FLEET' });
      await csms.api.post('/id-tokens', { idToken: 'BAD', status: 'Blocked' });
      await csms.api.post('/id-tokens', { idToken: 'OLD', expiresAt: '2020-01-01T00:00:00Z' });
      const station = await connectStation(t, csms, { version });
      await station.boot();
      const authorize = async (idToken: string) =>
        is16
          ? (await station.call('Authorize', { idTag: idToken })).idTagInfo
          : (await station.call('Authorize', { idToken: { idToken, type: 'ISO14443' } })).idTokenInfo;
      const good = await authorize('good');
      assert.equal(good.status, 'Accepted', 'case makes no difference');
      // TC_C_39_CSMS C09.FR.02: the group comes along.
      assert.equal(is16 ? good.parentIdTag : good.groupIdToken.idToken, 'FLEET');
      assert.equal((await authorize('BAD')).status, 'Blocked');
      assert.equal((await authorize('OLD')).status, 'Expired');
      assert.equal((await authorize('NEVER-SEEN')).status, is16 ? 'Invalid' : 'Unknown');
    });

    test('TC_E_03_CSMS TC_003_CSMS a charging session is followed through REST, its energy exact', async (t) => {
      const csms = await startCsms(t);
      const events = await followEvents(t, csms.api);
      await csms.api.post('/id-tokens', { idToken: 'TAG-1' });
      const station = await connectStation(t, csms, { version });
      await station.boot();
      const first = is16 ? 1_000 : 1_000.25;
      const charging = await beginCharging(station, { idToken: 'TAG-1', registerWh: first });
      assert.equal(tokenStatusOf(charging.started), 'Accepted');

      const [open] = (await csms.api.get(`/stations/${station.id}`)).openTransactions;
      assert.equal(open.stationTransactionId, charging.wireId);
      await charging.meter(first + 500);
      await charging.meter(first + 1_200.5);
      await charging.stop(is16 ? 2_345 : 2_345.678);

      const transaction = await csms.api.get(`/transactions/${open.id}`);
      assert.equal(transaction.state, 'Ended');
      assert.equal(transaction.idToken, 'TAG-1');
      assert.equal(transaction.stoppedReason, 'Local');
      assert.equal(transaction.energy.importedWh, is16 ? '1345' : '1345.428');
      assert.equal(transaction.energy.trusted, true, JSON.stringify(transaction.energy));

      const recorded = await csms.api.get(`/transactions/${open.id}/events`);
      assert.deepEqual(
        recorded.items.map(({ kind, seqNo }: { kind: string; seqNo?: number }) => [kind, seqNo]),
        [
          ['Started', is16 ? undefined : 0],
          ['Updated', is16 ? undefined : 1],
          ['Updated', is16 ? undefined : 2],
          ['Ended', is16 ? undefined : 3],
        ],
      );
      const series = await csms.api.get(`/transactions/${open.id}/meter-series`);
      const values = series.items.map(({ value }: { value: string }) => value);
      assert.ok(values.includes(String(first + 500)), JSON.stringify(series.items));
      assert.ok(values.includes(String(first + 1_200.5)));

      const ended = await eventually(
        () => events.find(({ type }) => type === 'transaction.ended'),
        'the end among the live events',
      );
      assert.equal(ended.data.transactionId, open.id);
      assert.equal(ended.data.importedWh, is16 ? '1345' : '1345.428');
      const types = events.filter(({ stationId }) => stationId === station.id).map(({ type }) => type);
      const order = ['station.booted', 'transaction.started', 'transaction.updated', 'transaction.ended'];
      const places = order.map((type) => types.indexOf(type));
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
        types.join(),
      );

      const log = await csms.api.get(`/stations/${station.id}/messages?limit=100`);
      const actions = new Set(log.items.map(({ action }: { action: string }) => action));
      assert.ok(
        actions.has('BootNotification') && actions.has(is16 ? 'StopTransaction' : 'TransactionEvent'),
      );
      const findings = await csms.api.get(`/stations/${station.id}/findings`);
      assert.deepEqual(findings.items, []);
      assert.deepEqual(csms.complaints, []);
    });

    test('TC_F_01_CSMS TC_010_CSMS F01 F02 a remote start names the transaction that came of it', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'REMOTE' });
      const station = await connectStation(t, csms, { version });
      await station.boot();
      station.answers.set(is16 ? 'RemoteStartTransaction' : 'RequestStartTransaction', () => ({
        status: 'Accepted',
      }));
      const operation = await csms.api.command(station.id, 'remote-start', { idToken: 'REMOTE', evseId: 1 });
      assert.equal(operation.state, 'Accepted');
      const charging = await beginCharging(station, {
        idToken: 'REMOTE',
        registerWh: 10,
        remoteStartId: operation.correlationId,
      });
      const followed = await csms.api.get(`/operations/${operation.id}`);
      const transaction = await csms.api.get(`/transactions/${followed.transactionId}`);
      assert.equal(transaction.stationTransactionId, charging.wireId);

      // TC_012_CSMS TC_E_21_CSMS F03
      station.answers.set(is16 ? 'RemoteStopTransaction' : 'RequestStopTransaction', (payload) => {
        const { transactionId } = payload as { transactionId: string | number };
        return { status: String(transactionId) === charging.wireId ? 'Accepted' : 'Rejected' };
      });
      const stop = await csms.api.command(station.id, 'remote-stop', { transactionId: transaction.id });
      assert.equal(stop.state, 'Accepted');
      await charging.stop(20, 'Remote');
      assert.equal((await csms.api.get(`/transactions/${transaction.id}`)).stoppedReason, 'Remote');
    });

    test('TC_F_02_CSMS F01.FR.13 a start that overtakes the answer finds its remote start', async (t) => {
      const csms = await startCsms(t);
      await csms.api.post('/id-tokens', { idToken: 'QUICK' });
      const station = await connectStation(t, csms, { version });
      await station.boot();
      let wireId = '';
      station.answers.set(
        is16 ? 'RemoteStartTransaction' : 'RequestStartTransaction',
        async (payload: { remoteStartId?: number }) => {
          const { remoteStartId } = payload;
          const charging = await beginCharging(station, {
            idToken: 'QUICK',
            registerWh: 1,
            ...(remoteStartId !== undefined && { remoteStartId }),
          });
          wireId = charging.wireId;
          return { status: 'Accepted' };
        },
      );
      const operation = await csms.api.command(station.id, 'remote-start', { idToken: 'QUICK', evseId: 1 });
      const followed = await csms.api.get(`/operations/${operation.id}`);
      assert.equal(followed.state, 'Accepted');
      const transaction = await csms.api.get(`/transactions/${followed.transactionId}`);
      assert.equal(transaction.stationTransactionId, wireId);
    });

    test('commands: reset, availability, unlock, trigger, data transfer, status of a transaction', async (t) => {
      const csms = await startCsms(t);
      const station = await connectStation(t, csms, { version });
      await station.boot();
      const give = (name: string, input: object) => csms.api.command(station.id, name, input);

      // TC_B_20_CSMS TC_013_CSMS TC_014_CSMS
      station.answers.set('Reset', () => ({ status: 'Accepted' }));
      assert.equal((await give('reset', { type: 'OnIdle' })).state, 'Accepted');
      assert.deepEqual(asked(station, 'Reset'), { type: is16 ? 'Soft' : 'OnIdle' });

      // TC_G_03_CSMS TC_G_11_CSMS
      station.answers.set('ChangeAvailability', () => ({ status: 'Scheduled' }));
      const availability = await give('change-availability', { evseId: 1, operationalStatus: 'Inoperative' });
      assert.equal(availability.state, 'Accepted');
      assert.equal(availability.result.status, 'Scheduled');

      // TC_F_06_CSMS TC_017_1_CSMS, TC_030_CSMS
      station.answers.set('UnlockConnector', () => ({ status: 'Unlocked' }));
      assert.equal((await give('unlock-connector', { evseId: 1 })).state, 'Accepted');
      station.answers.set('UnlockConnector', () => ({ status: 'UnlockFailed' }));
      assert.equal((await give('unlock-connector', { evseId: 1 })).state, 'Rejected');

      // TC_F_20_CSMS TC_054_CSMS, TC_F_27_CSMS TC_055_CSMS
      station.answers.set('TriggerMessage', () => ({ status: 'NotImplemented' }));
      assert.equal((await give('trigger-message', { message: 'Heartbeat' })).state, 'Rejected');

      // TC_064_CSMS TC_P_02_CSMS P02.FR.06
      const unknown = await station.call('DataTransfer', { vendorId: 'com.example', messageId: 'x' });
      assert.equal(unknown.status, is16 ? 'UnknownVendorId' : 'UnknownVendorId');
      station.answers.set('DataTransfer', () => ({ status: 'Accepted', data: 'pong' }));
      const transfer = await give('data-transfer', { vendorId: 'com.example', data: 'ping' });
      assert.equal(transfer.result.data.data, 'pong');

      // E14
      const asks = await csms.api.request('POST', `/stations/${station.id}/commands/get-transaction-status`, {
        transactionId: 'TX',
      });
      if (is16) assert.equal(asks.body.type, 'urn:busbar:problem:unsupported-by-version');

      // No answer is a clear failure, and what has no answer at all is an error of the station.
      const reset = await csms.api.command(station.id, 'reset', { type: 'Immediate' });
      assert.equal(reset.state, 'Accepted');
      station.answers.delete('Reset');
      const failed = await csms.api.command(station.id, 'reset', { type: 'Immediate' });
      assert.equal(failed.state, 'Failed');
      assert.equal(failed.problem.code, 'InternalError');

      await station.close();
      await eventually(
        async () => (await csms.api.get(`/stations/${station.id}`)).connection.online === false,
        'the station to be offline',
      );
      const offline = await csms.api.request('POST', `/stations/${station.id}/commands/reset`, {
        type: 'Immediate',
      });
      assert.equal(offline.body.type, 'urn:busbar:problem:station-offline');
    });

    test('TC_B_06_CSMS TC_B_09_CSMS TC_019_1_CSMS TC_021_CSMS variables are read and set alike in all versions', async (t) => {
      const csms = await startCsms(t);
      const station = await connectStation(t, csms, { version });
      await station.boot();
      const name = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval' };
      if (is16) {
        station.answers.set('GetConfiguration', () => ({
          configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '60' }],
        }));
        station.answers.set('ChangeConfiguration', () => ({ status: 'Accepted' }));
      } else {
        station.answers.set('GetVariables', () => ({
          getVariableResult: [
            {
              attributeStatus: 'Accepted',
              attributeValue: '60',
              component: { name: name.component },
              variable: { name: name.variable },
            },
          ],
        }));
        station.answers.set('SetVariables', () => ({
          setVariableResult: [
            {
              attributeStatus: 'Accepted',
              component: { name: name.component },
              variable: { name: name.variable },
            },
          ],
        }));
      }
      const read = await csms.api.command(station.id, 'get-variables', { variables: [name] });
      assert.equal(read.state, 'Accepted', JSON.stringify(read));
      assert.ok(JSON.stringify(read.result.data).includes('"60"'));
      const set = await csms.api.command(station.id, 'set-variables', {
        variables: [{ ...name, value: '90' }],
      });
      assert.equal(set.state, 'Accepted', JSON.stringify(set));
      const { items } = await csms.api.get(`/stations/${station.id}/variables?component=OCPPCommCtrlr`);
      assert.equal(items[0].actual, '90');
    });

    test('TC_B_13_CSMS B07.FR.14 the device model is asked for after the first boot, and kept', async (t) => {
      const csms = await startCsms(t);
      const station = await connectStation(t, csms, { version });
      answerReports(station);
      await station.boot();
      const { items } = await eventually(async () => {
        const found = await csms.api.get(`/stations/${station.id}/variables`);
        return found.items.length > 0 && found;
      }, 'the device model');
      assert.equal(
        items.find(({ variable }: { variable: string }) => variable === 'HeartbeatInterval').actual,
        '60',
      );
      const seen = await eventually(async () => {
        const found = await csms.api.get(`/stations/${station.id}`);
        return found.inventoryAt && found;
      }, 'the inventory to be complete');
      assert.ok(seen);
      const reports = station.asked.length;
      await station.boot();
      await station.call('Heartbeat', {});
      assert.equal(station.asked.length, reports, 'the same firmware is not asked again');
    });
  });
}

/** What the station was asked last by this name. */
function asked(station: WireStation, action: string): object | undefined {
  return station.asked.findLast((call) => call.action === action)?.payload;
}

function sameAs({ id, version, password }: WireStation) {
  return { id, version, password };
}

function answerReports(station: WireStation): void {
  if (station.version === '1.6') {
    station.answers.set('GetConfiguration', () => ({
      configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '60' }],
    }));
    return;
  }
  station.answers.set('GetBaseReport', (payload) => {
    const { requestId } = payload as { requestId: number };
    const report = (seqNo: number, tbc: boolean, variable: string, value: string) =>
      station.call('NotifyReport', {
        requestId,
        seqNo,
        tbc,
        generatedAt: new Date().toISOString(),
        reportData: [
          {
            component: { name: 'OCPPCommCtrlr' },
            variable: { name: variable },
            variableAttribute: [{ value, mutability: 'ReadWrite' }],
            variableCharacteristics: { dataType: 'integer', supportsMonitoring: false },
          },
        ],
      });
    setTimeout(async () => {
      await report(0, true, 'HeartbeatInterval', '60');
      await report(1, false, 'MessageTimeout', '30');
    }, 10);
    return { status: 'Accepted' };
  });
}
