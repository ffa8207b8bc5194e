import type { Pool } from 'pg';
import { tokenKey } from '../../core/id-token/key.ts';
import { claimKeyOf } from '../../core/id-token/shown.ts';
import {
  answerQuery,
  type PresentedToken,
  registeredTokenType,
  type TokenStanding,
  tokenStanding,
} from '../../core/queries.ts';
import { gatherLoads } from '../../store/gather.ts';

/** A row of `id_token`, as far as it decides. */
export interface TokenRow {
  readonly type: string | null;
  readonly status: 'Accepted' | 'Blocked';
  readonly group_id: string | null;
  /** ISO 8601 in UTC. */
  readonly expires_at: string | null;
  readonly concurrent: boolean;
  readonly language: string | null;
}

/**
 * Answers how a token stands, and what type it was registered with. The tokens of all stations that wait are read with
 * one statement.
 */
export function answerTokenQueries(pool: Pool) {
  const find = gatherLoads<TokenRow>(async (keys) => {
    const { rows } = await pool.query(
      `select token_key, type, status, group_id, expires_at, concurrent, language
       from id_token where token_key = any($1::text[])`,
      [keys],
    );
    return new Map(rows.map((row) => [row.token_key, row]));
  });
  return [
    answerQuery(tokenStanding, async ({ token, at }) => {
      if (isWithoutAuthorization(token)) return freeOfCharge;
      return standingOf(token, await find(tokenKey(token.idToken)), at);
    }),
    answerQuery(
      registeredTokenType,
      async ({ idToken }) => (await find(tokenKey(idToken)))?.type ?? undefined,
    ),
  ];
}

/** C02: what is presented where charging needs no authorization. It is nobody's, so any number may charge at once. */
const freeOfCharge: TokenStanding = {
  claimKey: '',
  status: 'Accepted',
  concurrent: true,
  groupId: undefined,
  expiresAt: undefined,
  language: undefined,
};

function isWithoutAuthorization({ type }: PresentedToken): boolean {
  return type === 'NoAuthorization';
}

/** C01.FR.25: tokens are the same when id and type are; a type that one side does not know does not count. */
export function standingOf(token: PresentedToken, row: TokenRow | undefined, at: Date): TokenStanding {
  const isOfOtherType = row?.type && token.type !== undefined && row.type !== token.type;
  if (!row || isOfOtherType) {
    return {
      claimKey: claimKeyOf(token),
      status: 'Unknown',
      concurrent: false,
      groupId: undefined,
      expiresAt: undefined,
      language: undefined,
    };
  }
  const isExpired = row.expires_at !== null && new Date(row.expires_at) <= at;
  return {
    claimKey: claimKeyOf(token),
    status: row.status === 'Accepted' && isExpired ? 'Expired' : row.status,
    concurrent: row.concurrent,
    groupId: row.group_id ?? undefined,
    expiresAt: row.expires_at ?? undefined,
    language: row.language ?? undefined,
  };
}
