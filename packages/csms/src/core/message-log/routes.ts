import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { instant, oneOf, TimeRange, text } from '../../api/fields.ts';
import { InstantPlace, pageByInstant } from '../../api/instant-pages.ts';
import { readLatest } from '../../api/latest-first.ts';
import { PageQuery, page, pageOf, readCursor } from '../../api/pagination.ts';
import { defineRoute, type Route } from '../../api/route.ts';
import { type Row, shown } from '../rows.ts';
import { identityKey } from '../station/identity.ts';
import { refuseUnknownStation, StationPath, stationOfKey } from '../station/path.ts';

const Exchange = Type.Object(
  {
    receivedAt: instant('When the CALL or SEND came in or went out'),
    sentBy: oneOf(['CS', 'CSMS'], {
      description: 'Who sent the CALL or SEND: the station (CS) or this server',
    }),
    kind: oneOf(['CALL', 'SEND', 'unreadable']),
    messageId: Type.Optional(Type.String()),
    action: Type.Optional(Type.String({ examples: ['BootNotification'] })),
    request: Type.Optional(Type.Unknown({ description: 'The payload, without secrets' })),
    answer: Type.Optional(Type.Unknown({ description: 'The payload of the CALLRESULT, without secrets' })),
    error: Type.Optional(Type.Unknown({ description: 'The CALLERROR' })),
    durationMs: Type.Optional(Type.Integer({ description: 'Until the answer, in milliseconds' })),
  },
  { $id: 'Exchange' },
);
type Exchange = Static<typeof Exchange>;

const QuarantinedMessage = Type.Object(
  {
    id: Type.String(),
    stationId: Type.String(),
    receivedAt: instant('When it came in'),
    action: Type.String(),
    messageId: Type.Optional(Type.String()),
    payload: Type.Unknown({ description: 'As it came, without secrets' }),
    reason: Type.String({ description: 'Why it could not be understood' }),
  },
  { $id: 'QuarantinedMessage' },
);
type QuarantinedMessage = Static<typeof QuarantinedMessage>;

const tags = ['Messages'] as const;

/** What was said on the wire, and what of it could not be understood. */
export function messageRoutes({ pool, now }: { readonly pool: Pool; readonly now: () => Date }): Route[] {
  return [listMessages(pool, now), listQuarantine(pool)];
}

const selectExchanges = `select received_at as "receivedAt", sent_by as "sentBy", kind, message_id as "messageId", action,
    request::json, answer::json, error::json, duration_ms as "durationMs"
  from message_log
  where station_id = ${stationOfKey}
    and ($2::timestamptz is null or received_at >= $2) and ($3::timestamptz is null or received_at < $3)
    and ($4::timestamptz is null or received_at <= $4)
    and ($5::text is null or action = $5) and ($6::text is null or sent_by = $6) and ($7::text is null or kind = $7)
  order by received_at desc, tableoid, ctid offset $8 limit $9`;

function listMessages(pool: Pool, now: () => Date): Route {
  return defineRoute({
    method: 'GET',
    path: '/stations/:stationId/messages',
    permission: 'messages:read',
    operationId: 'listMessages',
    summary: 'List the messages of a station with their answers, the latest first',
    tags,
    params: StationPath,
    query: Type.Object({
      ...PageQuery.properties,
      ...TimeRange.properties,
      action: Type.Optional(
        text(100, { description: 'Only those of this action', examples: ['StatusNotification'] }),
      ),
      sentBy: Type.Optional(
        oneOf(['CS', 'CSMS'], { description: 'Only those that the station (CS), or this server, sent' }),
      ),
      kind: Type.Optional(oneOf(['CALL', 'SEND', 'unreadable'], { description: 'Only those of this kind' })),
    }),
    responses: { 200: pageOf(Exchange) },
    problems: ['not-found'],
    async handle({ params, query: { limit, cursor, from, to, action, sentBy, kind } }) {
      const after = readCursor(cursor, InstantPlace);
      const read = async (since: string | undefined) => {
        const { rows } = await pool.query<Row<Exchange>>(selectExchanges, [
          identityKey(params.stationId),
          since,
          to,
          after?.at,
          action,
          sentBy,
          kind,
          after?.shown ?? 0,
          limit + 1,
        ]);
        return rows;
      };
      const until = [to, after?.at];
      const rows = await readLatest({ read, rows: limit + 1, from, until, now: now() });
      await refuseUnknownStation(pool, params.stationId, rows);
      const exchanges = rows.map((row) => shown<Exchange>(row));
      return {
        status: 200,
        body: pageByInstant(exchanges, limit, { after, atOf: ({ receivedAt }) => receivedAt }),
      };
    },
  });
}

function listQuarantine(pool: Pool): Route {
  return defineRoute({
    method: 'GET',
    path: '/quarantine',
    permission: 'messages:read',
    operationId: 'listQuarantine',
    summary: 'List messages that were acknowledged and not understood, the latest first',
    description:
      'They carry facts that a station would have thrown away after an error, such as the energy of a transaction. Nothing was recorded of them but what is here.',
    tags,
    query: Type.Object({
      ...PageQuery.properties,
      stationId: Type.Optional(text(48, { description: 'Only those of this station' })),
    }),
    responses: { 200: pageOf(QuarantinedMessage) },
    problems: [],
    async handle({ query: { limit, cursor, stationId } }) {
      const after = readCursor(cursor, Type.Object({ id: Type.String({ pattern: '^\\d{1,18}$' }) }));
      const { rows } = await pool.query<Row<QuarantinedMessage>>(
        `select quarantine.id::text as id, station_id as "stationId", received_at as "receivedAt", action, message_id as "messageId",
           payload::json, reason
         from quarantine
         where ($1::text is null or station_id = ${stationOfKey})
           and ($2::bigint is null or quarantine.id < $2)
         order by quarantine.id desc limit $3`,
        [stationId && identityKey(stationId), after?.id, limit + 1],
      );
      return {
        status: 200,
        body: page(
          rows.map((row) => shown<QuarantinedMessage>(row)),
          limit,
          ({ id }) => ({ id }),
        ),
      };
    },
  });
}
