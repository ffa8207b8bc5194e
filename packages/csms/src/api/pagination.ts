import { createHash } from 'node:crypto';
import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { invalidRequest } from '../problem.ts';

const pageItemsMax = 1000;
const cursorCharactersMax = 1024;
const checkBytes = 6;

/** The query parameters of every list; spread its properties into the query schema of a route. */
export const PageQuery = Type.Object({
  limit: Type.Integer({
    minimum: 1,
    maximum: pageItemsMax,
    default: 100,
    description: 'How many items to give at most',
  }),
  cursor: Type.Optional(
    Type.String({
      maxLength: cursorCharactersMax,
      description: '`nextCursor` of the page before; the first page has none',
    }),
  ),
});

export interface Page<Item> {
  items: Item[];
  nextCursor?: string;
}

/** The answer of every list. The server adds `Link: <...>; rel="next"` where there is a next page. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    nextCursor: Type.Optional(
      Type.String({ description: 'Ask with this for the next page; absent on the last' }),
    ),
  });
}

/**
 * Cuts a page out of up to `limit + 1` items, read in the order of their keys: the one too many only tells that
 * another page follows. The key of an item is what its order is made of, ending with something unique.
 */
export function page<Item>(
  items: readonly Item[],
  limit: number,
  keyOf: (item: Item) => CursorKey,
): Page<Item> {
  const shown = items.slice(0, limit);
  const last = shown.at(-1);
  if (items.length <= limit || last === undefined) return { items: shown };
  return { items: shown, nextCursor: writeCursor(keyOf(last)) };
}

export type CursorKey = Readonly<Record<string, string | number | boolean | null>>;

/** The key after which the page begins, or undefined for the first. Throws `invalid-request` on any other text. */
export function readCursor<Key extends TObject>(
  cursor: string | undefined,
  key: Key,
): Static<Key> | undefined {
  if (cursor === undefined) return undefined;
  const value = decode(cursor);
  if (Value.Check(key, value)) return value;
  throw invalidRequest([
    { field: 'cursor', message: 'is not a cursor of this list; begin again without it' },
  ]);
}

export function writeCursor(key: CursorKey): string {
  const json = Buffer.from(JSON.stringify(key));
  return Buffer.concat([check(json), json]).toString('base64url');
}

/** The value of a Link header to the page after the one at this URL. */
export function linkToNextPage(url: string, nextCursor: string): string {
  const [path = '', query = ''] = url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', nextCursor);
  return `<${path}?${parameters}>; rel="next"`;
}

function decode(cursor: string): unknown {
  const bytes = Buffer.from(cursor, 'base64url');
  const json = bytes.subarray(checkBytes);
  const intact = bytes.toString('base64url') === cursor && check(json).equals(bytes.subarray(0, checkBytes));
  return intact ? JSON.parse(json.toString()) : undefined;
}

/** Catches what was cut, edited or made up. Not a signature: a key only names a place in a list one may read anyway. */
function check(json: Buffer): Buffer {
  return createHash('sha256').update('busbar cursor 1\n').update(json).digest().subarray(0, checkBytes);
}
