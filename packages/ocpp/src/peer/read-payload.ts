import { findAction, type PayloadKind } from '../catalogue/catalogue.ts';
import { errorCodeFor } from '../errors.ts';
import type { RequestFrame, ResultFrame } from '../frame/frame.ts';
import { tolerate } from '../lenient/tolerate.ts';
import type { Violation } from '../validate/violation.ts';
import { validate } from '../validate.ts';
import type { Version } from '../version.ts';
import type { Wire } from './wire.ts';

/** A payload that may be handed on, or what is wrong with it. */
export type Reading =
  | { readonly payload: object; readonly violation?: never }
  | { readonly violation: Violation };

/**
 * Judges a payload of a known action, in lenient mode with tolerance, whose findings are told. What is valid
 * costs one validation in either mode.
 */
export function readPayload(
  wire: Wire,
  action: string,
  kind: PayloadKind,
  { payload, isUnstorable }: RequestFrame | ResultFrame,
): Reading {
  if (isUnstorable) return { violation: unstorable(wire.version) };
  const violation = validate(wire.version, action, kind, payload);
  if (violation === undefined) return { payload: asObject(payload) };
  const entry = wire.mode === 'lenient' ? findAction(wire.version, action) : undefined;
  const tolerated = entry && tolerate(entry, kind, payload);
  if (tolerated === undefined) return { violation };
  for (const finding of tolerated.findings) wire.find(finding);
  return { payload: tolerated.payload };
}

/** Refused in either mode: nobody could keep it, and to change it would be to change a fact. */
function unstorable(version: Version): Violation {
  const message = 'the payload holds U+0000 or half a pair of surrogates';
  return { code: errorCodeFor(version, 'FormatViolation'), field: '', keyword: 'storable', message };
}

function asObject(payload: unknown): object {
  if (typeof payload === 'object' && payload !== null) return payload;
  throw new TypeError('The schema of every payload asks for an object');
}
