import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCsms } from '../support/csms.ts';
import { connectStation } from '../support/station.ts';

test('a remote start that the station answers with an error is not waited for', async (t) => {
  const csms = await startCsms(t);
  await csms.api.post('/id-tokens', { idToken: 'CARD-1' });
  const station = await connectStation(t, csms, { version: '1.6' });
  station.answers.set('GetConfiguration', () => ({ configurationKey: [] }));
  await station.boot();
  const operation = await csms.api.command(station.id, 'remote-start', { idToken: 'CARD-1' });
  assert.equal(operation.state, 'Failed');
  assert.equal(operation.problem.code, 'InternalError');
  const timestamp = new Date().toISOString();
  await station.call('StartTransaction', { connectorId: 1, idTag: 'CARD-1', meterStart: 0, timestamp });
  const { items } = await csms.api.get(`/transactions?stationId=${station.id}`);
  assert.deepEqual(
    items.map(({ startTrigger, remoteStartId }: { startTrigger: string; remoteStartId?: number }) => ({
      startTrigger,
      remoteStartId,
    })),
    [{ startTrigger: 'Authorized', remoteStartId: undefined }],
  );
});
