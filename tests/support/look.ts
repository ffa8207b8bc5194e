import pg from 'pg';
import { typeParsers } from '../../packages/csms/src/store/postgres/type-parsers.ts';
import { eventually } from './eventually.ts';

/** Looks into a server's database with a connection of its own, once the relay has caught up. */
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
    await eventually(
      async () => {
        const { rows } = await sql.query(
          'select count(*)::integer as waiting from outbox where event_count > 0 and first_position is null',
        );
        return rows[0].waiting === 0;
      },
      'all events to have positions',
      10_000,
    );
    return await look(sql);
  } finally {
    await sql.end();
  }
}
