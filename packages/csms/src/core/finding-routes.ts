import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { instant, text } from '../api/fields.ts';
import { PageQuery, page, pageOf, readCursor } from '../api/pagination.ts';
import { defineRoute, noContent, type Route } from '../api/route.ts';
import { Problem } from '../problem.ts';
import type { Committer } from '../store/committer.ts';
import { defineClaim } from '../store/write.ts';
import { type Row, shown } from './rows.ts';
import { identityKey } from './station/identity.ts';
import { readStationId, refuseUnknownStation, StationPath, stationOfKey } from './station/path.ts';

export interface FindingRoutesOptions {
  readonly pool: Pool;
  readonly committer: Pick<Committer, 'commit'>;
  readonly now: () => Date;
}

const Finding = Type.Object(
  {
    stationId: Type.String(),
    kind: Type.String({ examples: ['sequence-gap'] }),
    subject: Type.String({ description: 'What it is about: a field, a transaction, a connector' }),
    detail: Type.String({ description: 'What was seen last' }),
    firstSeenAt: instant('When it was seen first, since it was last acknowledged'),
    lastSeenAt: instant('When it was seen last'),
    count: Type.Integer({ description: 'How often it was seen since then' }),
  },
  { $id: 'Finding' },
);
type Finding = Static<typeof Finding>;

const Filter = Type.Object({
  ...PageQuery.properties,
  kind: Type.Optional(text(100, { description: 'Only those of this kind' })),
});

/** Its place in the order of the primary key. */
const Place = Type.Object({ stationId: Type.String(), kind: Type.String(), subject: Type.String() });

/** Held when there was something to acknowledge. */
const claimAcknowledgement = defineClaim<{ station_id: string; kind: string; subject: string | undefined }>({
  name: 'finding_acknowledgement',
  columns: { station_id: 'text', kind: 'text', subject: 'text' },
  key: (row) => JSON.stringify([row.station_id, row.kind, row.subject]),
  sql: (rows) => `with claims as (select * from ${rows}),
    gone as (
      delete from finding using claims
      where finding.station_id = claims.station_id and finding.kind = claims.kind
        and (claims.subject is null or finding.subject = claims.subject)
      returning claims.idx
    )
    select distinct idx from gone`,
});

const tags = ['Findings'] as const;

/** Deviations from the standard, and open questions about stations. */
export function findingRoutes({ pool, committer, now }: FindingRoutesOptions): Route[] {
  async function list(stationId: string | undefined, query: Static<typeof Filter>) {
    const { limit, cursor, kind } = query;
    const after = readCursor(cursor, Place);
    const { rows } = await pool.query<Row<Finding>>(
      `select station_id as "stationId", kind, subject, detail, first_seen_at as "firstSeenAt",
         last_seen_at as "lastSeenAt", count::float8 as count
       from finding
       where ($1::text is null or station_id = ${stationOfKey})
         and ($2::text is null or kind = $2)
         and ($3::text is null or (station_id, kind, subject) > ($3, $4, $5))
       order by station_id, kind, subject limit $6`,
      [stationId && identityKey(stationId), kind, after?.stationId, after?.kind, after?.subject, limit + 1],
    );
    const findings = rows.map((row) => shown<Finding>(row));
    return page(findings, limit, (last) => ({
      stationId: last.stationId,
      kind: last.kind,
      subject: last.subject,
    }));
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/findings',
      permission: 'findings:read',
      operationId: 'listFindings',
      summary: 'List the findings of all stations',
      tags,
      query: Filter,
      responses: { 200: pageOf(Finding) },
      problems: [],
      handle: async ({ query }) => ({ status: 200, body: await list(undefined, query) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/stations/:stationId/findings',
      permission: 'findings:read',
      operationId: 'listFindingsOfStation',
      summary: 'List the findings of a station',
      tags,
      params: StationPath,
      query: Filter,
      responses: { 200: pageOf(Finding) },
      problems: ['not-found'],
      async handle({ params, query }) {
        const body = await list(params.stationId, query);
        await refuseUnknownStation(pool, params.stationId, body.items);
        return { status: 200, body };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/stations/:stationId/findings',
      permission: 'findings:write',
      operationId: 'acknowledgeFindings',
      summary: 'Acknowledge findings of a station',
      description: 'They are gone until they are seen again. Without a subject, all of the kind.',
      tags,
      params: StationPath,
      query: Type.Object({
        kind: text(100, { description: 'Of which kind' }),
        subject: Type.Optional(text(200, { minLength: 0, description: 'About what' })),
      }),
      responses: { 204: noContent('The findings are acknowledged') },
      problems: ['not-found'],
      async handle({ params, query: { kind, subject } }, { principal }) {
        const stationId = await readStationId(pool, params.stationId);
        const at = now().toISOString();
        const { answer: acknowledged } = await committer.commit({
          source: principal.id,
          claims: [claimAcknowledgement({ station_id: stationId, kind, subject })],
          settle: ({ held: [isHeld = false] }) => ({
            answer: isHeld,
            writes: [],
            events: isHeld
              ? [
                  {
                    type: 'station.finding' as const,
                    stationId,
                    at,
                    data: { kind, subject, acknowledged: true },
                  },
                ]
              : [],
          }),
        });
        if (!acknowledged)
          throw new Problem('not-found', `${stationId} has no such finding of the kind ${kind}.`);
        return { status: 204 };
      },
    }),
  ];
}
