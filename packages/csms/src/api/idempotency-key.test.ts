import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Value } from 'typebox/value';
import { IdempotencyKeyHeader, orderedBy } from './idempotency-key.ts';
import type { Principal } from './permissions.ts';

const operator: Principal = { id: 'operator', name: 'Operator', permissions: 'all' };

describe('idempotency key', () => {
  it('is optional', () => {
    assert.deepEqual(orderedBy(operator, {}), { givenBy: 'operator' });
    assert.ok(Value.Check(IdempotencyKeyHeader, {}));
  });

  it('has up to 255 printable characters', () => {
    const check = (key: string) => Value.Check(IdempotencyKeyHeader, { 'idempotency-key': key });
    assert.deepEqual(['k', 'k'.repeat(255), '!~', '{"a":1}'].map(check), [true, true, true, true]);
    assert.deepEqual(['', 'k'.repeat(256), 'a b', 'a\n', 'ä', '\u0000'].map(check), Array(6).fill(false));
  });

  it('comes with who gives the order', () => {
    assert.deepEqual(orderedBy(operator, { 'idempotency-key': 'key-1' }), {
      givenBy: 'operator',
      idempotencyKey: 'key-1',
    });
  });
});
