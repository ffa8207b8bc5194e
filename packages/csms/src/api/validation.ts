import { Ajv2020, type ErrorObject, type Options } from 'ajv/dist/2020.js';
import { type FieldError, invalidRequest, type Problem } from '../problem.ts';

/** Where in the request a value stood. */
export type RequestPart = 'body' | 'params' | 'querystring' | 'headers';

/** More would help nobody to correct a request, and a hostile one could ask for a million. */
const fieldErrorsMax = 20;
const shownValueCharactersMax = 60;

const options: Options = {
  allErrors: true,
  verbose: true,
  useDefaults: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  formats: { 'date-time': isDateTime },
};

/** Compiles the schemas of requests. Only what arrives as text is coerced: in JSON, `"1"` is not `1`. */
export function createValidator() {
  const exact = new Ajv2020({ ...options, coerceTypes: false });
  const coercing = new Ajv2020({ ...options, coerceTypes: 'array' });
  return (part: string | undefined, schema: object) => (part === 'body' ? exact : coercing).compile(schema);
}

/** Names each field at fault once, in the order of the schema. */
export function problemOfViolations(part: RequestPart, violations: readonly ErrorObject[]): Problem {
  const errors = new Map<string, FieldError>();
  for (const violation of violations) {
    if (errors.size === fieldErrorsMax) break;
    const error = { field: fieldAtFault(part, violation), message: sentence(part, violation) };
    errors.set(`${error.field}\n${error.message}`, error);
  }
  const [first = { field: part, message: 'is not valid' }, ...rest] = errors.values();
  return invalidRequest([first, ...rest]);
}

function fieldAtFault(part: RequestPart, { instancePath, params, keyword }: ErrorObject): string {
  const missing = keyword === 'required' ? params.missingProperty : undefined;
  const unknown = params.additionalProperty ?? params.unevaluatedProperty;
  const below: unknown = missing ?? unknown;
  const pointer = typeof below === 'string' ? `${instancePath}/${escapePointer(below)}` : instancePath;
  return part === 'body' ? pointer : pointer.slice(1);
}

function sentence(part: RequestPart, violation: ErrorObject): string {
  const { keyword, params, message = 'is not valid' } = violation;
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not known here';
    case 'enum':
      return `must be one of ${params.allowedValues.join(', ')}${shown(part, violation)}`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}${shown(part, violation)}`;
    default:
      return `${message}${shown(part, violation)}`;
  }
}

/** The value at fault, from the address line only: a body or a header may carry a secret. */
function shown(part: RequestPart, { data }: ErrorObject): string {
  if (part === 'body' || part === 'headers') return '';
  const text = JSON.stringify(data) ?? '';
  return `, not ${text.length > shownValueCharactersMax ? `${text.slice(0, shownValueCharactersMax)}...` : text}`;
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** RFC 3339, whose zone is not optional. */
function isDateTime(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i.test(text) &&
    !Number.isNaN(Date.parse(text))
  );
}
