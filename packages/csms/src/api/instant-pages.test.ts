import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type InstantPlace, InstantPlace as Place, pageByInstant } from './instant-pages.ts';
import { readCursor } from './pagination.ts';

const rows = ['00', '00', '00', '01', '02', '02'].map((second, index) => ({
  at: `2026-03-01T12:00:${second}.000Z`,
  index,
}));

/** What the statement of a route does. */
function read(after: InstantPlace | undefined, limit: number) {
  const from = rows.filter(({ at }) => after === undefined || at >= after.at);
  return from.slice(after?.shown ?? 0, (after?.shown ?? 0) + limit + 1);
}

test('pages of rows that share their instants hold each row once, whatever the size of a page', () => {
  for (const limit of [1, 2, 3, 4, 5, 6, 7]) {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const after = readCursor(cursor, Place);
      const { items, nextCursor } = pageByInstant(read(after, limit), limit, { after, atOf: ({ at }) => at });
      seen.push(...items.map(({ index }) => index));
      cursor = nextCursor;
    } while (cursor !== undefined);
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5]);
  }
});
