import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { instant } from '../../api/fields.ts';
import { defineRoute, type Route } from '../../api/route.ts';
import { type Row, shown } from '../rows.ts';

const Node = Type.Object(
  {
    id: Type.String({ description: 'New at each start' }),
    name: Type.String({ description: 'The name of its machine, or BUSBAR_NODE_NAME' }),
    programVersion: Type.String(),
    draining: Type.Boolean({ description: 'It was told to end and sends its stations away' }),
    stations: Type.Integer({ description: 'Stations that are connected to it' }),
    startedAt: instant('When it started'),
    seenAt: instant('Its last sign of life; one without for long is taken for dead'),
  },
  { $id: 'Node' },
);
type Node = Static<typeof Node>;

/** More would be no cluster of equals that look at each other. */
const mostNodes = 1_000;

/** The processes that serve this database together. */
export function nodeRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/nodes',
      permission: 'nodes:read',
      operationId: 'listNodes',
      summary: 'List the nodes of this installation',
      tags: ['Nodes'],
      responses: { 200: Type.Object({ items: Type.Array(Node) }) },
      problems: [],
      async handle() {
        const { rows } = await pool.query<Row<Node>>(
          `select id, name, program_version as "programVersion", draining, started_at as "startedAt", seen_at as "seenAt",
             (select count(*)::integer from station_owner owner where owner.node = node.id) as stations
           from node order by name, started_at limit ${mostNodes}`,
        );
        return { status: 200, body: { items: rows.map((row) => shown<Node>(row)) } };
      },
    }),
  ];
}
