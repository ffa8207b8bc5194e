import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSparing, sparingLimits } from './sparing.ts';

describe('what is said sparingly', () => {
  it('is said once a minute of each, with how often it was left unsaid', () => {
    let nowMs = 0;
    const sparing = createSparing(() => nowMs);
    assert.equal(sparing.next('CS1'), 0);
    for (let n = 0; n < 1_000; n++) assert.equal(sparing.next('CS1'), undefined);
    assert.equal(sparing.next('CS2'), 0);
    nowMs = 60_000;
    assert.equal(sparing.next('CS1'), 1_000);
    assert.equal(sparing.next('CS1'), undefined);
  });

  it('is bounded in all, whatever names are invented, and comes again later', () => {
    let nowMs = 0;
    const sparing = createSparing(() => nowMs);
    const said = () => {
      let count = 0;
      for (let n = 0; n < 5_000; n++) if (sparing.next(`${nowMs} ${n}`) !== undefined) count++;
      return count;
    };
    assert.equal(said(), sparingLimits.lines);
    nowMs = 60_000;
    assert.equal(said(), sparingLimits.lines);
  });

  it('remembers no more names than it may', () => {
    const sparing = createSparing(() => 0, { everyMs: 60_000, lines: 1_000, keys: 10 });
    for (let n = 0; n < 20; n++) sparing.next(`${n}`);
    assert.equal(sparing.next('0'), 0, 'forgotten');
    assert.equal(sparing.next('19'), undefined, 'remembered');
  });
});
