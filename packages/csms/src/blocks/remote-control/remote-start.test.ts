import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hidden } from '@busbar/ocpp';
import {
  expectedRemoteStart,
  mostRemoteStarts,
  remoteStartWindowMs,
} from '../../core/transaction/remote-starts.ts';
import type { StationTwin } from '../../core/twin.ts';
import { lookFor, lostAtNoon } from '../../testing/lost.ts';
import { makeStation, noon, say } from '../../testing/station.ts';
import { remoteStart } from './remote-start.ts';

const input = { idToken: 'ABC', evseId: 2 };

const abcAt = (at: Date) => ({ idTag: 'abc', connectorId: 2, receivedAt: at, startedAt: at });

function intend(station: StationTwin, correlationId: number, now = noon): void {
  remoteStart.onIntent?.(input, { station, correlationId, now }).apply?.();
}

test('F01, F02 asks for a start under an id, with the type of the token', () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    assert.deepEqual(say(makeStation(version), remoteStart, input, 17).requests, [
      { remoteStartId: 17, evseId: 2, idToken: { idToken: 'ABC', type: 'Central' } },
    ]);
    const typed = { idToken: 'ABC', idTokenType: 'ISO14443' };
    assert.deepEqual(say(makeStation(version), remoteStart, typed, 17).requests, [
      { remoteStartId: 17, idToken: { idToken: 'ABC', type: 'ISO14443' } },
    ]);
  }
});

test('1.6 section 5.11 names tag and connector', () => {
  assert.deepEqual(say(makeStation('1.6'), remoteStart, input, 17).requests, [
    { idTag: 'ABC', connectorId: 2 },
  ]);
  assert.deepEqual(say(makeStation('1.6'), remoteStart, { idToken: 'ABC' }, 17).requests, [{ idTag: 'ABC' }]);
});

test('a token that the version cannot carry is refused', () => {
  const refused = { code: 'unsupported-by-version' };
  assert.throws(() => say(makeStation('1.6'), remoteStart, { idToken: 'x'.repeat(21) }), refused);
  assert.throws(() => say(makeStation('2.0.1'), remoteStart, { idToken: 'x'.repeat(37) }), refused);
  assert.throws(() => say(makeStation('2.0.1'), remoteStart, { idToken: 'A', idTokenType: 'VIN' }), refused);
  assert.ok(say(makeStation('2.1'), remoteStart, { idToken: 'x'.repeat(255), idTokenType: 'VIN' }));
});

test('F01.FR.13 the transaction that runs already is told', () => {
  const said = say(makeStation('2.1'), remoteStart, input, 17);
  const { accepted, data } = said.answered({ status: 'Accepted', transactionId: 'tx-1' });
  assert.deepEqual([accepted, data], [true, { stationTransactionId: 'tx-1' }]);
});

test('the start is expected before the CALL leaves, and not any more once it was refused', () => {
  for (const version of ['1.6', '2.0.1', '2.1'] as const) {
    const station = makeStation(version);
    intend(station, 17);
    assert.equal(expectedRemoteStart(station, abcAt(noon)), 17);
    say(station, remoteStart, input, 17).answered({ status: 'Accepted' }).apply?.();
    assert.equal(expectedRemoteStart(station, abcAt(noon)), 17);
    say(station, remoteStart, input, 17).answered({ status: 'Rejected' }).apply?.();
    assert.equal(expectedRemoteStart(station, abcAt(noon)), undefined);
  }
});

test('a start is expected for as long as a driver may take, by our clock or, told late, by that of the station', () => {
  const station = makeStation('1.6');
  intend(station, 17);
  const late = new Date(noon.getTime() + remoteStartWindowMs + 1);
  const soon = new Date(noon.getTime() + 60_000);
  const before = new Date(noon.getTime() - 60_000);
  assert.equal(expectedRemoteStart(station, abcAt(late)), undefined);
  assert.equal(expectedRemoteStart(station, { ...abcAt(late), startedAt: soon }), 17);
  assert.equal(expectedRemoteStart(station, { ...abcAt(late), startedAt: before }), undefined);
});

test('the latest starts are remembered, and no more than a bounded number', () => {
  const station = makeStation('1.6');
  for (let id = 1; id <= mostRemoteStarts + 1; id++) intend(station, id);
  assert.deepEqual(
    station.remoteStarts.map(({ remoteStartId }) => remoteStartId),
    Array.from({ length: mostRemoteStarts }, (_, index) => index + 2),
  );
});

test('B02.FR.05 is not given to a station that is pending', () => {
  assert.equal(remoteStart.whenPending, false);
});

test('a key code is a secret and is not kept with the operation', () => {
  const keyCode = { idToken: '1234', idTokenType: 'KeyCode' };
  assert.deepEqual(remoteStart.withoutSecrets?.(keyCode), { ...keyCode, idToken: hidden });
  assert.deepEqual(remoteStart.withoutSecrets?.(input), input);
});

test('a start whose answer was lost shows in its transaction, for which is waited as long as it is expected', () => {
  const station = makeStation('1.6');
  assert.equal(lookFor(remoteStart, lostAtNoon(station, input)).is, 'not-yet');
  assert.equal(lookFor(remoteStart, lostAtNoon(station, input, { transactionId: 't' })).is, 'done');
  const { whenLost } = remoteStart;
  assert.ok(whenLost.kind === 'shows-in-facts');
  assert.equal(whenLost.withinSeconds * 1_000, remoteStartWindowMs);
});
