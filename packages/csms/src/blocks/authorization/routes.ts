import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { oneOf, text } from '../../api/fields.ts';
import { PageQuery, page, pageOf, readCursor } from '../../api/pagination.ts';
import { defineRoute, noContent, type Route } from '../../api/route.ts';
import { tokenKey } from '../../core/id-token/key.ts';
import { type Row, shown } from '../../core/rows.ts';
import { invalidRequest, Problem } from '../../problem.ts';
import type { Committer } from '../../store/committer.ts';
import type { Outcome } from '../../store/write.ts';
import {
  IdToken,
  IdTokenChange,
  IdTokenToCreate,
  readToken,
  selectToken,
  unknownToken,
} from './id-token-view.ts';
import {
  claimNewToken,
  claimToken,
  claimTokenRemoval,
  type IdTokenRow,
  writeImportedToken,
  writeTokenChange,
} from './id-token-writes.ts';

export interface IdTokenRoutesOptions {
  readonly pool: Pool;
  readonly committer: Pick<Committer, 'commit'>;
  readonly now: () => Date;
}

/** One request of this size is read, checked and written in well under a second. */
const importMax = 1_000;

const Path = Type.Object({ idToken: text(255, { description: 'The token, without regard to case' }) });

const tags = ['Id tokens'] as const;

/** The id tokens that may charge here: cards, apps, contracts, key codes. */
export function idTokenRoutes(options: IdTokenRoutesOptions): Route[] {
  const { pool, committer, now } = options;
  return [
    listIdTokens(pool),
    defineRoute({
      method: 'POST',
      path: '/id-tokens',
      permission: 'id-tokens:write',
      operationId: 'createIdToken',
      summary: 'Create an id token',
      tags,
      body: IdTokenToCreate,
      responses: { 201: IdToken },
      problems: ['conflict'],
      async handle({ body }, { principal }) {
        const at = now().toISOString();
        const { answer: made } = await committer.commit({
          source: principal.id,
          claims: [claimNewToken(rowOf(body, at))],
          settle: ({ held: [isNew] }) => outcomeOf(isNew, body.idToken, 'created', at),
        });
        if (!made)
          throw new Problem(
            'conflict',
            `An id token ${body.idToken} exists already; case makes no difference.`,
          );
        return {
          status: 201,
          headers: { location: `/api/v1/id-tokens/${encodeURIComponent(body.idToken)}` },
          body: await readToken(pool, body.idToken),
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/id-tokens/import',
      permission: 'id-tokens:write',
      operationId: 'importIdTokens',
      summary: `Create or replace up to ${importMax} id tokens at once`,
      description: 'All of them or none. A token that exists becomes as it is given here, in every field.',
      tags,
      body: Type.Object({ items: Type.Array(IdTokenToCreate, { minItems: 1, maxItems: importMax }) }),
      responses: { 200: Type.Object({ imported: Type.Integer({ description: 'How many there were' }) }) },
      problems: [],
      async handle({ body: { items } }, { principal }) {
        refuseTwice(items);
        const at = now().toISOString();
        await committer.commit({
          source: principal.id,
          settle: () => ({
            answer: undefined,
            writes: items.map((item) => writeImportedToken(rowOf(item, at))),
            events: items.map(({ idToken }) => eventOf(idToken, 'imported', at)),
          }),
        });
        return { status: 200, body: { imported: items.length } };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/id-tokens/:idToken',
      permission: 'id-tokens:read',
      operationId: 'readIdToken',
      summary: 'Read an id token',
      tags,
      params: Path,
      responses: { 200: IdToken },
      problems: ['not-found'],
      handle: async ({ params }) => ({ status: 200, body: await readToken(pool, params.idToken) }),
    }),
    defineRoute({
      method: 'PATCH',
      path: '/id-tokens/:idToken',
      permission: 'id-tokens:write',
      operationId: 'changeIdToken',
      summary: 'Block, unblock or change an id token',
      description: 'Holds from the next authorization on; what charges with the token goes on.',
      tags,
      params: Path,
      body: IdTokenChange,
      responses: { 200: IdToken },
      problems: ['not-found'],
      async handle({ params: { idToken }, body }, { principal }) {
        const at = now().toISOString();
        const change = changeOf(idToken, body, at);
        const { answer: isPresent } = await committer.commit({
          source: principal.id,
          claims: [claimToken({ token_key: tokenKey(idToken) })],
          settle: ({ held: [isHeld] }) =>
            outcomeOf(isHeld, idToken, 'changed', at, [writeTokenChange(change)]),
        });
        if (!isPresent) throw unknownToken(idToken);
        return { status: 200, body: await readToken(pool, idToken) };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/id-tokens/:idToken',
      permission: 'id-tokens:write',
      operationId: 'removeIdToken',
      summary: 'Remove an id token',
      description:
        'It is unknown from then on. What charges with it goes on, and its transactions stay readable.',
      tags,
      params: Path,
      responses: { 204: noContent('The id token is removed') },
      problems: ['not-found'],
      async handle({ params: { idToken } }, { principal }) {
        const at = now().toISOString();
        const { answer: removed } = await committer.commit({
          source: principal.id,
          claims: [claimTokenRemoval({ token_key: tokenKey(idToken) })],
          settle: ({ held: [isGone] }) => outcomeOf(isGone, idToken, 'removed', at),
        });
        if (!removed) throw unknownToken(idToken);
        return { status: 204 };
      },
    }),
  ];
}

function listIdTokens(pool: Pool): Route {
  return defineRoute({
    method: 'GET',
    path: '/id-tokens',
    permission: 'id-tokens:read',
    operationId: 'listIdTokens',
    summary: 'List id tokens by name',
    tags,
    query: Type.Object({
      ...PageQuery.properties,
      groupId: Type.Optional(text(255, { description: 'Only those of this group' })),
      status: Type.Optional(oneOf(['Accepted', 'Blocked'], { description: 'Only those of this status' })),
      search: Type.Optional(text(100, { description: 'Only those with this text in the token or its note' })),
    }),
    responses: { 200: pageOf(IdToken) },
    problems: [],
    async handle({ query: { limit, cursor, groupId, status, search } }) {
      const after = readCursor(cursor, Type.Object({ key: Type.String() }));
      const { rows } = await pool.query<Row<IdToken>>(
        `${selectToken}
         where ($1::text is null or token.token_key > $1) and ($2::text is null or group_id = $2)
           and ($3::text is null or status = $3)
           and ($4::text is null or strpos(lower(concat_ws(e'\\n', id_token, note)), lower($4)) > 0)
         order by token.token_key limit $5`,
        [after?.key, groupId, status, search, limit + 1],
      );
      const tokens = rows.map((row) => shown<IdToken>(row));
      return { status: 200, body: page(tokens, limit, ({ idToken }) => ({ key: tokenKey(idToken) })) };
    },
  });
}

function rowOf(token: IdTokenToCreate, at: string): IdTokenRow {
  const {
    idToken,
    type,
    status = 'Accepted',
    groupId,
    expiresAt,
    concurrent = false,
    language,
    note,
  } = token;
  return {
    token_key: tokenKey(idToken),
    id_token: idToken,
    type,
    status,
    group_id: groupId,
    expires_at: expiresAt,
    concurrent,
    language,
    note,
    at,
  };
}

function changeOf(idToken: string, change: Static<typeof IdTokenChange>, at: string) {
  const { groupId, expiresAt, ...same } = change;
  const columns = {
    ...same,
    ...(groupId !== undefined && { group_id: groupId }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  };
  return { ...columns, token_key: tokenKey(idToken), sets: Object.keys(columns), at };
}

function outcomeOf(
  isHeld: boolean | undefined,
  idToken: string,
  change: string,
  at: string,
  writes: Outcome<boolean>['writes'] = [],
): Outcome<boolean> {
  if (isHeld !== true) return { answer: false, writes: [], events: [] };
  return { answer: true, writes, events: [eventOf(idToken, change, at)] };
}

function eventOf(idToken: string, change: string, at: string) {
  return { type: 'id-token.changed' as const, at, data: { idToken, change } };
}

function refuseTwice(items: readonly IdTokenToCreate[]): void {
  const seen = new Set<string>();
  for (const [index, { idToken }] of items.entries()) {
    const key = tokenKey(idToken);
    if (seen.has(key))
      throw invalidRequest([{ field: `/items/${index}/idToken`, message: 'stands here a second time' }]);
    seen.add(key);
  }
}
