import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type TSchema, Type } from 'typebox';
import { asOperator, testApi } from './fixture.ts';
import { defineRoute } from './route.ts';

async function sent(schema: TSchema, body: unknown): Promise<string> {
  const route = defineRoute({
    method: 'GET',
    path: '/thing',
    permission: 'stations:read',
    operationId: 'readThing',
    summary: 'Read a thing',
    tags: ['things'],
    responses: { 200: schema },
    problems: [],
    handle: () => ({ status: 200, body }),
  });
  const response = await testApi([route]).api.inject({ url: '/api/v1/thing', headers: asOperator });
  return response.statusCode === 200 ? response.body : `${response.statusCode} ${response.json().code}`;
}

const Decimal = Type.String({ pattern: '^-?[0-9]+(\\.[0-9]+)?$' });

describe('bodies of answers', () => {
  const kept: [name: string, schema: TSchema, body: unknown][] = [
    ['decimals', Type.Object({ energyWh: Decimal }), { energyWh: '100000000000000000000.000' }],
    ['decimals or null', Type.Object({ energyWh: Type.Union([Decimal, Type.Null()]) }), { energyWh: '8.10' }],
    [
      'null instead of a decimal',
      Type.Object({ energyWh: Type.Union([Type.Null(), Decimal]) }),
      { energyWh: null },
    ],
    [
      'instants as text',
      Type.Object({ at: Type.String({ format: 'date-time' }) }),
      { at: '2026-03-01T12:00:00.123456Z' },
    ],
    ['numbers', Type.Object({ a: Type.Number(), b: Type.Integer() }), { a: 0.1, b: Number.MAX_SAFE_INTEGER }],
    ['any data', Type.Object({ data: Type.Unknown() }), { data: { nested: [1, 'x', null, { y: true }] } }],
    [
      'open objects',
      Type.Object({ data: Type.Object({}, { additionalProperties: true }) }),
      { data: { x: { y: 1 } } },
    ],
    ['records', Type.Record(Type.String(), Decimal), { a: '1.0', 'b c': '2.00' }],
    [
      'lists of lists',
      Type.Object({ rows: Type.Array(Type.Array(Decimal)) }),
      { rows: [['1.0'], [], ['2.0', '3']] },
    ],
    [
      'text that needs escaping',
      Type.Object({ text: Type.String() }),
      { text: '"\\\u0000\u2028 ⚡ \ud83d\ude00' },
    ],
    ['an absent field', Type.Object({ a: Type.Optional(Type.String()) }), {}],
    [
      'one of several forms',
      Type.Union([
        Type.Object({ kind: Type.Literal('wh'), value: Decimal }),
        Type.Object({ kind: Type.Literal('count'), value: Type.Integer() }),
      ]),
      { kind: 'wh', value: '12.50' },
    ],
    [
      'an intersection',
      Type.Intersect([Type.Object({ a: Decimal }), Type.Object({ b: Type.Integer() })]),
      { a: '1.50', b: 2 },
    ],
  ];
  for (const [name, schema, body] of kept) {
    it(`keep ${name}`, async () => {
      assert.equal(await sent(schema, body), JSON.stringify(body));
    });
  }

  it('never carry a field that the schema does not know, at any depth', async () => {
    const Inner = Type.Object({ a: Type.String() });
    const hush = { a: 'x', secret: 'hush' };
    const schema = Type.Object({
      one: Inner,
      list: Type.Array(Inner),
      maybe: Type.Union([Inner, Type.Null()]),
      either: Type.Union([
        Type.Object({ kind: Type.Literal('a'), a: Type.String() }),
        Type.Object({ kind: Type.Literal('b') }),
      ]),
      both: Type.Intersect([Inner, Type.Object({ b: Type.Integer() })]),
    });
    const body = {
      one: hush,
      list: [hush],
      maybe: hush,
      either: { kind: 'b', ...hush },
      both: { ...hush, b: 1 },
      secret: 'hush',
    };
    assert.doesNotMatch(await sent(schema, body), /hush/);
  });

  it('are not sent when a field is missing that the schema promises', async () => {
    assert.equal(await sent(Type.Object({ a: Type.String(), b: Type.String() }), { a: 'x' }), '500 internal');
  });
});
