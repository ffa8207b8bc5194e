import type { Version } from './version.ts';

const sharedCodes = [
  'NotImplemented',
  'NotSupported',
  'InternalError',
  'ProtocolError',
  'SecurityError',
  'PropertyConstraintViolation',
  'TypeConstraintViolation',
  'GenericError',
] as const;

/** 1.6 keeps its two odd spellings: errata 2025-04 say that they are not to be corrected. */
const codesOf16 = [...sharedCodes, 'FormationViolation', 'OccurenceConstraintViolation'] as const;

const codesOf2x = [
  ...sharedCodes,
  'FormatViolation',
  'OccurrenceConstraintViolation',
  'MessageTypeNotSupported',
  'RpcFrameworkError',
] as const;

/** Every code that a CALLERROR of some version may carry (1.6-J section 4.2.3; 2.x Part 4 section 4.3). */
export type OcppErrorCode = (typeof codesOf16)[number] | (typeof codesOf2x)[number];

/** The codes that a version knows, in its own spelling. */
export const errorCodesOf: Readonly<Record<Version, readonly OcppErrorCode[]>> = {
  '1.6': codesOf16,
  '2.0.1': codesOf2x,
  '2.1': codesOf2x,
};

/**
 * The version's own name for a code: 1.6 and 2.x spell two of them differently, and 1.6 has no code for
 * trouble with the frame itself, for which its nearest is FormationViolation.
 */
export function errorCodeFor(version: Version, code: OcppErrorCode): OcppErrorCode {
  return (version === '1.6' ? namesIn16 : namesIn2x)[code] ?? code;
}

const namesIn16: Partial<Record<OcppErrorCode, OcppErrorCode>> = {
  FormatViolation: 'FormationViolation',
  OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
  MessageTypeNotSupported: 'FormationViolation',
  RpcFrameworkError: 'FormationViolation',
};

const namesIn2x: Partial<Record<OcppErrorCode, OcppErrorCode>> = {
  FormationViolation: 'FormatViolation',
  OccurenceConstraintViolation: 'OccurrenceConstraintViolation',
};

/**
 * A protocol fault that is answered with CALLERROR. A refusal for which the response has a status is a
 * value and never this error.
 */
export class OcppError extends Error {
  override readonly name = 'OcppError';
  readonly code: OcppErrorCode;
  /** Goes out as `errorDetails`; never put anything secret here. */
  readonly details: object;

  constructor(code: OcppErrorCode, description: string, details: object = {}) {
    super(description);
    this.code = code;
    this.details = details;
  }
}
