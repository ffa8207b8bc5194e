import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Type } from 'typebox';
import { Problem } from '../problem.ts';
import { linkToNextPage, page, readCursor, writeCursor } from './pagination.ts';

const Key = Type.Object({ at: Type.String(), id: Type.Integer() }, { additionalProperties: false });
const isRefusal = (error: unknown) => error instanceof Problem && error.code === 'invalid-request';

describe('pagination', () => {
  it('reads back every key that it wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), (at, id) => {
        assert.deepEqual(readCursor(writeCursor({ at, id }), Key), { at, id });
      }),
    );
  });

  it('walks a list in pages of any size, each item once and in order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat()), fc.integer({ min: 1, max: 20 }), (unordered, limit) => {
        const ids = unordered.toSorted((a, b) => a - b);
        const seen: number[] = [];
        let cursor: string | undefined;
        do {
          const after = readCursor(cursor, Key)?.id ?? -1;
          const read = ids.filter((id) => id > after).slice(0, limit + 1);
          const { items, nextCursor } = page(read, limit, (id) => ({ at: 'x', id }));
          assert.ok(items.length <= limit);
          seen.push(...items);
          cursor = nextCursor;
        } while (cursor !== undefined);
        assert.deepEqual(seen, ids);
      }),
    );
  });

  it('refuses every other text, and never fails in another way', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' })), (text) => {
        assert.throws(() => readCursor(text, Key), isRefusal);
      }),
    );
  });

  it('refuses a cursor of which one character was changed or left out', () => {
    const cursor = writeCursor({ at: '2026-03-01', id: 42 });
    for (let index = 0; index < cursor.length; index += 1) {
      const other = cursor[index] === 'A' ? 'B' : 'A';
      assert.throws(
        () => readCursor(cursor.slice(0, index) + other + cursor.slice(index + 1), Key),
        isRefusal,
      );
      assert.throws(() => readCursor(cursor.slice(0, index) + cursor.slice(index + 1), Key), isRefusal);
    }
  });

  it('refuses the cursor of another list', () => {
    assert.throws(() => readCursor(writeCursor({ name: 'x' }), Key), isRefusal);
    assert.throws(() => readCursor(writeCursor({ at: 'x', id: 1, more: 1 }), Key), isRefusal);
  });

  it('has no next page after the last item, nor for an empty list', () => {
    assert.deepEqual(
      page([1, 2], 2, (id) => ({ id })),
      { items: [1, 2] },
    );
    assert.deepEqual(
      page([], 2, (id) => ({ id })),
      { items: [] },
    );
  });

  it('links with the parameters of the request', () => {
    assert.equal(linkToNextPage('/api/v1/x', 'c'), '</api/v1/x?cursor=c>; rel="next"');
    assert.equal(linkToNextPage('/x?cursor=a&limit=5', 'c'), '</x?cursor=c&limit=5>; rel="next"');
    assert.equal(linkToNextPage('/x?name=%3E%22', 'c'), '</x?name=%3E%22&cursor=c>; rel="next"');
  });
});
