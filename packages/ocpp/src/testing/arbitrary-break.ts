import fc from 'fast-check';
import type { PayloadKind } from '../catalogue/catalogue.ts';
import type { OcppErrorCode } from '../errors.ts';
import type { SchemaNode } from '../lenient/mend.ts';
import type { Version } from '../version.ts';
import { arbitraryPayload, schemaOf } from './arbitrary.ts';

/** A payload that breaks its schema in exactly one place. */
export interface BrokenPayload {
  readonly payload: unknown;
  readonly how: string;
  /** In the spelling of 2.x. */
  readonly code: OcppErrorCode;
  /** JSON pointer to what is broken. */
  readonly field: string;
}

/** Valid payloads with one thing broken, of every kind that the schema has room for. */
export function arbitraryBreak(
  version: Version,
  action: string,
  kind: PayloadKind,
): fc.Arbitrary<BrokenPayload> {
  const schema = schemaOf(version, action, kind);
  return fc.tuple(arbitraryPayload(version, action, kind), fc.nat()).map(([payload, choice]) => {
    const breaks = [...breaksOf(schema, payload, '')];
    const chosen = breaks[choice % breaks.length];
    if (chosen === undefined) throw new Error(`Nothing of ${action} can be broken`);
    return chosen;
  });
}

function* breaksOf(schema: SchemaNode, value: unknown, at: string): Generator<BrokenPayload> {
  const isPayload = at === '';
  const wrongType = schema.type === undefined ? undefined : wrongTypes[schema.type];
  if (wrongType !== undefined) {
    const code = isPayload ? 'FormatViolation' : 'TypeConstraintViolation';
    yield { payload: wrongType, how: 'type', code, field: at };
  }
  if (schema.type === 'object' && isRecord(value)) yield* breaksOfObject(schema, value, at);
  if (schema.type === 'array' && Array.isArray(value)) yield* breaksOfList(schema, value, at);
  for (const [how, broken] of brokenScalars(schema)) {
    yield { payload: broken, how, code: 'PropertyConstraintViolation', field: at };
  }
}

function* breaksOfObject(
  schema: SchemaNode,
  value: Record<string, unknown>,
  at: string,
): Generator<BrokenPayload> {
  const { properties = {}, required = [] } = schema;
  for (const name of required) {
    const { [name]: _, ...payload } = value;
    yield { payload, how: 'missing', code: 'OccurrenceConstraintViolation', field: `${at}/${name}` };
  }
  if (schema.additionalProperties === false) {
    for (const name of ['unheardOf', 'constructor', '__proto__']) {
      const payload = Object.fromEntries([...Object.entries(value), [name, 1]]);
      yield { payload, how: 'unknown', code: 'FormatViolation', field: `${at}/${name}` };
    }
  }
  for (const [name, inner] of Object.entries(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) continue;
    for (const broken of breaksOf(property, inner, `${at}/${name}`)) {
      yield { ...broken, payload: { ...value, [name]: broken.payload } };
    }
  }
}

function* breaksOfList(schema: SchemaNode, value: readonly unknown[], at: string): Generator<BrokenPayload> {
  const { items = {}, minItems = 0, maxItems } = schema;
  const code = 'OccurrenceConstraintViolation';
  if (minItems > 0) yield { payload: value.slice(0, minItems - 1), how: 'too few', code, field: at };
  if (maxItems !== undefined && value.length > 0 && maxItems < 50) {
    const payload = Array.from({ length: maxItems + 1 }, () => value[0]);
    yield { payload, how: 'too many', code, field: at };
  }
  for (const [index, inner] of value.entries()) {
    for (const broken of breaksOf(items, inner, `${at}/${index}`)) {
      yield { ...broken, payload: value.with(index, broken.payload) };
    }
  }
}

function* brokenScalars(schema: SchemaNode): Generator<[string, unknown]> {
  const { format, maxLength, minimum, maximum, multipleOf } = schema;
  if (schema.enum !== undefined) yield ['enum', 'Unheard of'];
  if (maxLength !== undefined) yield ['too long', 'x'.repeat(maxLength + 1)];
  if (format === 'date-time') yield ['format', '2026-02-30T25:00:00Z'];
  if (format === 'uri') yield ['format', 'no uri'];
  if (minimum !== undefined) yield ['too small', minimum - 1];
  if (maximum !== undefined) yield ['too large', maximum + 1];
  if (multipleOf !== undefined) yield ['multiple', (minimum ?? 0) + multipleOf * 1.5];
}

const wrongTypes: Readonly<Record<string, unknown>> = {
  object: 'a text',
  array: 'a text',
  string: true,
  integer: 'a text',
  number: 'a text',
  boolean: 'a text',
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
