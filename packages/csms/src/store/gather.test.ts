import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gatherLoads } from './gather.ts';

describe('gathered look-ups', () => {
  it('loads what is asked in one turn at once, each key once', async () => {
    const loads: (readonly string[])[] = [];
    const get = gatherLoads(async (keys) => {
      loads.push(keys);
      return new Map(keys.map((key) => [key, key.toUpperCase()]));
    });
    assert.deepEqual(await Promise.all(['a', 'b', 'a'].map(get)), ['A', 'B', 'A']);
    assert.deepEqual(loads, [['a', 'b']]);
  });

  it('answers undefined for a key without a value', async () => {
    const get = gatherLoads(async () => new Map<string, string>());
    assert.equal(await get('none'), undefined);
  });

  it('shares the next load among those who ask while one is on its way, so that nobody gets an older answer', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let loads = 0;
    const get = gatherLoads(async (keys) => {
      const load = loads++;
      await gates[load]?.promise;
      return new Map(keys.map((key) => [key, load]));
    });
    const first = get('a');
    while (loads === 0) await new Promise((resolve) => setImmediate(resolve));
    const later = [get('a'), get('b')];
    for (const { resolve } of gates) resolve();
    assert.equal(await first, 0);
    assert.deepEqual(await Promise.all(later), [1, 1]);
  });

  it('splits what is more than one statement may hold', async () => {
    const sizes: number[] = [];
    const get = gatherLoads(async (keys) => {
      sizes.push(keys.length);
      return new Map(keys.map((key) => [key, key]));
    }, 10);
    await Promise.all(Array.from({ length: 25 }, (_, n) => get(String(n))));
    assert.deepEqual(sizes, [10, 10, 5]);
  });

  it('fails those who asked when the load fails, and loads again for the next', async () => {
    let broken = true;
    const get = gatherLoads(async (keys) => {
      if (broken) throw new Error('gone');
      return new Map(keys.map((key) => [key, 'there']));
    });
    await assert.rejects(get('a'), /gone/);
    broken = false;
    assert.equal(await get('a'), 'there');
  });
});
