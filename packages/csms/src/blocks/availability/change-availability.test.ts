import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeStation, say } from '../../testing/station.ts';
import { changeAvailability } from './change-availability.ts';

test('G03, G04: names a connector, an EVSE or the station', () => {
  const said = (place: object) =>
    say(makeStation('2.1'), changeAvailability, { ...place, operationalStatus: 'Inoperative' }).requests;
  assert.deepEqual(said({}), [{ operationalStatus: 'Inoperative' }]);
  assert.deepEqual(said({ evseId: 2 }), [{ operationalStatus: 'Inoperative', evse: { id: 2 } }]);
  assert.deepEqual(said({ evseId: 2, connectorId: 1 }), [
    { operationalStatus: 'Inoperative', evse: { id: 2, connectorId: 1 } },
  ]);
});

test('1.6 section 5.2: an EVSE is its connector, the station connector 0', () => {
  const said = (place: object) =>
    say(makeStation('1.6'), changeAvailability, { ...place, operationalStatus: 'Operative' }).requests;
  assert.deepEqual(said({}), [{ connectorId: 0, type: 'Operative' }]);
  assert.deepEqual(said({ evseId: 3 }), [{ connectorId: 3, type: 'Operative' }]);
  assert.deepEqual(said({ evseId: 3, connectorId: 1 }), [{ connectorId: 3, type: 'Operative' }]);
});

test('1.6 has no second connector of an EVSE', () => {
  const input = { evseId: 1, connectorId: 2, operationalStatus: 'Operative' };
  assert.throws(() => say(makeStation('1.6'), changeAvailability, input), { code: 'unsupported-by-version' });
});

test('a connector without its EVSE is refused in every version', () => {
  for (const version of ['1.6', '2.0.1', '2.1'] as const) {
    const input = { connectorId: 1, operationalStatus: 'Operative' };
    assert.throws(() => say(makeStation(version), changeAvailability, input), { code: 'invalid-request' });
  }
});

for (const version of ['1.6', '2.0.1', '2.1'] as const) {
  test(`${version}: Scheduled is a success, Rejected is none`, () => {
    const said = say(makeStation(version), changeAvailability, { operationalStatus: 'Inoperative' });
    assert.deepEqual(said.answered({ status: 'Scheduled' }), { accepted: true, status: 'Scheduled' });
    assert.deepEqual(said.answered({ status: 'Rejected' }), { accepted: false, status: 'Rejected' });
  });
}
