import type { Pool } from 'pg';

/** Where and when the meter values of a transaction came in, both instants included. */
export interface MeterSpan {
  readonly stationId: string;
  readonly since: string;
  readonly until: string;
}

/**
 * Meter values of a transaction come with one of its events. To know the span before they are asked for keeps a
 * statement from being planned over the partitions of all days.
 */
export async function readMeterSpan(pool: Pool, transactionId: string): Promise<MeterSpan | undefined> {
  const { rows } = await pool.query<MeterSpan>(
    `select station_id as "stationId", started_received_at as since,
       (select coalesce(max(received_at), t.started_received_at) from transaction_event where transaction_id = t.id) as until
     from transaction t where id = $1`,
    [transactionId],
  );
  return rows[0];
}
