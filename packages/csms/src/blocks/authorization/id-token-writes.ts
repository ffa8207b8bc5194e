import { defineClaim, defineWrite } from '../../store/write.ts';

const columns = {
  token_key: 'text',
  id_token: 'text',
  type: 'text',
  status: 'text',
  group_id: 'text',
  expires_at: 'timestamptz',
  concurrent: 'boolean',
  language: 'text',
  note: 'text',
  at: 'timestamptz',
} as const;

export interface IdTokenRow {
  readonly token_key: string;
  readonly id_token: string;
  readonly type: string | undefined;
  readonly status: string;
  readonly group_id: string | undefined;
  readonly expires_at: string | undefined;
  readonly concurrent: boolean;
  readonly language: string | undefined;
  readonly note: string | undefined;
  readonly at: string;
}

const fields = 'token_key, id_token, type, status, group_id, expires_at, concurrent, language, note';

/** A token is made where there is none of that name: held by whoever was first. */
export const claimNewToken = defineClaim<IdTokenRow>({
  name: 'id_token_new',
  columns,
  key: (row) => row.token_key,
  sql: (rows) => `with claims as (select * from ${rows}),
    made as (
      insert into id_token (${fields}, created_at, changed_at)
      select distinct on (token_key) ${fields}, at, at from claims order by token_key, idx
      on conflict (token_key) do nothing
      returning token_key
    )
    select min(idx) as idx from claims join made using (token_key) group by token_key`,
});

/** The token is there, and stays so until the commit. */
export const claimToken = defineClaim<{ token_key: string }>({
  name: 'id_token_present',
  columns: { token_key: 'text' },
  key: (row) => row.token_key,
  sql: (rows) => `select rows.idx from ${rows} join id_token token on token.token_key = rows.token_key
    order by token.token_key for no key update of token`,
});

/** Held by whoever removes it. What charges with the token goes on. */
export const claimTokenRemoval = defineClaim<{ token_key: string }>({
  name: 'id_token_removal',
  columns: { token_key: 'text' },
  key: (row) => row.token_key,
  sql: (rows) => `with claims as (select * from ${rows}),
    gone as (delete from id_token using claims where id_token.token_key = claims.token_key returning id_token.token_key)
    select min(idx) as idx from claims join gone using (token_key) group by token_key`,
});

const changeable = ['type', 'status', 'group_id', 'expires_at', 'concurrent', 'language', 'note'] as const;

type NullableFields<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | null };

/** Only the columns named in `sets` change; null takes a value away. */
export const writeTokenChange = defineWrite<
  NullableFields<Omit<IdTokenRow, 'id_token' | 'token_key' | 'at'>> & {
    readonly token_key: string;
    readonly sets: readonly string[];
    readonly at: string;
  }
>({
  name: 'id_token_change',
  columns: {
    token_key: 'text',
    sets: 'jsonb',
    type: 'text',
    status: 'text',
    group_id: 'text',
    expires_at: 'timestamptz',
    concurrent: 'boolean',
    language: 'text',
    note: 'text',
    at: 'timestamptz',
  },
  key: (row) => row.token_key,
  sql: (rows) => `update id_token set changed_at = rows.at, ${changeable
    .map((name) => `${name} = case when rows.sets ? '${name}' then rows.${name} else id_token.${name} end`)
    .join(', ')}
    from ${rows} where id_token.token_key = rows.token_key`,
});

/** Made, or made the same as the one that comes in. */
export const writeImportedToken = defineWrite<IdTokenRow>({
  name: 'id_token_import',
  columns,
  key: (row) => row.token_key,
  sql: (rows) => `insert into id_token (${fields}, created_at, changed_at)
    select ${fields}, at, at from ${rows}
    on conflict (token_key) do update set id_token = excluded.id_token, type = excluded.type,
      status = excluded.status, group_id = excluded.group_id, expires_at = excluded.expires_at,
      concurrent = excluded.concurrent, language = excluded.language, note = excluded.note,
      changed_at = excluded.changed_at`,
});
