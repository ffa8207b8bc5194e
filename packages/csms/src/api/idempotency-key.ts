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

/** Who gives an order, and under which key: keys are private to whoever gives them. */
export function orderedBy(
  principal: Principal,
  headers: { readonly 'idempotency-key'?: string },
): { readonly givenBy: string; readonly idempotencyKey?: string } {
  const key = headers['idempotency-key'];
  return { givenBy: principal.id, ...(key !== undefined && { idempotencyKey: key }) };
}
