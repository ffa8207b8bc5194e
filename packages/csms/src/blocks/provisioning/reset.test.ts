import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Version } from '@busbar/ocpp';
import { lookFor, lostAtNoon } from '../../testing/lost.ts';
import { makeStation, noon, say } from '../../testing/station.ts';
import { reset } from './reset.ts';

test('B11, B12 restarts the station or one EVSE, at once or when idle', () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    for (const input of [{ type: 'Immediate' }, { type: 'OnIdle', evseId: 2 }]) {
      assert.deepEqual(say(makeStation(version), reset, input).requests, [input]);
    }
  }
});

test('B13 ImmediateAndResume is known to 2.1 alone', () => {
  const input = { type: 'ImmediateAndResume' };
  assert.deepEqual(say(makeStation('2.1'), reset, input).requests, [input]);
  for (const version of ['1.6', '2.0.1'] as const) {
    assert.throws(() => say(makeStation(version), reset, input), { code: 'unsupported-by-version' });
  }
});

test('1.6 section 5.14 says Hard and Soft, of the whole station', () => {
  assert.deepEqual(say(makeStation('1.6'), reset, { type: 'Immediate' }).requests, [{ type: 'Hard' }]);
  assert.deepEqual(say(makeStation('1.6'), reset, { type: 'OnIdle' }).requests, [{ type: 'Soft' }]);
  assert.throws(() => say(makeStation('1.6'), reset, { type: 'OnIdle', evseId: 1 }), {
    code: 'unsupported-by-version',
  });
});

test('B12 Scheduled is a success', () => {
  const said = say(makeStation('2.1'), reset, { type: 'OnIdle' });
  assert.deepEqual(said.answered({ status: 'Scheduled' }), { accepted: true, status: 'Scheduled' });
  assert.deepEqual(said.answered({ status: 'Rejected', statusInfo: { reasonCode: 'Busy' } }), {
    accepted: false,
    status: 'Rejected',
    reason: 'Busy',
  });
});

test('a reset whose answer was lost shows in a boot after it, in 2.x in one that was asked for', () => {
  const after = new Date(noon.getTime() + 1_000);
  const look = (version: Version, at: Date, reason?: string, input: object = { type: 'Immediate' }) =>
    lookFor(reset, lostAtNoon(makeStation(version), input, { lastBoot: { at, reason } })).is;
  assert.equal(look('1.6', after), 'done');
  assert.equal(look('1.6', noon), 'not-yet');
  for (const version of ['2.0.1', '2.1'] as const) {
    assert.equal(look(version, after, 'RemoteReset'), 'done');
    assert.equal(look(version, after, 'ScheduledReset'), 'done');
    assert.equal(look(version, after, 'PowerUp'), 'not-yet');
    assert.equal(look(version, noon, 'RemoteReset'), 'not-yet');
    assert.equal(look(version, after, 'RemoteReset', { type: 'Immediate', evseId: 1 }), 'unknowable');
  }
  assert.equal(lookFor(reset, lostAtNoon(makeStation('2.1'), { type: 'OnIdle' })).is, 'not-yet');
});
