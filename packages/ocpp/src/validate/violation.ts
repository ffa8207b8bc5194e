import type { ErrorObject } from 'ajv';
import { errorCodeFor, type OcppErrorCode } from '../errors.ts';
import { hidden } from '../redact.ts';
import type { Version } from '../version.ts';

/** The first thing that is wrong with a payload. */
export interface Violation {
  /** In the version's own spelling, ready for a CALLERROR. */
  readonly code: OcppErrorCode;
  /** JSON pointer to the field at fault; for a missing field, to where it should have been. */
  readonly field: string;
  /** The JSON Schema keyword that failed. */
  readonly keyword: string;
  /** One sentence that names the field, what is expected and the value; never a sensitive value. */
  readonly message: string;
}

/**
 * Which code answers which broken rule. The standard defines each code in one line (1.6-J section 4.2.3,
 * table 7; 2.x Part 4 section 4.3, table 8) and leaves the rest to the reader. Our reading, from the lines:
 *
 * | broken rule                        | code                          | the line that decides                 |
 * | ---------------------------------- | ----------------------------- | ------------------------------------- |
 * | payload is not an object           | FormatViolation               | the payload's syntax is wrong         |
 * | a field that the message has not   | FormatViolation               | likewise: no such field in the syntax |
 * | a JSON type other than the field's | TypeConstraintViolation       | data type constraints ("a": 12)       |
 * | missing, too few or too many       | OccurrenceConstraintViolation | occurrence constraints                |
 * | enumeration, length, range, format | PropertyConstraintViolation   | a field contains an invalid value     |
 *
 * Errata for 1.6 (2025-04) confirm PropertyConstraintViolation for a value outside an enumeration. The two
 * names that 1.6 spells in its own way are put right by `errorCodeFor`. ProtocolError stays with the frame.
 */
const codeOf: Readonly<Record<string, OcppErrorCode>> = {
  additionalProperties: 'FormatViolation',
  type: 'TypeConstraintViolation',
  required: 'OccurrenceConstraintViolation',
  minItems: 'OccurrenceConstraintViolation',
  maxItems: 'OccurrenceConstraintViolation',
  enum: 'PropertyConstraintViolation',
  maxLength: 'PropertyConstraintViolation',
  minimum: 'PropertyConstraintViolation',
  maximum: 'PropertyConstraintViolation',
  multipleOf: 'PropertyConstraintViolation',
  format: 'PropertyConstraintViolation',
};

/**
 * Puts an error of Ajv into OCPP's terms. `shown` is the payload with everything sensitive hidden: the value
 * in the message comes from there.
 */
export function violationOf(version: Version, error: ErrorObject, shown: unknown): Violation {
  const { keyword, instancePath } = error;
  const field = fieldAtFault(error);
  const isPayload = keyword === 'type' && instancePath === '';
  const code = isPayload ? 'FormatViolation' : (codeOf[keyword] ?? 'FormatViolation');
  const name = field === '' ? 'the payload' : cutFront(field);
  const message = `${name} ${complaint(error, valueAt(shown, instancePath))}`;
  return { code: errorCodeFor(version, code), field, keyword, message };
}

function fieldAtFault({ instancePath, params }: ErrorObject): string {
  const name: unknown = params.missingProperty ?? params.additionalProperty;
  return typeof name === 'string' ? `${instancePath}/${escapePointer(name)}` : instancePath;
}

function complaint({ keyword, params }: ErrorObject, value: unknown): string {
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return 'is not a field of this message';
    case 'type':
      return `must be ${nounOf[params.type] ?? params.type}${butIs(value)}`;
    case 'format':
      return `must be ${nounOf[params.format] ?? params.format}${butIs(value)}`;
    case 'enum':
      return `must be one of ${cut(params.allowedValues.join(', '), listLimit)}${butIs(value)}`;
    case 'maxLength':
      return `must have at most ${params.limit} characters${butHas(value)}`;
    case 'minItems':
      return `must have at least ${params.limit} elements${butHas(value)}`;
    case 'maxItems':
      return `must have at most ${params.limit} elements${butHas(value)}`;
    case 'minimum':
      return `must be at least ${params.limit}${butIs(value)}`;
    case 'maximum':
      return `must be at most ${params.limit}${butIs(value)}`;
    case 'multipleOf':
      return `must be a multiple of ${params.multipleOf}${butIs(value)}`;
    default:
      return `breaks the schema (${keyword})`;
  }
}

const nounOf: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  'date-time': 'a time with date and zone (RFC 3339)',
  uri: 'an absolute URI',
};

/** A CALLERROR's description has room for 255 characters: enough for a name, a value and some of a list. */
const valueLimit = 60;
const listLimit = 80;
const pointerLimit = 80;

function cut(text: string, limit = valueLimit): string {
  return text.length > limit ? `${text.slice(0, limit)}...` : text;
}

/** Of a long pointer the end says most. */
function cutFront(pointer: string): string {
  return pointer.length > pointerLimit ? `...${pointer.slice(-pointerLimit)}` : pointer;
}

function butIs(value: unknown): string {
  if (value === hidden || value === undefined) return '';
  if (value === null) return ', not null';
  if (Array.isArray(value)) return ', not a list';
  if (typeof value === 'object') return ', not an object';
  return `, not ${typeof value === 'string' ? JSON.stringify(cut(value)) : String(value)}`;
}

function butHas(value: unknown): string {
  if (Array.isArray(value)) return `, not ${value.length}`;
  if (typeof value !== 'string' || value === hidden) return '';
  return `, not ${[...value].length}: ${JSON.stringify(cut(value))}`;
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function valueAt(payload: unknown, pointer: string): unknown {
  let value = payload;
  for (const step of pointer.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
