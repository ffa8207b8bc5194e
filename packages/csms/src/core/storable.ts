import { isColumnText } from '../store/row-source.ts';

/** U+0000, which PostgreSQL refuses, and what separates values on their way to it. */
const unstorable = ['\0', '\x02', '\x1e'];

/** Whether every text of a JSON value can be kept: none of these characters and no half of a surrogate pair. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0') && isColumnText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  for (const name in value) {
    if (!isStorable(name) || !isStorable((value as Record<string, unknown>)[name])) return false;
  }
  return true;
}

/** The value with what cannot be held replaced by U+FFFD. */
export function storable(value: unknown): unknown {
  if (typeof value === 'string')
    return unstorable.reduce((text, character) => text.replaceAll(character, '\ufffd'), value.toWellFormed());
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(storable);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [storable(name), storable(member)]),
  );
}
