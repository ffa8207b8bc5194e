import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookFor, lostAtNoon } from '../../testing/lost.ts';
import { makeStation, makeTransaction, say } from '../../testing/station.ts';
import { remoteStop } from './remote-stop.ts';

const ours = '00000000-0000-4000-8000-000000000001';

test("F03.FR.01 names the transaction by the station's id, whichever id was given", () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    const station = makeStation(version, { transactions: new Map([['tx-1', makeTransaction('tx-1')]]) });
    for (const transactionId of ['tx-1', ours]) {
      assert.deepEqual(say(station, remoteStop, { transactionId }).requests, [{ transactionId: 'tx-1' }]);
    }
  }
});

test('1.6 section 5.12 names the number that it was given', () => {
  const station = makeStation('1.6', { transactions: new Map([['42', makeTransaction('42')]]) });
  for (const transactionId of ['42', ours]) {
    const said = say(station, remoteStop, { transactionId });
    assert.deepEqual(said.requests, [{ transactionId: 42 }]);
    assert.deepEqual(said.answered({ status: 'Rejected' }), { accepted: false, status: 'Rejected' });
  }
});

test('a transaction that is not open at the station is not found', () => {
  for (const version of ['1.6', '2.1'] as const) {
    assert.throws(() => say(makeStation(version), remoteStop, { transactionId: '42' }), {
      code: 'not-found',
    });
  }
});

test('B02.FR.05 is not given to a station that is pending', () => {
  assert.equal(remoteStop.whenPending, false);
});

test('a stop whose answer was lost shows in the end of the transaction, by whichever id it was named', () => {
  const open = makeTransaction('tx-1');
  const station = makeStation('2.1', { transactions: new Map([['tx-1', open]]) });
  for (const transactionId of ['tx-1', open.id]) {
    assert.equal(lookFor(remoteStop, lostAtNoon(station, { transactionId })).is, 'not-yet');
    assert.equal(lookFor(remoteStop, lostAtNoon(makeStation('2.1'), { transactionId })).is, 'done');
  }
});
