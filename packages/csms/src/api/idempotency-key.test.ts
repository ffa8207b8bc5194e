import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Value } from 'typebox/value';
import { IdempotencyKeyHeader, idempotencyOf } from './idempotency-key.ts';
import type { Principal } from './permissions.ts';

const operator: Principal = { id: 'operator', name: 'Operator', permissions: 'all' };
const request = { operationId: 'reset', params: { stationId: 'CS-1' }, body: { type: 'OnIdle', evseId: 1 } };
const headers = { 'idempotency-key': 'key-1' };

describe('idempotency key', () => {
  it('is optional', () => {
    assert.equal(idempotencyOf(operator, {}, request), undefined);
    assert.ok(Value.Check(IdempotencyKeyHeader, {}));
  });

  it('has up to 255 printable characters', () => {
    const check = (key: string) => Value.Check(IdempotencyKeyHeader, { 'idempotency-key': key });
    assert.deepEqual(['k', 'k'.repeat(255), '!~', '{"a":1}'].map(check), [true, true, true, true]);
    assert.deepEqual(['', 'k'.repeat(256), 'a b', 'a\n', 'ä', '\u0000'].map(check), Array(6).fill(false));
  });

  it('sees the same request whatever the order of its members, and tells apart every other', () => {
    const digestOf = (changed: object) =>
      idempotencyOf(operator, headers, { ...request, ...changed })?.digest;
    const digest = digestOf({});
    assert.equal(digestOf({ body: { evseId: 1, type: 'OnIdle' } }), digest);
    assert.notEqual(digestOf({ body: { evseId: 2, type: 'OnIdle' } }), digest);
    assert.notEqual(digestOf({ params: { stationId: 'CS-2' } }), digest);
    assert.notEqual(digestOf({ operationId: 'unlock' }), digest);
    assert.notEqual(digestOf({ body: undefined }), digest);
  });

  it('belongs to its principal', () => {
    const other = { ...operator, id: 'other' };
    assert.equal(idempotencyOf(operator, headers, request)?.principalId, 'operator');
    assert.equal(idempotencyOf(other, headers, request)?.principalId, 'other');
  });
});
