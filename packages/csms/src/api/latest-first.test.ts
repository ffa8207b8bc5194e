import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLatest } from './latest-first.ts';

const now = new Date('2026-03-01T00:00:00.000Z');

/** Reads from rows of the given ages, and keeps where it was told to begin. */
function reader(agesDays: readonly number[]) {
  const froms: (string | undefined)[] = [];
  const read = async (from: string | undefined) => {
    froms.push(from);
    const sinceMs = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from);
    return agesDays.filter((days) => now.getTime() - days * 86_400_000 >= sinceMs);
  };
  return { froms, read };
}

test('of a station that says enough only the last week is looked at', async () => {
  const { read, froms } = reader([1, 2, 3, 300]);
  assert.deepEqual(await readLatest({ read, rows: 3, from: undefined, until: [], now }), [1, 2, 3]);
  assert.deepEqual(froms, ['2026-02-22T00:00:00.000Z']);
});

test('more days are looked at while there are not rows enough, in the end all', async () => {
  const { read, froms } = reader([1, 30, 300, 3_000]);
  assert.deepEqual(await readLatest({ read, rows: 3, from: undefined, until: [], now }), [1, 30, 300]);
  assert.equal(froms.length, 3);
  assert.deepEqual(await readLatest({ read, rows: 9, from: undefined, until: [], now }), [1, 30, 300, 3_000]);
  assert.equal(froms.at(-1), undefined);
});

test('it begins where the reader is, and ends where the reader wants', async () => {
  const { read, froms } = reader([400, 401]);
  const until = [undefined, '2025-02-01T00:00:00Z', '2025-03-01T00:00:00Z'];
  const from = '2025-01-15T00:00:00Z';
  assert.deepEqual(await readLatest({ read, rows: 5, from, until, now }), [400, 401]);
  assert.deepEqual(froms, ['2025-01-25T00:00:00.000Z', from]);
});
