import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ActionEntry, actionsOf, type PayloadKind } from '../catalogue/catalogue.ts';
import { validate } from '../validate.ts';
import { type Version, versions } from '../version.ts';

// Goes through every schema: a payload with every field at its limits is accepted; the same payload with one
// rule broken is refused with that rule, at that field, with the code that the version has for it.

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

interface Broken {
  readonly keyword: string;
  /** Where the value stands that is replaced, and what goes there. */
  readonly at: readonly string[];
  readonly value: unknown;
  /** The field that has to be named, where it is another one. */
  readonly field?: readonly string[];
}

const codeIn2x: Readonly<Record<string, string>> = {
  type: 'TypeConstraintViolation',
  required: 'OccurrenceConstraintViolation',
  minItems: 'OccurrenceConstraintViolation',
  maxItems: 'OccurrenceConstraintViolation',
  additionalProperties: 'FormatViolation',
  enum: 'PropertyConstraintViolation',
  format: 'PropertyConstraintViolation',
  maxLength: 'PropertyConstraintViolation',
  minimum: 'PropertyConstraintViolation',
  maximum: 'PropertyConstraintViolation',
  multipleOf: 'PropertyConstraintViolation',
};

const nameIn16: Readonly<Record<string, string>> = {
  FormatViolation: 'FormationViolation',
  OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
};

for (const version of versions) {
  test(`FR.03 ${version}: every rule of every schema holds and is reported with its code and field`, () => {
    for (const entry of actionsOf(version)) {
      check(version, entry, 'request', asJson(entry.request));
      if (entry.response) check(version, entry, 'response', asJson(entry.response));
    }
  });
}

function check(version: Version, { action }: ActionEntry, kind: PayloadKind, schema: Schema): void {
  const whole = full(schema);
  assert.equal(validate(version, action, kind, whole), undefined, `${version} ${action} ${kind}`);
  for (const { keyword, at, value, field = at } of breakages(schema, whole, [])) {
    const violation = validate(version, action, kind, replaced(whole, at, value));
    const place = `${version} ${action} ${kind} /${field.join('/')} ${keyword}`;
    const code = at.length === 0 && keyword === 'type' ? 'FormatViolation' : (codeIn2x[keyword] ?? '');
    assert.ok(violation, `${place} was accepted`);
    assert.equal(violation.keyword, keyword, place);
    assert.equal(violation.field, field.map((step) => `/${step}`).join(''), place);
    assert.equal(violation.code, version === '1.6' ? (nameIn16[code] ?? code) : code, place);
    assert.ok(violation.message.length <= 255, violation.message);
  }
}

function full(schema: Schema): unknown {
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [name, full(property)]),
      );
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 1) }, () => full(schema.items ?? {}));
    case 'string':
      if (schema.format === 'date-time') return '2026-02-28T23:59:59.999Z';
      if (schema.format === 'uri') return 'https://example.org/path';
      return 'x'.repeat(schema.maxLength ?? 3);
    case 'integer':
    case 'number':
      return schema.maximum ?? schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return { anything: [null] };
  }
}

function* breakages(schema: Schema, value: unknown, at: readonly string[]): Generator<Broken> {
  if (!schema.type) return;
  yield { keyword: 'type', at, value: schema.type === 'string' ? 7 : 'another type' };
  yield { keyword: 'type', at, value: null };
  if (schema.enum) yield { keyword: 'enum', at, value: 'NoSuchValue' };
  if (schema.format) yield { keyword: 'format', at, value: 'not of this form' };
  if (schema.maxLength !== undefined)
    yield { keyword: 'maxLength', at, value: 'x'.repeat(schema.maxLength + 1) };
  if (schema.minimum !== undefined) yield { keyword: 'minimum', at, value: schema.minimum - 1 };
  if (schema.maximum !== undefined) yield { keyword: 'maximum', at, value: schema.maximum + 1 };
  if (schema.multipleOf !== undefined) yield { keyword: 'multipleOf', at, value: schema.multipleOf * 1.5 };
  if (Array.isArray(value) && schema.items) {
    if (schema.minItems) yield { keyword: 'minItems', at, value: [] };
    if (schema.maxItems) {
      yield { keyword: 'maxItems', at, value: Array.from({ length: schema.maxItems + 1 }, () => value[0]) };
    }
    yield* breakages(schema.items, value[0], [...at, '0']);
  }
  if (isRecord(value)) {
    for (const name of schema.required ?? []) {
      const { [name]: _, ...rest } = value;
      yield { keyword: 'required', at, value: rest, field: [...at, name] };
    }
    if (schema.additionalProperties === false) {
      const field = [...at, 'unheardOf'];
      yield { keyword: 'additionalProperties', at, value: { ...value, unheardOf: 1 }, field };
    }
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      yield* breakages(property, value[name], [...at, name]);
    }
  }
}

function replaced(whole: unknown, at: readonly string[], value: unknown): unknown {
  const [step, ...rest] = at;
  if (step === undefined) return value;
  if (Array.isArray(whole)) return whole.with(Number(step), replaced(whole[Number(step)], rest, value));
  assert.ok(isRecord(whole));
  return { ...whole, [step]: replaced(whole[step], rest, value) };
}

function asJson(schema: object): Schema {
  return JSON.parse(JSON.stringify(schema));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
