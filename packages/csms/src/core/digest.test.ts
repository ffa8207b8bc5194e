import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { digestOf } from './digest.ts';

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, shuffled(member)]),
  );
};

it('the order of members does not change a digest', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(digestOf(value), digestOf(shuffled(value)))));
});

it('values that look alike are told apart', () => {
  const values = [
    1,
    '1',
    [1],
    [[1]],
    [1, 1],
    { a: 1 },
    { a: '1' },
    { a: [1] },
    null,
    'null',
    [],
    {},
    [null],
    '',
    [''],
    { '': '' },
  ];
  assert.equal(new Set(values.map(digestOf)).size, values.length);
});

it('a member that is undefined is none', () => {
  assert.equal(digestOf({ a: 1, b: undefined }), digestOf({ a: 1 }));
});
