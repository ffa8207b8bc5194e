import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { observe, type Sequence } from './sequence.ts';

const none: Sequence = { last: undefined, missing: [] };
const after = (numbers: readonly number[]) => numbers.reduce(observe, none);

describe('sequence numbers of a transaction', () => {
  it('finds nothing missing when they begin at 0 and rise by one', () => {
    assert.deepEqual(after([0, 1, 2, 3]), { last: 3, missing: [] });
  });

  it('sees the gap of numbers that have not arrived, those before the first included', () => {
    assert.deepEqual(after([2, 3, 7]), {
      last: 7,
      missing: [
        [0, 1],
        [4, 6],
      ],
    });
  });

  it('closes a gap by what arrives late, from either side and in the middle', () => {
    assert.deepEqual(after([0, 9, 1, 8, 5]).missing, [
      [2, 4],
      [6, 7],
    ]);
  });

  it('takes no notice of a number that was seen before', () => {
    assert.deepEqual(after([0, 1, 2, 1, 2]), { last: 2, missing: [] });
  });

  it('is complete again, whatever the order, once every number has come', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 40 })
          .chain((length) => fc.shuffledSubarray([...Array(length).keys()], { minLength: length })),
        (numbers) => {
          assert.deepEqual(after(numbers), { last: numbers.length - 1, missing: [] });
        },
      ),
    );
  });

  it('lists exactly the numbers below the highest that have not come', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 30 }), (numbers) => {
        const highest = Math.max(...numbers);
        const expected = [...Array(highest).keys()].filter((n) => !numbers.includes(n));
        const listed = after(numbers).missing.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index),
        );
        assert.deepEqual(listed, expected);
      }),
    );
  });

  it('stays small for a station that counts wildly', () => {
    const wild = Array.from({ length: 1_000 }, (_, n) => n * 10);
    const { last, missing } = after(wild);
    assert.equal(last, 9_990);
    assert.ok(missing.length <= 50);
    assert.equal(missing[0]?.[0], 1);
  });
});
