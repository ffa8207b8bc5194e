import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectorKey } from '../../core/twin.ts';
import { askAbout, lostAtNoon } from '../../testing/lost.ts';
import { makeStation } from '../../testing/station.ts';
import { changeAvailability } from './change-availability.ts';

const accepted = { state: 'Accepted', result: { status: 'Accepted' } } as const;

test('a 2.x station is asked for the state of what was meant', () => {
  const asked = (place: object) => {
    const input = { ...place, operationalStatus: 'Inoperative' };
    return askAbout(changeAvailability, lostAtNoon(makeStation('2.0.1'), input)).question;
  };
  const variable = 'AvailabilityState';
  for (const [place, component] of [
    [{}, 'ChargingStation'],
    [{ evseId: 2 }, 'EVSE'],
    [{ evseId: 2, connectorId: 1 }, 'Connector'],
  ] as const) {
    const variables = [{ component, ...place, variable }];
    assert.deepEqual(asked(place), { command: 'get-variables', input: { variables } });
  }
});

test('the state of a 2.x station tells what took effect', () => {
  const verdict = (operationalStatus: string, value: string | undefined) => {
    const data = { variables: value === undefined ? [] : [{ value }] };
    const answer = { state: 'Accepted', result: { status: 'Accepted', data } } as const;
    return askAbout(changeAvailability, lostAtNoon(makeStation('2.1'), { operationalStatus })).judge(answer)
      .is;
  };
  assert.equal(verdict('Inoperative', 'Unavailable'), 'done');
  assert.equal(verdict('Inoperative', 'Available'), 'not-done');
  // Its transaction may have to end first.
  assert.equal(verdict('Inoperative', 'Occupied'), 'not-yet');
  assert.equal(verdict('Operative', 'Available'), 'done');
  assert.equal(verdict('Operative', 'Occupied'), 'done');
  // It may be its station that is not.
  assert.equal(verdict('Operative', 'Unavailable'), 'not-yet');
  for (const status of ['Operative', 'Inoperative']) {
    assert.equal(verdict(status, 'Faulted'), 'not-yet');
    assert.equal(verdict(status, undefined), 'not-yet');
  }
});

test('a 1.6 station is asked to tell its state, and judged by what it has told', () => {
  const station = makeStation('1.6');
  const tell = (evseId: number, status: string) => {
    const connectorId = evseId === 0 ? 0 : 1;
    const state = { evseId, connectorId, status, detail: status, errorCode: undefined };
    station.connectors.set(connectorKey(evseId, connectorId), state);
  };
  const about = (input: object) => askAbout(changeAvailability, lostAtNoon(station, input));
  const one = about({ evseId: 2, operationalStatus: 'Inoperative' });
  assert.deepEqual(one.question, {
    command: 'trigger-message',
    input: { message: 'StatusNotification', evseId: 2 },
  });
  assert.equal(one.judge(accepted).is, 'not-yet');
  tell(2, 'Available');
  assert.equal(one.judge(accepted).is, 'not-yet', 'its message may be on its way');
  tell(2, 'Unavailable');
  assert.equal(one.judge(accepted).is, 'done');
  const all = about({ operationalStatus: 'Operative' });
  assert.deepEqual(all.question?.input, { message: 'StatusNotification' });
  tell(0, 'Available');
  // One that knows no triggers is judged by what it told by itself.
  assert.equal(all.judge({ state: 'Failed', problem: { code: 'NotSupported', detail: '' } }).is, 'done');
});
