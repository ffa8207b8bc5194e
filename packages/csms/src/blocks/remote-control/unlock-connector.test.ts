import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeStation, say } from '../../testing/station.ts';
import { unlockConnector } from './unlock-connector.ts';

test('F05 names EVSE and connector, the first unless another is named', () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    const station = makeStation(version);
    assert.deepEqual(say(station, unlockConnector, { evseId: 2 }).requests, [{ evseId: 2, connectorId: 1 }]);
    assert.deepEqual(say(station, unlockConnector, { evseId: 2, connectorId: 3 }).requests, [
      { evseId: 2, connectorId: 3 },
    ]);
  }
});

test('1.6 section 5.18 names the connector', () => {
  assert.deepEqual(say(makeStation('1.6'), unlockConnector, { evseId: 2 }).requests, [{ connectorId: 2 }]);
  assert.throws(() => say(makeStation('1.6'), unlockConnector, { evseId: 2, connectorId: 2 }), {
    code: 'unsupported-by-version',
  });
});

test('only Unlocked is a success', () => {
  const said = say(makeStation('2.1'), unlockConnector, { evseId: 1 });
  assert.equal(said.answered({ status: 'Unlocked' }).accepted, true);
  for (const status of ['UnlockFailed', 'OngoingAuthorizedTransaction', 'UnknownConnector']) {
    assert.deepEqual(said.answered({ status }), { accepted: false, status });
  }
  const in16 = say(makeStation('1.6'), unlockConnector, { evseId: 1 });
  assert.deepEqual(in16.answered({ status: 'NotSupported' }), { accepted: false, status: 'NotSupported' });
});
