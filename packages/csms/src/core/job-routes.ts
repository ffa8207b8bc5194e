import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { anyObject, instant, oneOf, text, uuid } from '../api/fields.ts';
import { PageQuery, page, pageOf, readCursor } from '../api/pagination.ts';
import { defineRoute, type Route } from '../api/route.ts';
import { type Row, shown } from './rows.ts';
import { identityKey } from './station/identity.ts';
import { stationOfKey } from './station/path.ts';

const states = ['Open', 'Leased', 'Done', 'GivenUp'] as const;

const Job = Type.Object(
  {
    id: Type.String(),
    stationId: Type.String(),
    kind: Type.String({ examples: ['report-device-model'] }),
    subject: Type.Optional(
      Type.String({ description: 'What it is about, where a station can have several of a kind' }),
    ),
    input: anyObject('What it was begun with'),
    state: oneOf(states, { description: 'Leased: being done' }),
    attempts: Type.Integer({ description: 'How often it was begun' }),
    runAfter: instant('Not begun before'),
    createdAt: instant('When its cause was recorded'),
    problem: Type.Optional(Type.String({ description: 'Why the last attempt came to nothing' })),
  },
  { $id: 'Job' },
);
type Job = Static<typeof Job>;

const Place = Type.Object({
  stationId: Type.String(),
  kind: Type.String(),
  subject: Type.String(),
  id: uuid(''),
});

/** Work that is to be done once for a station, after something that happened there. */
export function jobRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/jobs',
      permission: 'operations:read',
      operationId: 'listJobs',
      summary: 'List jobs by station; without a state, those that are not done',
      tags: ['Operations'],
      query: Type.Object({
        ...PageQuery.properties,
        stationId: Type.Optional(text(48, { description: 'Only those of this station' })),
        state: Type.Optional(oneOf(states, { description: 'Only those in this state' })),
      }),
      responses: { 200: pageOf(Job) },
      problems: [],
      async handle({ query: { limit, cursor, stationId, state } }) {
        const after = readCursor(cursor, Place);
        const { rows } = await pool.query<Row<Job> & { readonly subject: string }>(
          `select id, station_id as "stationId", kind, subject, input, state, attempts, run_after as "runAfter",
             created_at as "createdAt", problem
           from job
           where ($1::text is null or station_id = ${stationOfKey})
             and case when $2::text is null then state <> 'Done' else state = $2 end
             and ($3::text is null or (station_id, kind, subject, id) > ($3, $4, $5, $6::uuid))
           order by station_id, kind, subject, id limit $7`,
          [
            stationId && identityKey(stationId),
            state,
            after?.stationId,
            after?.kind,
            after?.subject,
            after?.id,
            limit + 1,
          ],
        );
        const jobs = rows.map((row) =>
          shown<Job>({ ...row, subject: row.subject === '' ? null : row.subject }),
        );
        const body = page(jobs, limit, (last) => ({
          stationId: last.stationId,
          kind: last.kind,
          subject: last.subject ?? '',
          id: last.id,
        }));
        return { status: 200, body };
      },
    }),
  ];
}
