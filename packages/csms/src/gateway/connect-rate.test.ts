import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createConnectRate } from './connect-rate.ts';

describe('how often a station connects', () => {
  it('is free for one that merely reconnects a few times', () => {
    let nowMs = 0;
    const rate = createConnectRate(20, () => nowMs);
    for (let n = 0; n < 100; n++) {
      assert.equal(rate.waitSeconds('cs1'), 0);
      rate.connected('cs1');
      nowMs += 10_000;
    }
  });

  it('is bounded for one that opens and closes in a loop, which is never locked out for long', () => {
    let nowMs = 0;
    const rate = createConnectRate(20, () => nowMs);
    for (let n = 0; n < 20; n++) {
      assert.equal(rate.waitSeconds('cs1'), 0);
      rate.connected('cs1');
    }
    assert.equal(rate.waitSeconds('cs1'), 3);
    assert.equal(rate.waitSeconds('cs2'), 0);
    nowMs = 3_000;
    assert.equal(rate.waitSeconds('cs1'), 0);
    rate.connected('cs1');
    assert.equal(rate.waitSeconds('cs1'), 3);
  });

  it('knows no limit where it is 0', () => {
    const rate = createConnectRate(0, () => 0);
    for (let n = 0; n < 1_000; n++) rate.connected('cs1');
    assert.equal(rate.waitSeconds('cs1'), 0);
  });

  it('remembers no more stations than it may', () => {
    const rate = createConnectRate(1, () => 0, 2);
    for (const identity of ['cs1', 'cs2', 'cs3']) rate.connected(identity);
    assert.equal(rate.waitSeconds('cs1'), 0);
    assert.ok(rate.waitSeconds('cs3') > 0);
  });
});
