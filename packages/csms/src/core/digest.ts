import { hash } from 'node:crypto';

/** Digest of a JSON value that does not depend on the order of its members. */
export function digestOf(value: unknown): string {
  return hash('sha256', canonical(value), 'base64url').slice(0, 27);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
