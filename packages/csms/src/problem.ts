/** What the HTTP edge needs to know of a kind of error, and what docs/reference/errors.md says about it. */
interface ProblemType {
  readonly status: number;
  readonly title: string;
  readonly docs: string;
}

/** The closed table of everything that can go wrong over HTTP. The code is a promise to clients: never renamed. */
export const problemTypes = {
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    docs: 'A parameter, a header or the body does not have the form that the operation asks for. `errors` names each field at fault. Correct it and send the request again.',
  },
  unauthenticated: {
    status: 401,
    title: 'Authentication is needed',
    docs: 'There is no `Authorization: Bearer` header, or its token is not known. Send a valid token.',
  },
  forbidden: {
    status: 403,
    title: 'The permission is missing',
    docs: 'The token is valid, but does not carry the permission named in `permission`. Use another token, or have the permission granted.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing',
    docs: 'The path is unknown, or the resource that it names does not exist.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    docs: 'The path exists, but not with this method. The `Allow` header lists those that it has.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    docs: 'The request was not complete in time. Send it again over a better connection.',
  },
  conflict: {
    status: 409,
    title: 'The present state does not allow it',
    docs: 'The resource exists already, or is in a state that rules the operation out. `detail` says which. Read it again before another attempt.',
  },
  'station-offline': {
    status: 409,
    title: 'The station is not connected',
    docs: 'The command needs a connected station and may not wait for one. Try again when the station is online.',
  },
  'station-not-accepted': {
    status: 409,
    title: 'The station is not accepted',
    docs: "The station's registration is pending or rejected, and the command may not be sent to it until it is accepted.",
  },
  'events-gone': {
    status: 410,
    title: 'The events after this position are not kept any more',
    docs: 'The reader was away for longer than events are kept (`BUSBAR_EVENT_DAYS`). Read the present state, then follow the events after the position that `begin` names.',
  },
  'too-large': {
    status: 413,
    title: 'The request is too large',
    docs: 'The body, or the head of the request, exceeds the limit. Send it in smaller parts.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type is not supported',
    docs: 'Bodies are JSON: send `Content-Type: application/json`.',
  },
  'unsupported-by-version': {
    status: 422,
    title: "The station's OCPP version does not have this",
    docs: 'The station speaks a version of OCPP in which this command, or one of its inputs, does not exist. `detail` names the version and what is missing.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key belongs to another request',
    docs: 'The `Idempotency-Key` was used before with another path or body. Use a new key for a new request.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    docs: 'A limit was reached: failed logins from one address, event streams of one token, or the rate of an operation. `Retry-After` says in how many seconds to try again.',
  },
  internal: {
    status: 500,
    title: 'Something is broken in the server',
    docs: 'A fault of the server. The log has it under the request id that stands in `instance`; report it with that id.',
  },
  'database-unavailable': {
    status: 503,
    title: 'The database is away',
    docs: 'The database cannot be reached. Nothing was changed. Try again after `Retry-After` seconds.',
  },
  overloaded: {
    status: 503,
    title: 'The server is busy or stopping',
    docs: 'The server has no room for the request now, or is shutting down. Nothing was changed. Try again after `Retry-After` seconds.',
  },
  'node-unreachable': {
    status: 503,
    title: 'The node that holds the station cannot be reached',
    docs: 'The station is connected to another node, which cannot be reached now: it has just ended, the station is about to move, or the connection between the nodes is down. Try again after `Retry-After` seconds. A command whose way was cut off may have been given all the same: with an `Idempotency-Key` it can be sent again; without one, look at `GET /stations/{stationId}/operations` first.',
  },
  'operation-timeout': {
    status: 504,
    title: 'The station did not answer in time',
    docs: 'The command left for the station, and no answer came within the time limit. Whether it took effect is unknown: with an `Idempotency-Key` the command can be sent again and finds its operation; without one, look for it at `GET /stations/{stationId}/operations` instead of sending the command again.',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemCode = keyof typeof problemTypes;

export const problemCodes = Object.keys(problemTypes).filter(isProblemCode);

export interface FieldError {
  /** JSON pointer into the body (`/limits/0/value`), or the name of the parameter or header. */
  readonly field: string;
  readonly message: string;
}

export interface ProblemOptions {
  /** Members added beside the standard ones, such as `errors` or `operationId`. */
  readonly extras?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * The one error that the HTTP edge turns into an answer. `detail` is read by the caller: it says what is wrong,
 * with which value, and what to do, and never carries a secret. Everything else thrown becomes `internal`.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly extras: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.extras = options.extras ?? {};
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return problemTypes[this.code].status;
  }
}

export function invalidRequest(errors: readonly [FieldError, ...FieldError[]]): Problem {
  const detail = errors
    .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
    .join('; ');
  return new Problem('invalid-request', detail, { extras: { errors } });
}

/** A problem with the time after which another attempt makes sense. */
export function retryLater(
  code: 'rate-limited' | 'database-unavailable' | 'overloaded' | 'node-unreachable',
  detail: string,
  retryAfterSeconds: number,
): Problem {
  return new Problem(code, detail, { headers: { 'retry-after': String(Math.ceil(retryAfterSeconds)) } });
}

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly instance: string;
  readonly [extra: string]: unknown;
}

export const problemContentType = 'application/problem+json; charset=utf-8';

/** RFC 9457. `instance` is this very occurrence: the request id, under which the log has it too. */
export function problemDocument(problem: Problem, requestId: string): ProblemDocument {
  const { code, detail, extras } = problem;
  const { title, status } = problemTypes[code];
  return {
    ...extras,
    type: problemUri(code),
    title,
    status,
    detail,
    code,
    instance: `urn:uuid:${requestId}`,
  };
}

export function problemUri(code: ProblemCode): string {
  return `urn:busbar:problem:${code}`;
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemTypes, code);
}
