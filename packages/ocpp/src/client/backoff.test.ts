import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackoffWaits } from './backoff.ts';

const backoff = { waitMinimumSeconds: 10, randomRangeSeconds: 5, repeatTimes: 3 };

function seconds(waits: BackoffWaits, count: number): number[] {
  return Array.from({ length: count }, () => waits.nextMs() / 1000);
}

test('The wait starts at the minimum, is doubled RetryBackOffRepeatTimes times, and then stays', () => {
  assert.deepEqual(seconds(new BackoffWaits(backoff, () => 0), 6), [10, 20, 40, 80, 80, 80]);
});

test('Every doubling adds a new random part of the range', () => {
  const parts = [1, 0.5, 0, 0.2];
  const waits = new BackoffWaits(backoff, () => parts.shift() ?? 1);
  assert.deepEqual(seconds(waits, 5), [15, 32.5, 65, 131, 131]);
});

test('After a success the next loss starts from the minimum again', () => {
  const waits = new BackoffWaits(backoff, () => 0);
  seconds(waits, 4);
  waits.reset();
  assert.deepEqual(seconds(waits, 2), [10, 20]);
});
