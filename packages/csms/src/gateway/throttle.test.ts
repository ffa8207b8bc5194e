import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createThrottle, throttleLimits } from './throttle.ts';

describe('the throttle of failed logins', () => {
  it('makes an identity wait at an address that failed too often, and lets it in again later', () => {
    let nowMs = 0;
    const throttle = createThrottle(() => nowMs);
    for (let n = 0; n < throttleLimits.failuresPerIdentity; n++) throttle.failed('10.0.0.1', 'cs1');
    assert.deepEqual(throttle.wait('10.0.0.1', 'cs1'), { seconds: 60, limit: 'station-logins' });
    nowMs += throttleLimits.windowMs;
    assert.equal(throttle.wait('10.0.0.1', 'cs1'), undefined);
  });

  it('does not let a stranger elsewhere lock a station out', () => {
    const throttle = createThrottle(() => 0);
    for (let n = 0; n < throttleLimits.failuresPerIdentity; n++) throttle.failed('10.6.6.6', 'cs1');
    assert.equal(throttle.wait('10.0.0.1', 'cs1'), undefined);
  });

  it('makes an address wait that tries many identities', () => {
    const throttle = createThrottle(() => 0);
    for (let n = 0; n < throttleLimits.failuresPerAddress; n++) throttle.failed('10.6.6.6', `cs${n}`);
    assert.equal(throttle.wait('10.6.6.6', 'another')?.limit, 'address-logins');
  });

  it('lets in who has logged in from an address before, whatever a neighbour behind the same router does', () => {
    const throttle = createThrottle(() => 0);
    throttle.succeeded('10.6.6.6', 'good');
    for (let n = 0; n < throttleLimits.failuresPerAddress; n++) throttle.failed('10.6.6.6', `cs${n}`);
    assert.equal(throttle.wait('10.6.6.6', 'good'), undefined);
    assert.equal(throttle.wait('10.6.6.6', 'stranger')?.limit, 'address-logins');
  });

  it('forgets the failures of an identity that then succeeds', () => {
    const throttle = createThrottle(() => 0);
    for (let n = 1; n < throttleLimits.failuresPerIdentity; n++) throttle.failed('10.0.0.1', 'cs1');
    throttle.succeeded('10.0.0.1', 'cs1');
    throttle.failed('10.0.0.1', 'cs1');
    assert.equal(throttle.wait('10.0.0.1', 'cs1'), undefined);
  });

  it('keeps its memory bounded however many names are invented', () => {
    const throttle = createThrottle(() => 0, { ...throttleLimits, counters: 10 });
    for (let n = 0; n < 1_000; n++) throttle.failed(`10.0.${n >> 8}.${n & 255}`, `cs${n}`);
    assert.equal(throttle.wait('10.0.0.0', 'cs0'), undefined);
  });
});
