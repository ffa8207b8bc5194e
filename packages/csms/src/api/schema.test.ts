import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Type } from 'typebox';
import { closed, withoutIds } from './schema.ts';

const accepts = (schema: object, value: unknown) => new Ajv2020().compile(schema)(value);

describe('schemas of requests', () => {
  it('refuse unknown fields at every depth', () => {
    const inner = Type.Object({ a: Type.Integer() });
    const schema = closed(
      Type.Object({ one: inner, list: Type.Array(inner), either: Type.Union([inner, Type.String()]) }),
    );
    const good = { one: { a: 1 }, list: [{ a: 1 }], either: { a: 1 } };
    assert.ok(accepts(schema, good));
    for (const bad of [
      { more: 1 },
      { one: { a: 1, b: 1 } },
      { list: [{ a: 1, b: 1 }] },
      { either: { a: 1, b: 1 } },
    ]) {
      assert.equal(accepts(schema, { ...good, ...bad }), false, JSON.stringify(bad));
    }
  });

  it('stay open where they say so, and where any key is meant', () => {
    const open = closed(Type.Object({ a: Type.Integer() }, { additionalProperties: true }));
    assert.ok(accepts(open, { a: 1, b: 2 }));
    assert.ok(accepts(closed(Type.Record(Type.String(), Type.Integer())), { anything: 1 }));
  });

  it('are closed around an intersection, not within it', () => {
    const schema = closed(
      Type.Intersect([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Integer() })]),
    );
    assert.ok(accepts(schema, { a: 1, b: 2 }));
    assert.equal(accepts(schema, { a: 1, b: 2, c: 3 }), false);
  });

  it('leave the schema that they were made of as it is', () => {
    const schema = Type.Object({ a: Type.Object({}, { $id: 'A' }) }, { $id: 'B' });
    const before = JSON.stringify(schema);
    closed(schema);
    assert.doesNotMatch(JSON.stringify(withoutIds(schema)), /\$id/);
    assert.equal(JSON.stringify(schema), before);
  });
});
