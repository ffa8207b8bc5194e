import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeStation, say } from '../../testing/station.ts';
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
