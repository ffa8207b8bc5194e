import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Permission, Principal } from '../api/permissions.ts';

/** 256 bits cannot be guessed, so that a fast hash keeps them as well as a slow one. */
const tokenBytes = 32;
const prefix = 'busbar_';

/** Tokens by which programs and people use the API. The database has their hashes alone. */
export interface AccessTokens {
  authenticate(token: string): Promise<Principal | undefined>;
  /** Makes the operator's token, which may do everything, unless there is one; the token itself is seen only here. */
  createFirst(): Promise<string | undefined>;
  /** Makes the operator's token anew; the one before is void. */
  replaceOperator(): Promise<string>;
}

/** How long a token that was found good is not looked up again; as long may a revoked one still work. */
const rememberMs = 5_000;
const mostRemembered = 1_000;

export function createAccessTokens(pool: Pool, nowMs: () => number): AccessTokens {
  const remembered = new Map<string, { principal: Principal; until: number }>();

  return {
    async authenticate(token) {
      const hash = hashOf(token);
      const key = hash.toString('base64');
      const known = remembered.get(key);
      if (known && known.until > nowMs()) return known.principal;
      remembered.delete(key);
      const { rows } = await pool.query(
        'select id, name, permissions from access_token where token_hash = $1',
        [hash],
      );
      const [row] = rows;
      if (!row) return undefined;
      const permissions: readonly Permission[] = row.permissions;
      const principal: Principal = {
        id: row.id,
        name: row.name,
        permissions: row.permissions.includes('*') ? 'all' : permissions,
      };
      if (remembered.size >= mostRemembered) remembered.clear();
      remembered.set(key, { principal, until: nowMs() + rememberMs });
      return principal;
    },
    async createFirst() {
      const token = newToken();
      const { rowCount } = await pool.query(
        `insert into access_token (id, name, token_hash, permissions, created_at)
         select $1, 'operator', $2, '{*}', now() where not exists (select from access_token)`,
        [randomUUID(), hashOf(token)],
      );
      return rowCount === 1 ? token : undefined;
    },
    async replaceOperator() {
      const token = newToken();
      await pool.query(
        `with gone as (delete from access_token where name = 'operator')
         insert into access_token (id, name, token_hash, permissions, created_at) values ($1, 'operator', $2, '{*}', now())`,
        [randomUUID(), hashOf(token)],
      );
      remembered.clear();
      return token;
    },
  };
}

function newToken(): string {
  return `${prefix}${randomBytes(tokenBytes).toString('base64url')}`;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
