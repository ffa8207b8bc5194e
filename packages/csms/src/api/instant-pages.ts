import { type Static, Type } from 'typebox';
import { type Page, page } from './pagination.ts';

/**
 * The place in a list that only grows and whose rows have no key but the instant of their receipt: that instant, and
 * how many rows of it have been shown.
 */
export const InstantPlace = Type.Object({
  at: Type.String({ format: 'date-time' }),
  shown: Type.Integer({ minimum: 0 }),
});
export type InstantPlace = Static<typeof InstantPlace>;

/**
 * Cuts a page out of up to `limit + 1` items that were read from the place `after` on: the rows of its instant
 * included, but for those `shown`, in an order that stays.
 */
export function pageByInstant<Item>(
  items: readonly Item[],
  limit: number,
  place: { readonly after: InstantPlace | undefined; readonly atOf: (item: Item) => string },
): Page<Item> {
  const { after, atOf } = place;
  return page(items, limit, (last) => {
    const at = atOf(last);
    const here = items.slice(0, limit).filter((item) => atOf(item) === at).length;
    return { at, shown: here + (after?.at === at ? after.shown : 0) };
  });
}
