/** Chance that comes out the same for the same seed. */
export interface Seeded {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, limit). */
  below(limit: number): number;
  /** True in so many of a hundred cases. */
  percent(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** By weight: each item stands beside how often it comes. */
  weigh<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item;
}

export function createSeeded(seed: number): Seeded {
  let state = seed >>> 0;
  // Mulberry32 (Tommy Ettinger, public domain): small, and good enough for tests.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const at = <Item>(items: readonly Item[], index: number): Item => {
    const item = items[index];
    if (item === undefined) throw new Error('there is nothing to choose from');
    return item;
  };
  return {
    next,
    below,
    percent: (share) => next() * 100 < share,
    pick: (items) => at(items, below(items.length)),
    weigh(items) {
      const total = items.reduce((sum, [weight]) => sum + weight, 0);
      let left = next() * total;
      const index = items.findIndex(([weight]) => {
        left -= weight;
        return left < 0;
      });
      return at(items, index)[1];
    },
  };
}
