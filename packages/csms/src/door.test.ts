import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '@busbar/ocpp';
import { createDoor, type DoorLimits, defaultDoorLimits } from './door.ts';
import type { LimitName } from './limits-reached.ts';

function open(limits: Partial<DoorLimits> = {}) {
  const clock = createFakeClock();
  const reached: LimitName[] = [];
  const door = createDoor({
    limits: { ...defaultDoorLimits, ...limits },
    clock,
    onLimit: (limit) => reached.push(limit),
  });
  return {
    clock,
    reached,
    /** Somebody of that address asks to be let in. */
    come(address: string, giveUp = () => {}) {
      const caller = door.knock(giveUp);
      const visitor = caller?.enter(address);
      if (!visitor) caller?.left();
      return visitor && { ...visitor, left: () => caller?.left() };
    },
  };
}

describe('the door of a listener', () => {
  it('lets in so many of one address, and others all the same', () => {
    const { come, reached } = open({ addressConnections: 2 });
    const first = come('10.0.0.1');
    come('10.0.0.1')?.upgraded();
    assert.equal(come('10.0.0.1'), undefined);
    assert.ok(come('10.0.0.2'));
    assert.deepEqual(reached, ['address-connections']);
    first?.left();
    assert.ok(come('10.0.0.1'));
  });

  it('lets one address have so many half open, until the upgrade is asked for', () => {
    const { come, reached } = open({ addressHalfOpen: 2 });
    const first = come('10.0.0.1');
    come('10.0.0.1');
    assert.equal(come('10.0.0.1'), undefined);
    first?.upgraded();
    assert.ok(come('10.0.0.1'));
    assert.deepEqual(reached, ['address-half-open']);
  });

  it('lets all together have so many half open, whoever they are', () => {
    const { come, reached } = open({ halfOpen: 2 });
    const first = come('10.0.0.1');
    come('10.0.0.2');
    assert.equal(come('10.0.0.3'), undefined);
    assert.deepEqual(reached, ['node-half-open']);
    first?.left();
    first?.left();
    assert.ok(come('10.0.0.3'));
    assert.equal(come('10.0.0.4'), undefined, 'leaving twice is leaving once');
  });

  it('gives up on who asks for nothing in time, and on nobody else', () => {
    const { come, clock } = open({ upgradeTimeoutMs: 10_000 });
    const givenUp: string[] = [];
    come('10.0.0.1', () => givenUp.push('silent'));
    come('10.0.0.1', () => givenUp.push('upgraded'))?.upgraded();
    come('10.0.0.1', () => givenUp.push('left'))?.left();
    clock.advance(9_999);
    assert.deepEqual(givenUp, []);
    clock.advance(1);
    assert.deepEqual(givenUp, ['silent']);
    assert.equal(clock.scheduled, 0);
  });

  it('bounds how often one address comes, and lets a whole site come at once after a silence', () => {
    const { come, clock, reached } = open({ addressConnectsPerSecond: 2, addressConnectsAtOnce: 5 });
    for (let n = 0; n < 5; n++) come('10.0.0.1')?.left();
    assert.equal(come('10.0.0.1'), undefined);
    assert.deepEqual(reached, ['address-connects']);
    clock.advance(500);
    assert.ok(come('10.0.0.1'));
    assert.equal(come('10.0.0.1'), undefined);
    clock.advance(60_000);
    for (let n = 0; n < 5; n++) assert.ok(come('10.0.0.1'));
    assert.equal(come('10.0.0.1'), undefined);
  });

  it('knows no limit of an address where it is 0', () => {
    const { come } = open({ addressConnections: 0, addressHalfOpen: 0, addressConnectsPerSecond: 0 });
    for (let n = 0; n < 5_000; n++) assert.ok(come('10.0.0.1'));
  });

  it('remembers no more addresses than it may, and none of those is forgotten that have something open', () => {
    const { come } = open({ addresses: 3, addressConnections: 1 });
    come('10.0.0.1')?.upgraded();
    for (let n = 0; n < 100; n++) come(`10.0.1.${n}`)?.left();
    assert.equal(come('10.0.0.1'), undefined);
  });
});
