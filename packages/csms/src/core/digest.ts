import { hash } from 'node:crypto';

/** Digest of a JSON value that does not depend on the order of its members. */
export function digestOf(value: unknown): string {
  return hash('sha256', canonical(value), 'base64url').slice(0, 27);
}

/**
 * One text for each value: members in order of their names, texts behind their length, so that no two values share a
 * text. Cheaper than JSON, as nothing has to be escaped.
 */
function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `"${value.length}:${value}`;
    case 'number':
    case 'boolean':
      return `${value},`;
    case 'object':
      return value === null ? 'null,' : Array.isArray(value) ? ofList(value) : ofObject(value);
    default:
      return 'null,';
  }
}

function ofList(list: readonly unknown[]): string {
  let text = '[';
  for (const element of list) text += canonical(element);
  return `${text}]`;
}

function ofObject(object: object): string {
  const names = Object.keys(object);
  if (names.length > 1) names.sort();
  let text = '{';
  for (const name of names) {
    const member: unknown = (object as Record<string, unknown>)[name];
    if (member !== undefined) text += `${name.length}:${name}${canonical(member)}`;
  }
  return `${text}}`;
}
