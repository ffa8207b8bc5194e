import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTurns } from './turns.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('taking turns', () => {
  it('begins at once what comes alone, and the others in their order, so many in a turn', async () => {
    const begun: number[] = [];
    const add = createTurns<number>(2, (n) => {
      begun.push(n);
      return true;
    });
    for (let n = 1; n <= 6; n++) add(n);
    assert.deepEqual(begun, [1]);
    await nextTurn();
    assert.deepEqual(begun, [1, 2, 3]);
    await nextTurn();
    assert.deepEqual(begun, [1, 2, 3, 4, 5]);
    await nextTurn();
    await nextTurn();
    add(7);
    assert.deepEqual(begun, [1, 2, 3, 4, 5, 6, 7]);
  });

  it('passes over what has gone, without its taking a turn', async () => {
    const begun: number[] = [];
    const add = createTurns<number>(1, (n) => {
      if (n % 2 === 0) return false;
      begun.push(n);
      return true;
    });
    for (let n = 1; n <= 5; n++) add(n);
    await nextTurn();
    assert.deepEqual(begun, [1, 3]);
    await nextTurn();
    assert.deepEqual(begun, [1, 3, 5]);
  });

  it('begins thousands, each once', async () => {
    let begun = 0;
    const add = createTurns<number>(100, () => {
      begun++;
      return true;
    });
    for (let n = 0; n < 5_000; n++) add(n);
    while (begun < 5_000) await nextTurn();
    await nextTurn();
    assert.equal(begun, 5_000);
  });
});
