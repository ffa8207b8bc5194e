import { type TEnum, type TSchemaOptions, Type } from 'typebox';

/**
 * Fields that many routes have in common, each said once.
 */

/** Text that PostgreSQL can hold: neither U+0000 nor half of a surrogate pair. */
const storable = '^[^\\u0000\\ud800-\\udfff]*$';

export function text(charactersMax: number, options: TSchemaOptions = {}) {
  return Type.String({ minLength: 1, maxLength: charactersMax, pattern: storable, ...options });
}

/** One of a closed set of strings. */
export function oneOf<Values extends string[]>(
  values: readonly [...Values],
  options: TSchemaOptions = {},
): TEnum<Values> {
  return Type.Enum<Values>([...values], { type: 'string', ...options });
}

/** An instant in an answer: UTC with milliseconds. */
export function instant(description: string) {
  return Type.String({ format: 'date-time', description, examples: ['2026-03-01T12:00:00.000Z'] });
}

/** An exact decimal, as text: JSON numbers are read as floats. */
export function decimal(description: string) {
  return Type.String({ description, examples: ['12345.678'] });
}

export function uuid(description: string) {
  return Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', description });
}

/** An object whose members are not ours to say. */
export function anyObject(description: string) {
  return Type.Object({}, { additionalProperties: true, description });
}

/** The time range of a list; spread its properties into the query of a route. */
export const TimeRange = Type.Object({
  from: Type.Optional(Type.String({ format: 'date-time', description: 'From this instant on' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Before this instant' })),
});
