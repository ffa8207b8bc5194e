import type { Pool } from 'pg';
import { Type } from 'typebox';
import { oneOf, text, uuid } from '../../api/fields.ts';
import { PageQuery, page, pageOf, readCursor } from '../../api/pagination.ts';
import { defineRoute, type Route } from '../../api/route.ts';
import { Problem } from '../../problem.ts';
import { identityKey } from '../station/identity.ts';
import { refuseUnknownStation, StationPath, stationOfKey } from '../station/path.ts';
import { Operation, operationStates } from './schema.ts';
import { operationView } from './view.ts';

const tags = ['Operations'] as const;

const Filter = Type.Object({
  ...PageQuery.properties,
  state: Type.Optional(oneOf(operationStates, { description: 'Only those in this state' })),
  command: Type.Optional(text(100, { description: 'Only those of this command', examples: ['reset'] })),
});

/** The commands that were given, and what came of them. */
export function operationRoutes({ pool }: { readonly pool: Pool }): Route[] {
  async function list(
    stationId: string | undefined,
    query: { limit: number; cursor?: string; state?: string; command?: string },
  ) {
    const { limit, cursor, state, command } = query;
    const after = readCursor(cursor, Type.Object({ at: Type.String({ format: 'date-time' }), id: uuid('') }));
    const { rows } = await pool.query(
      `select * from operation
       where ($1::text is null or station_id = ${stationOfKey})
         and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
         and ($4::text is null or state = $4) and ($5::text is null or command = $5)
       order by created_at desc, id desc limit $6`,
      [stationId && identityKey(stationId), after?.at, after?.id, state, command, limit + 1],
    );
    return page(rows.map(operationView), limit, ({ createdAt, id }) => ({ at: createdAt, id }));
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/operations',
      permission: 'operations:read',
      operationId: 'listOperations',
      summary: 'List operations, the latest first',
      tags,
      query: Filter,
      responses: { 200: pageOf(Operation) },
      problems: [],
      handle: async ({ query }) => ({ status: 200, body: await list(undefined, query) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/stations/:stationId/operations',
      permission: 'operations:read',
      operationId: 'listOperationsOfStation',
      summary: 'List the operations of a station, the latest first',
      tags,
      params: StationPath,
      query: Filter,
      responses: { 200: pageOf(Operation) },
      problems: ['not-found'],
      async handle({ params, query }) {
        const body = await list(params.stationId, query);
        await refuseUnknownStation(pool, params.stationId, body.items);
        return { status: 200, body };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/operations/:operationId',
      permission: 'operations:read',
      operationId: 'readOperation',
      summary: 'Follow an operation',
      tags,
      params: Type.Object({ operationId: uuid('As the command gave it') }),
      responses: { 200: Operation },
      problems: ['not-found'],
      async handle({ params: { operationId } }) {
        const { rows } = await pool.query('select * from operation where id = $1', [operationId]);
        const [row] = rows;
        if (row === undefined) throw new Problem('not-found', `There is no operation ${operationId}.`);
        return { status: 200, body: operationView(row) };
      },
    }),
  ];
}
