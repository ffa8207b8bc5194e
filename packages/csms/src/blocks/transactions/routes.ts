import type { Pool } from 'pg';
import { type Static, Type } from 'typebox';
import { anyObject, instant, oneOf, TimeRange, text, uuid } from '../../api/fields.ts';
import { PageQuery, page, pageOf, readCursor } from '../../api/pagination.ts';
import { defineRoute, type Route } from '../../api/route.ts';
import type { MeterValue } from '../../core/meter/meter-value.ts';
import { meterValueOf } from '../../core/meter/stored.ts';
import { type Row, shown } from '../../core/rows.ts';
import { identityKey } from '../../core/station/identity.ts';
import {
  selectTransaction,
  Transaction,
  type TransactionRow,
  transactionOf,
  withEnergySoFar,
} from '../../core/transaction/view.ts';
import { Problem } from '../../problem.ts';

export const TransactionPath = Type.Object({ transactionId: uuid('Our id of the transaction') });

const TransactionEvent = Type.Object(
  {
    ordinal: Type.Integer({ description: 'Its place in the order in which they came in' }),
    kind: oneOf(['Started', 'Updated', 'Ended'], {
      description: 'StartTransaction, MeterValues and StopTransaction of 1.6 are these too',
    }),
    seqNo: Type.Optional(Type.Integer({ description: "The station's own number; absent in 1.6" })),
    trigger: Type.Optional(Type.String()),
    at: instant('By the clock of the station'),
    receivedAt: instant('By our clock'),
    offline: Type.Boolean({ description: 'Whether it happened while the station was not connected' }),
    details: anyObject('What else it says; `meterValues`: how many came with it'),
  },
  { $id: 'TransactionEvent' },
);
type TransactionEvent = Static<typeof TransactionEvent>;

const tags = ['Transactions'] as const;

/** What was charged, and what stations said of it. */
export function transactionRoutes({ pool }: { readonly pool: Pool }): Route[] {
  return [
    listTransactions(pool),
    defineRoute({
      method: 'GET',
      path: '/transactions/:transactionId',
      permission: 'transactions:read',
      operationId: 'readTransaction',
      summary: 'Read a transaction with its energy',
      description: 'Of one that is open, the energy so far. Lists show the energy of those that have ended.',
      tags,
      params: TransactionPath,
      responses: { 200: Transaction },
      problems: ['not-found'],
      async handle({ params: { transactionId } }) {
        const { rows } = await pool.query<TransactionRow>(`${selectTransaction} where id = $1`, [
          transactionId,
        ]);
        const [row] = rows;
        if (row === undefined) throw unknownTransaction(transactionId);
        const transaction = transactionOf(row);
        if (transaction.state === 'Ended') return { status: 200, body: transaction };
        return { status: 200, body: withEnergySoFar(transaction, await readReadings(pool, transaction)) };
      },
    }),
    listEvents(pool),
  ];
}

async function readReadings(
  pool: Pool,
  { id, stationId, startedReceivedAt }: Transaction,
): Promise<MeterValue[]> {
  const { rows } = await pool.query<{ at: string; samples: string; sequence: number | null }>(
    `select at, samples, seq_no::float8 as sequence from meter_sample
     where station_id = $1 and received_at >= $2 and transaction_id = $3 order by received_at`,
    [stationId, startedReceivedAt, id],
  );
  return rows.map(meterValueOf);
}

function listTransactions(pool: Pool): Route {
  return defineRoute({
    method: 'GET',
    path: '/transactions',
    permission: 'transactions:read',
    operationId: 'listTransactions',
    summary: 'List transactions, the latest first',
    description:
      'In the order in which we heard of them. Times are those of our clock: that of a station may be wrong by years.',
    tags,
    query: Type.Object({
      ...PageQuery.properties,
      ...TimeRange.properties,
      stationId: Type.Optional(
        text(48, { description: 'Only those of this station, also one that was removed' }),
      ),
      idToken: Type.Optional(
        text(255, { description: 'Only those begun with this token, without regard to case' }),
      ),
      state: Type.Optional(oneOf(['Active', 'Ended'], { description: 'Only those in this state' })),
    }),
    responses: { 200: pageOf(Transaction) },
    problems: [],
    async handle({ query: { limit, cursor, from, to, stationId, idToken, state } }) {
      const after = readCursor(
        cursor,
        Type.Object({ at: Type.String({ format: 'date-time' }), id: uuid('') }),
      );
      const { rows } = await pool.query<TransactionRow>(
        `${selectTransaction}
         where ($1::text is null
             or station_id = coalesce((select station.id from station where identity_key = $2), $1))
           and ($3::text is null or lower(id_token) = lower($3)) and ($4::text is null or state = $4)
           and ($5::timestamptz is null or started_received_at >= $5)
           and ($6::timestamptz is null or started_received_at < $6)
           and ($7::timestamptz is null or (started_received_at, id) < ($7, $8::uuid))
         order by started_received_at desc, id desc limit $9`,
        [
          stationId,
          stationId && identityKey(stationId),
          idToken,
          state,
          from,
          to,
          after?.at,
          after?.id,
          limit + 1,
        ],
      );
      const body = page(rows.map(transactionOf), limit, ({ startedReceivedAt, id }) => ({
        at: startedReceivedAt,
        id,
      }));
      return { status: 200, body };
    },
  });
}

function listEvents(pool: Pool): Route {
  return defineRoute({
    method: 'GET',
    path: '/transactions/:transactionId/events',
    permission: 'transactions:read',
    operationId: 'listTransactionEvents',
    summary: 'List what the station said of a transaction, in the order of receipt',
    tags,
    params: TransactionPath,
    query: PageQuery,
    responses: { 200: pageOf(TransactionEvent) },
    problems: ['not-found'],
    async handle({ params: { transactionId }, query: { limit, cursor } }) {
      const after = readCursor(cursor, Type.Object({ ordinal: Type.Integer() }));
      const { rows } = await pool.query<Row<TransactionEvent>>(
        `select ordinal, kind, seq_no::float8 as "seqNo", trigger, at, received_at as "receivedAt", offline, details::json
         from transaction_event where transaction_id = $1 and ($2::integer is null or ordinal > $2)
         order by ordinal limit $3`,
        [transactionId, after?.ordinal, limit + 1],
      );
      await refuseUnknownTransaction(pool, transactionId, rows);
      const events = rows.map((row) => shown<TransactionEvent>(row));
      return { status: 200, body: page(events, limit, ({ ordinal }) => ({ ordinal })) };
    },
  });
}

/** For lists below a transaction: one that came out empty may be that of a transaction that does not exist. */
export async function refuseUnknownTransaction(
  pool: Pool,
  transactionId: string,
  found: readonly unknown[],
): Promise<void> {
  if (found.length > 0) return;
  const { rowCount } = await pool.query('select from transaction where id = $1', [transactionId]);
  if (rowCount === 0) throw unknownTransaction(transactionId);
}

export function unknownTransaction(transactionId: string): Problem {
  return new Problem('not-found', `There is no transaction ${transactionId}.`);
}
