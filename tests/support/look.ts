import pg from 'pg';
import { typeParsers } from '../../packages/csms/src/store/postgres/type-parsers.ts';

/** Looks into a server's database with a connection of its own. */
export async function lookInto<Result>(
  config: pg.ClientConfig,
  look: (sql: pg.Client) => Promise<Result>,
): Promise<Result> {
  const sql = new pg.Client({
    ...config,
    types: typeParsers,
    options: '-c TimeZone=UTC -c DateStyle=ISO',
  });
  await sql.connect();
  try {
    return await look(sql);
  } finally {
    await sql.end();
  }
}
