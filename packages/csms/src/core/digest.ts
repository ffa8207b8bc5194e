import { hash } from 'node:crypto';

/** Digest of a JSON value that does not depend on the order of its members. */
export function digestOf(value: unknown): string {
  return hash('sha256', canonical(value), 'base64url').slice(0, 27);
}

/** JSON text with the members of each object in order of their names. */
function canonical(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  let text = '';
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) text += `${canonical(value[index])},`;
    return `[${text}]`;
  }
  const names = Object.keys(value);
  if (names.length > 1) names.sort();
  for (const name of names) {
    const member: unknown = (value as Record<string, unknown>)[name];
    if (member !== undefined) text += `${JSON.stringify(name)}:${canonical(member)},`;
  }
  return `{${text}}`;
}
