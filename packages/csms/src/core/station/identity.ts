import type { Version } from '@busbar/ocpp';

/** identifierString[48] of 2.x. 1.6 states no limit; the same one keeps an identity within a path and a user name. */
const identityCharactersMax = 48;

/** identifierString of 2.x, without the colon that would end the user name (A00.FR.204, A00.FR.303). */
const identifierString = /^[A-Za-z0-9*\-_=+|@.]+$/;

/** 1.6 states no character set: whatever can be seen, and spaces within. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]([\p{L}\p{M}\p{N}\p{P}\p{S} ]*[\p{L}\p{M}\p{N}\p{P}\p{S}])?$/u;

export type CheckedIdentity =
  | { readonly valid: true; readonly key: string }
  | { readonly valid: false; readonly problem: string };

/**
 * Whether a station may be called so, with the key under which it is known. The version is that which the station
 * is going to speak; without one the wider rule of 1.6 holds. `problem` completes a sentence: "The identity ...".
 */
export function checkIdentity(identity: string, version?: Version): CheckedIdentity {
  const problem = problemOf(identity, version);
  return problem === undefined ? { valid: true, key: identityKey(identity) } : { valid: false, problem };
}

function problemOf(identity: string, version: Version | undefined): string | undefined {
  const characters = [...identity].length;
  if (characters === 0) return 'is empty';
  if (characters > identityCharactersMax) {
    return `has ${characters} characters; at most ${identityCharactersMax} are allowed`;
  }
  if (identity.includes(':')) return 'contains a colon, at which a Basic user name ends';
  // As a part of a path these two mean another path.
  if (identity === '.' || identity === '..') return 'is a path, not a name';
  if (version !== undefined && version !== '1.6' && !identifierString.test(identity)) {
    return `has a character that OCPP ${version} does not allow: a-z A-Z 0-9 * - _ = + | @ . are`;
  }
  if (!printable.test(identity)) return 'has characters that cannot be seen, or begins or ends with a space';
  return undefined;
}

/** identifierString is compared without regard to case; so is an identity of 1.6, lest two differ in case alone. */
export function identityKey(identity: string): string {
  return identity.normalize('NFC').toLowerCase();
}
