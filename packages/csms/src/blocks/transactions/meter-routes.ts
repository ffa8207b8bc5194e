import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { decimal, instant, TimeRange, text } from '../../api/fields.ts';
import { InstantPlace, pageByInstant } from '../../api/instant-pages.ts';
import { readLatest } from '../../api/latest-first.ts';
import { PageQuery, pageOf, readCursor } from '../../api/pagination.ts';
import { defineRoute, type Route } from '../../api/route.ts';
import { type SeriesPoint, seriesOf } from '../../core/meter/series.ts';
import { meterValueOf } from '../../core/meter/stored.ts';
import { type Row, shown } from '../../core/rows.ts';
import { identityKey } from '../../core/station/identity.ts';
import { refuseUnknownStation, StationPath, stationOfKey } from '../../core/station/path.ts';
import { readMeterSpan } from '../../core/transaction/meter-span.ts';
import { TransactionPath, unknownTransaction } from './routes.ts';

const MeterPoint = Type.Object(
  {
    at: instant('By the clock of the station'),
    measurand: Type.String({ examples: ['Energy.Active.Import.Register'] }),
    phase: Type.Optional(Type.String({ description: 'Absent: over all phases' })),
    location: Type.String({ examples: ['Outlet'] }),
    context: Type.String({ examples: ['Sample.Periodic'] }),
    value: decimal('Exact, in `unit`'),
    unit: Type.String({ description: 'The base unit of its kind: Wh, W, A, V, Hz, Celsius, Percent' }),
  },
  { $id: 'MeterPoint' },
);

const Sample = Type.Object(
  {
    value: Type.String({ description: 'As the station gave it; empty when there is only signed data' }),
    measurand: Type.String(),
    context: Type.String(),
    phase: Type.Optional(Type.String({ description: 'Absent: over all phases' })),
    location: Type.String(),
    unit: Type.String(),
    multiplier: Type.Integer({ description: 'The value counts times 10 to the power of this' }),
    signed: Type.Optional(
      Type.Object({
        data: Type.String({ description: 'Signed meter data, as given' }),
        encodingMethod: Type.String(),
        signingMethod: Type.Optional(Type.String()),
        publicKey: Type.Optional(Type.String()),
      }),
    ),
  },
  { $id: 'Sample' },
);

const MeterReading = Type.Object(
  {
    receivedAt: instant('By our clock'),
    at: instant('By the clock of the station'),
    evseId: Type.Optional(Type.Integer()),
    connectorId: Type.Optional(Type.Integer()),
    transactionId: Type.Optional(Type.String()),
    samples: Type.Array(Sample),
  },
  { $id: 'MeterReading' },
);
type MeterReading = Static<typeof MeterReading>;

interface StoredReading {
  readonly receivedAt: string;
  readonly at: string;
  readonly samples: string;
}

const tags = ['Meter values'] as const;

export interface MeterRoutesDeps {
  readonly pool: Pool;
  readonly now: () => Date;
}

/** What meters showed: of a transaction as figures ready to be drawn, of a station as it gave them. */
export function meterRoutes({ pool, now }: MeterRoutesDeps): Route[] {
  return [listSeries(pool), listReadings(pool, now)];
}

function listSeries(pool: Pool): Route {
  return defineRoute({
    method: 'GET',
    path: '/transactions/:transactionId/meter-series',
    permission: 'transactions:read',
    operationId: 'listMeterSeries',
    summary: "List the figures of a transaction's meter in base units, in the order of receipt",
    description:
      '`limit` counts meter values, of which each may hold several figures, or none that was asked for.',
    tags,
    params: TransactionPath,
    query: Type.Object({
      ...PageQuery.properties,
      measurand: Type.Optional(text(50, { description: 'Only this one', examples: ['Power.Active.Import'] })),
      phase: Type.Optional(
        text(20, { description: 'Only this one; None: over all phases', examples: ['L1'] }),
      ),
      location: Type.Optional(
        text(20, { description: 'Only what was measured there', examples: ['Outlet'] }),
      ),
    }),
    responses: { 200: pageOf(MeterPoint) },
    problems: ['not-found'],
    async handle({ params: { transactionId }, query: { limit, cursor, measurand, phase, location } }) {
      const after = readCursor(cursor, InstantPlace);
      const span = await readMeterSpan(pool, transactionId);
      if (span === undefined) throw unknownTransaction(transactionId);
      const { rows } = await pool.query<StoredReading>(
        `select received_at as "receivedAt", at, samples from meter_sample
         where station_id = $1 and transaction_id = $2 and received_at >= $3 and received_at <= $4
         order by received_at, tableoid, ctid offset $5 limit $6`,
        [span.stationId, transactionId, after?.at ?? span.since, span.until, after?.shown ?? 0, limit + 1],
      );
      const { items, nextCursor } = pageByInstant(rows, limit, {
        after,
        atOf: ({ receivedAt }) => receivedAt,
      });
      const isWanted = (point: SeriesPoint) =>
        (measurand === undefined || point.measurand === measurand) &&
        (phase === undefined || (point.phase ?? 'None') === phase) &&
        (location === undefined || point.location === location);
      const points = seriesOf(items.map(meterValueOf)).filter(isWanted);
      return { status: 200, body: { items: points, ...(nextCursor !== undefined && { nextCursor }) } };
    },
  });
}

function listReadings(pool: Pool, now: () => Date): Route {
  return defineRoute({
    method: 'GET',
    path: '/stations/:stationId/meter-values',
    permission: 'transactions:read',
    operationId: 'listMeterValues',
    summary: 'List the meter values of a station as it gave them, the latest first',
    tags,
    params: StationPath,
    query: Type.Object({
      ...PageQuery.properties,
      ...TimeRange.properties,
      evseId: Type.Optional(
        Type.Integer({ minimum: 0, description: 'Only those of this EVSE; 0: the main meter' }),
      ),
    }),
    responses: { 200: pageOf(MeterReading) },
    problems: ['not-found'],
    async handle({ params, query: { limit, cursor, from, to, evseId } }) {
      const after = readCursor(cursor, InstantPlace);
      const skipped = after?.shown ?? 0;
      const read = async (since: string | undefined) => {
        const { rows } = await pool.query<Row<Omit<MeterReading, 'samples'>> & StoredReading>(
          `select received_at as "receivedAt", at, evse_id as "evseId", connector_id as "connectorId",
             transaction_id as "transactionId", samples
           from meter_sample
           where station_id = ${stationOfKey}
             and ($2::timestamptz is null or received_at >= $2) and ($3::timestamptz is null or received_at < $3)
             and ($4::timestamptz is null or received_at <= $4) and ($5::integer is null or evse_id = $5)
           order by received_at desc, tableoid, ctid offset $6 limit $7`,
          [identityKey(params.stationId), since, to, after?.at, evseId, skipped, limit + 1],
        );
        return rows;
      };
      const until = [to, after?.at];
      const rows = await readLatest({ read, rows: limit + 1, from, until, now: now() });
      await refuseUnknownStation(pool, params.stationId, rows);
      const readings = rows.map(
        (row): MeterReading => ({
          ...shown<Omit<MeterReading, 'samples'>>(row),
          samples: [...meterValueOf(row).samples],
        }),
      );
      return {
        status: 200,
        body: pageByInstant(readings, limit, { after, atOf: ({ receivedAt }) => receivedAt }),
      };
    },
  });
}
