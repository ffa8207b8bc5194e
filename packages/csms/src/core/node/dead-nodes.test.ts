import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeadNodes } from './dead-nodes.ts';

const limits = { deadAfterMs: 10_000, longestPauseMs: 6_000 };

test('a node is dead when its sign of life stays the same while others were looked at all the time', () => {
  const look = createDeadNodes(limits);
  const sights = [
    { id: 'a', seenAt: '1' },
    { id: 'b', seenAt: '1' },
  ];
  for (const ms of [0, 4_000, 8_000]) assert.deepEqual(look(sights, ms), []);
  assert.deepEqual(
    look(
      [
        { id: 'a', seenAt: '2' },
        { id: 'b', seenAt: '1' },
      ],
      10_000,
    ),
    ['b'],
  );
  assert.deepEqual(look([{ id: 'a', seenAt: '2' }], 14_000), []);
});

test('time in which nobody looked counts for nobody: after an outage all have the whole time again', () => {
  const look = createDeadNodes(limits);
  const sights = [{ id: 'a', seenAt: '1' }];
  assert.deepEqual(look(sights, 0), []);
  assert.deepEqual(look(sights, 60_000), []);
  assert.deepEqual(look(sights, 65_000), []);
  assert.deepEqual(look(sights, 70_000), ['a']);
});

test('one that comes back under the same id is watched anew', () => {
  const look = createDeadNodes(limits);
  look([{ id: 'a', seenAt: '1' }], 0);
  look([], 5_000);
  assert.deepEqual(look([{ id: 'a', seenAt: '1' }], 10_000), []);
});
