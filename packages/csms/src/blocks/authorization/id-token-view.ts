import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { instant, oneOf, text } from '../../api/fields.ts';
import { tokenKey } from '../../core/id-token/key.ts';
import { type Row, shown } from '../../core/rows.ts';
import { Problem } from '../../problem.ts';

export const TokenStatus = oneOf(['Accepted', 'Blocked'], {
  description: 'Whether it may charge, apart from its expiry',
});
const TokenType = text(20, {
  description:
    'As in OCPP 2.x: Central, eMAID, ISO14443, ISO15693, KeyCode, Local, MacAddress, ... A token without one is taken whatever type a station names',
  examples: ['ISO14443'],
});
const GroupId = text(255, {
  description:
    'Tokens of one group may stop what another of them started (parentIdTag in 1.6, 20 characters there)',
});
const ExpiresAt = Type.String({ format: 'date-time', description: 'From then on it is Expired' });
const Concurrent = Type.Boolean({ description: 'Whether it may charge in several transactions at once' });
const Language = text(8, { description: 'Of the driver, RFC 5646', examples: ['de'] });
const Note = text(1_000, { description: "The operator's own words" });

export const IdTokenToCreate = Type.Object(
  {
    idToken: text(255, {
      description:
        'As the reader gives it, without regard to case. 1.6 has room for 20 characters, 2.0.1 for 36',
      examples: ['04A1B2C3D4E5F6'],
    }),
    type: Type.Optional(TokenType),
    status: Type.Optional(Type.Unsafe<Static<typeof TokenStatus>>({ ...TokenStatus, default: 'Accepted' })),
    groupId: Type.Optional(GroupId),
    expiresAt: Type.Optional(ExpiresAt),
    concurrent: Type.Optional(Type.Unsafe<boolean>({ ...Concurrent, default: false })),
    language: Type.Optional(Language),
    note: Type.Optional(Note),
  },
  { $id: 'IdTokenToCreate' },
);
export type IdTokenToCreate = Static<typeof IdTokenToCreate>;

export const IdTokenChange = Type.Object(
  {
    type: Type.Optional(Type.Union([TokenType, Type.Null()])),
    status: Type.Optional(TokenStatus),
    groupId: Type.Optional(Type.Union([GroupId, Type.Null()])),
    expiresAt: Type.Optional(Type.Union([ExpiresAt, Type.Null()])),
    concurrent: Type.Optional(Concurrent),
    language: Type.Optional(Type.Union([Language, Type.Null()])),
    note: Type.Optional(Type.Union([Note, Type.Null()])),
  },
  { $id: 'IdTokenChange', minProperties: 1, description: 'Only what is named changes; null takes it away' },
);

export const IdToken = Type.Object(
  {
    idToken: Type.String(),
    type: Type.Optional(Type.String()),
    status: TokenStatus,
    groupId: Type.Optional(Type.String()),
    expiresAt: Type.Optional(instant('From then on it is Expired')),
    concurrent: Concurrent,
    language: Type.Optional(Type.String()),
    note: Type.Optional(Type.String()),
    transactionId: Type.Optional(Type.String({ description: 'The transaction in which it charges now' })),
    createdAt: instant('When it was created'),
    changedAt: instant('When it was last changed'),
  },
  { $id: 'IdToken' },
);
export type IdToken = Static<typeof IdToken>;

/** SQL for the rows of id tokens as the API shows them; `token` is the table. */
export const selectToken = `select id_token as "idToken", type, status, group_id as "groupId", expires_at as "expiresAt",
    concurrent, language, note, used.transaction_id as "transactionId", created_at as "createdAt",
    changed_at as "changedAt"
  from id_token token left join token_use used on used.token_key = token.token_key`;

/** Throws `not-found`. */
export async function readToken(pool: Pool, idToken: string): Promise<IdToken> {
  const { rows } = await pool.query<Row<IdToken>>(`${selectToken} where token.token_key = $1`, [
    tokenKey(idToken),
  ]);
  const [row] = rows;
  if (row === undefined) throw unknownToken(idToken);
  return shown<IdToken>(row);
}

export function unknownToken(idToken: string): Problem {
  return new Problem('not-found', `There is no id token ${idToken}.`);
}
