import {
  type Static,
  type TArray,
  type TEnum,
  type TObject,
  type TOptional,
  type TProperties,
  type TSchema,
  Type,
} from 'typebox';
import type { SensitiveField, SensitiveRule } from './sensitivity.ts';

/**
 * The few words in which the catalogue is written. Each makes a TypeBox schema, so that static type,
 * JSON Schema and validator come from one definition.
 */

export type { Static };

export const optional: typeof Type.Optional = Type.Optional;

export const boolean = Type.Boolean();

/** Any JSON value. */
export const anything = Type.Unknown();

/** A string of at most `maxLength` characters; without a limit where the standard states none. */
export function text(maxLength?: number) {
  return Type.String(maxLength === undefined ? {} : { maxLength });
}

/** An instant, RFC 3339. */
export const dateTime = Type.String({ format: 'date-time' });

export const uri = Type.String({ format: 'uri' });

export interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
}

export function integer(range: Range = {}) {
  return Type.Integer({ ...range });
}

export function decimal(range: Range & { readonly multipleOf?: number } = {}) {
  return Type.Number({ ...range });
}

/** One of a closed set of strings. */
export function oneOf<Values extends string[]>(...values: Values): TEnum<Values> {
  return Type.Enum<Values>([...values], { type: 'string' });
}

/** A list of at least `min` and at most `max` elements. */
export function list<Items extends TSchema>(
  items: Items,
  bounds: { min?: number; max?: number } = {},
): TArray<Items> {
  return Type.Array(items, {
    ...(bounds.min !== undefined && { minItems: bounds.min }),
    ...(bounds.max !== undefined && { maxItems: bounds.max }),
  });
}

/** An object that has these fields and no others. `sensitive` says which of them to hide, and when. */
export function object<Properties extends TProperties>(
  properties: Properties,
  sensitive: readonly SensitiveRule[] = [],
): TObject<Properties> {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(sensitive.length > 0 && { [rulesOf]: sensitive }),
  });
}

/** Where a schema keeps its rules: a symbol, so that they never show in the JSON Schema. */
const rulesOf = Symbol('sensitive');

/** What a vendor adds to any object of 2.x: named by `vendorId`, otherwise free. */
export const CustomData = Type.Unsafe<{ vendorId: string; [property: string]: unknown }>(
  Type.Object({ vendorId: text(255) }),
);
export type CustomData = Static<typeof CustomData>;

/** An object of 2.x: each of them has room for `customData`. */
export function extensible<Properties extends TProperties>(
  properties: Properties,
  sensitive: readonly SensitiveRule[] = [],
): TObject<Properties & { customData: TOptional<typeof CustomData> }> {
  return object({ ...properties, customData: optional(CustomData) }, sensitive);
}

/** The sensitive fields of a payload, from the rules of every object in it. */
export function sensitiveFieldsOf(payload: TSchema, where: SensitiveField['in']): SensitiveField[] {
  return Array.from(rulesIn(payload, []), ({ at, rule }) => ({ ...rule, in: where, at: at.join('/') }));
}

function* rulesIn(
  schema: TSchema,
  at: readonly string[],
): Generator<{ at: readonly string[]; rule: SensitiveRule }> {
  if (Type.IsArray(schema)) yield* rulesIn(schema.items, [...at, '*']);
  if (!Type.IsObject(schema)) return;
  if (hasRules(schema)) for (const rule of schema[rulesOf]) yield { at, rule };
  for (const [name, property] of Object.entries(schema.properties)) yield* rulesIn(property, [...at, name]);
}

function hasRules(schema: TSchema): schema is TSchema & { readonly [rulesOf]: readonly SensitiveRule[] } {
  return rulesOf in schema;
}
