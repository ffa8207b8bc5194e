import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { Principal } from './permissions.ts';

/** The header of every operation that must not happen twice; spread its properties into the headers of a route. */
export const IdempotencyKeyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[!-~]+$',
      description:
        'A value of your own, one for each thing that you want done: a repeat is answered, not done again',
      examples: ['5d1c8e3a-start-connector-1'],
    }),
  ),
});

/** What makes two requests the same one. Keys are private to their principal. */
export interface Idempotency {
  readonly principalId: string;
  readonly key: string;
  /** Of method, path and body. The same key with another digest is `idempotency-key-reused`. */
  readonly digest: string;
}

export function idempotencyOf(
  principal: Principal,
  headers: { readonly 'idempotency-key'?: string },
  request: { readonly operationId: string; readonly params: object; readonly body: unknown },
): Idempotency | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  const { operationId, params, body } = request;
  const digest = createHash('sha256')
    .update(canonical([operationId, params, body]))
    .digest('base64url');
  return { principalId: principal.id, key, digest };
}

/** JSON whose members are in order, since a client may write them in another one on its second attempt. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
