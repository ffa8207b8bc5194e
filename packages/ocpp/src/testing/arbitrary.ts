import fc from 'fast-check';
import { type ActionEntry, findAction, type PayloadKind } from '../catalogue/catalogue.ts';
import type { SchemaNode } from '../lenient/mend.ts';
import type { Version } from '../version.ts';

/** Valid payloads of an action, made from its schema: small lists, all kinds of texts, values at their bounds. */
export function arbitraryPayload(version: Version, action: string, kind: PayloadKind): fc.Arbitrary<object> {
  const schema = schemaOf(version, action, kind);
  const known = payloads.get(schema);
  if (known !== undefined) return known;
  const payload = objectOf(schema);
  payloads.set(schema, payload);
  return payload;
}

/** The schema of a payload as the tests walk it. */
export function schemaOf(version: Version, action: string, kind: PayloadKind): SchemaNode {
  const schema: SchemaNode | undefined = findAction(version, action)?.[kind];
  if (schema === undefined) throw new RangeError(`OCPP ${version} has no ${kind} for ${action}`);
  return schema;
}

/** Who may send an action to a peer of that role. */
export function isSentTo(role: 'CS' | 'CSMS', entry: ActionEntry): boolean {
  return entry.sentBy !== role;
}

const payloads = new Map<SchemaNode, fc.Arbitrary<object>>();

function anyValue(schema: SchemaNode): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return listOf(schema);
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer(boundsOf(schema));
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    default:
      return fc.oneof(plainText(20), fc.integer(), fc.boolean());
  }
}

function objectOf(schema: SchemaNode): fc.Arbitrary<object> {
  const { properties = {}, required = [] } = schema;
  const fields = Object.entries(properties).map(([name, property]) => {
    const value = anyValue(property);
    return required.includes(name) ? value.map(present(name)) : seldom(value.map(present(name)));
  });
  const made = fc.tuple(...fields).map((entries) => Object.fromEntries(entries.flat()));
  if (schema.additionalProperties === false) return made;
  // customData is free beside its vendorId.
  return fc.tuple(made, seldom(plainText(10).map(present('free')))).map(([object, free]) => ({
    ...object,
    ...Object.fromEntries(free),
  }));
}

function present(name: string): (value: unknown) => [string, unknown][] {
  return (value) => [[name, value]];
}

/** One optional field in four, so that deep messages stay small. */
function seldom(fields: fc.Arbitrary<[string, unknown][]>): fc.Arbitrary<[string, unknown][]> {
  return fc.nat(3).chain((chance) => (chance === 0 ? fields : fc.constant([])));
}

function listOf(schema: SchemaNode): fc.Arbitrary<unknown[]> {
  const { items = {}, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  return fc.array(anyValue(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 1) });
}

function textOf({ format, maxLength = 40 }: SchemaNode): fc.Arbitrary<string> {
  if (format === 'date-time') return dateTimes;
  if (format === 'uri') return fc.nat(999).map((n) => `https://csms.example.com/files/${n}?a=b#c`);
  return plainText(Math.min(maxLength, 60));
}

const dateTimes = fc
  .tuple(
    fc.integer({ min: 946_684_800, max: 4_102_444_800 }),
    fc.constantFrom('Z', '+02:00', '-11:30'),
    fc.nat(999),
  )
  .map(([seconds, zone, ms]) => {
    const local = new Date(seconds * 1000 + ms).toISOString().slice(0, -1);
    return `${ms % 2 === 0 ? local : local.slice(0, 19)}${zone}`;
  });

/** Mostly ASCII, now and then any code point; no NUL, which is refused everywhere. */
function plainText(maxLength: number): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.string({ maxLength: Math.min(maxLength, 12) }) },
    {
      weight: 1,
      arbitrary: fc.string({ maxLength, unit: 'binary' }).map((text) => text.replaceAll('\0', '0')),
    },
  );
}

function numberOf(schema: SchemaNode): fc.Arbitrary<number> {
  const { min, max } = boundsOf(schema);
  const { multipleOf } = schema;
  if (multipleOf !== undefined) {
    const perUnit = Math.round(1 / multipleOf);
    const range = { min: Math.max(min, -1e6) * perUnit, max: Math.min(max, 1e6) * perUnit };
    return fc.integer(range).map((steps) => steps / perUnit);
  }
  // JSON has no -0.
  return fc.double({ min, max, noNaN: true }).map((value) => value + 0);
}

/** Integers are 32 bits (Part 2, primitive data types). */
function boundsOf({ minimum = -(2 ** 31), maximum = 2 ** 31 - 1 }: SchemaNode): { min: number; max: number } {
  return { min: minimum, max: maximum };
}
