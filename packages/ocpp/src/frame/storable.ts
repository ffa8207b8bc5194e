/**
 * Does a JSON text hold U+0000 or half a pair of surrogates? Both are legal in JSON and no text to PostgreSQL or to
 * UTF-8; in a text that arrived as UTF-8 they can only stand as escapes.
 */
export function holdsUnstorable(text: string): boolean {
  if (!text.includes('\\u')) return false;
  for (const [escaped] of text.matchAll(escapes)) {
    if (unstorable.test(escaped)) return true;
  }
  return false;
}

/** Whole pairs first, then any escape, so that an escaped backslash never begins another. */
const escapes = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\(?:u[0-9a-fA-F]{4}|.)/g;

const unstorable = /^\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})$/;

/** The same text with U+FFFD in the place of what cannot be stored. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
