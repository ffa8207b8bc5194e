import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace, PacesKept } from './pace.ts';

const limits = {
  framesPerSecond: 10,
  framesAtOnce: 20,
  bytesPerSecond: 1_000,
  bytesAtOnce: 5_000,
  frameBytes: 2_000,
};

test('What comes at once is free up to a limit; the debt beyond is waited for', () => {
  const pace = new Pace(limits, 0);
  for (let n = 0; n < 20; n++) pace.take(1, 0);
  assert.equal(pace.wait(0), undefined);
  for (let n = 0; n < 5; n++) pace.take(1, 0);
  assert.deepEqual(pace.wait(0), { ms: 500, for: 'frames' });
  assert.deepEqual(pace.wait(300), { ms: 200, for: 'frames' });
  assert.equal(pace.wait(500), undefined);
});

test('Few frames that are large are waited for by their octets', () => {
  const pace = new Pace(limits, 0);
  pace.take(6_000, 0);
  assert.deepEqual(pace.wait(0), { ms: 1_000, for: 'bytes' });
  assert.equal(pace.isHopeless, false);
  pace.take(4_001, 0);
  assert.equal(pace.isHopeless, true);
});

test('One message of the largest kind is never hopeless, however little may come at once', () => {
  const pace = new Pace({ ...limits, bytesAtOnce: 100, frameBytes: 10_000 }, 0);
  pace.take(10_000, 0);
  pace.take(10_000, 0);
  assert.equal(pace.isHopeless, false);
  pace.take(200, 0);
  assert.equal(pace.isHopeless, true);
});

test('A long silence fills the account to its limit and no further, and a clock that is set back fills nothing', () => {
  const pace = new Pace(limits, 0);
  for (let n = 0; n < 20; n++) pace.take(1, 3_600_000);
  assert.equal(pace.wait(3_600_000), undefined);
  pace.take(1, 0);
  assert.deepEqual(pace.wait(0), { ms: 100, for: 'frames' });
});

test('A limit of 0 is none', () => {
  const pace = new Pace({ ...limits, framesPerSecond: 0, bytesPerSecond: 0 }, 0);
  for (let n = 0; n < 1_000; n++) pace.take(1_000_000, 0);
  assert.equal(pace.wait(0), undefined);
  assert.equal(pace.isHopeless, false);
});

test('Who connects again has the account that it had, by time and whatever the case of its name', () => {
  const paces = new PacesKept(limits);
  const first = paces.take('CS1', 0);
  for (let n = 0; n < 30; n++) first.take(1, 0);
  paces.keep('CS1', first, 0);
  assert.deepEqual(paces.take('cs1', 500).wait(500), { ms: 500, for: 'frames' });
  paces.keep('CS1', first, 500);
  assert.notEqual(paces.take('CS2', 500), first);
  const full = paces.take('CS3', 0);
  paces.keep('CS3', full, 0);
  assert.notEqual(paces.take('CS3', 0), full);
});
