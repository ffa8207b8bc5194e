import type { Pool } from 'pg';
import { gatherLoads } from '../../store/gather.ts';
import type { MeterValue } from '../meter/meter-value.ts';
import { meterValueOf } from '../meter/stored.ts';
import type { TransactionTwin } from './twin.ts';

/** What decisions read of transactions; single look-ups of many stations share a statement. */
export interface TransactionStore {
  /** The latest use of an id on the wire, open or ended. */
  find(stationId: string, stationTransactionId: string): Promise<TransactionTwin | undefined>;
  /** Meter values recorded so far, in no order; `sequence` tells it. */
  readings(transaction: Pick<TransactionTwin, 'id' | 'startedReceivedAt'>): Promise<readonly MeterValue[]>;
  /** The open transactions of each of the stations. */
  openOf(stationIds: readonly string[]): Promise<ReadonlyMap<string, readonly TransactionTwin[]>>;
}

export function createTransactionStore(pool: Pool): TransactionStore {
  const find = gatherLoads<TransactionTwin>(async (keys) => {
    const wanted = keys.map((key) => JSON.parse(key));
    const { rows } = await pool.query(
      `${selectTwin}
      join lateral (select max(reuse) as reuse from transaction newest
        where newest.station_id = t.station_id and newest.station_transaction_id = t.station_transaction_id) newest
        on newest.reuse = t.reuse
      where (t.station_id, t.station_transaction_id) in (
        select * from unnest($1::text[], $2::text[]))`,
      [wanted.map(([stationId]) => stationId), wanted.map(([, id]) => id)],
    );
    return new Map(rows.map((row) => [keyOf(row.station_id, row.station_transaction_id), twinOf(row)]));
  });
  const readings = gatherLoads<MeterValue[]>(async (keys) => {
    const wanted = keys.map((key): [id: string, since: string] => JSON.parse(key));
    // The earliest start is a parameter, so that partitions before it are left out when the plan is run.
    const since = wanted.reduce(
      (earliest, [, start]) => (start < earliest ? start : earliest),
      wanted[0]?.[1] ?? '',
    );
    const { rows } = await pool.query({
      name: 'readings',
      text: `select transaction_id, at, samples, seq_no::integer as sequence from meter_sample
        where transaction_id = any($1::uuid[]) and received_at >= $2`,
      values: [wanted.map(([id]) => id), since],
    });
    const byTransaction = Map.groupBy(rows, (row) => row.transaction_id as string);
    return new Map(
      keys.map((key, index) => [key, (byTransaction.get(wanted[index]?.[0] ?? '') ?? []).map(meterValueOf)]),
    );
  });
  return {
    find: (stationId, stationTransactionId) => find(keyOf(stationId, stationTransactionId)),
    readings: async ({ id, startedReceivedAt }) =>
      (await readings(JSON.stringify([id, startedReceivedAt]))) ?? [],
    async openOf(stationIds) {
      const { rows } = await pool.query(
        `${selectTwin} where t.station_id = any($1::text[]) and t.state = 'Active'`,
        [stationIds],
      );
      return Map.groupBy(rows.map(twinOf), (twin) => twin.stationId);
    },
  };
}

function keyOf(stationId: string, stationTransactionId: string): string {
  return JSON.stringify([stationId, stationTransactionId]);
}

const selectTwin = `select t.*, seen.events, seen.last_seq_no
  from transaction t
  join lateral (select count(*)::integer as events, max(seq_no)::float8 as last_seq_no
    from transaction_event event where event.transaction_id = t.id) seen on true`;

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it, typed here once
function twinOf(row: any): TransactionTwin {
  return {
    id: row.id,
    stationId: row.station_id,
    stationTransactionId: row.station_transaction_id,
    reuse: row.reuse,
    version: row.version,
    evseId: row.evse_id ?? undefined,
    connectorId: row.connector_id ?? undefined,
    state: row.state,
    startSeen: row.start_seen,
    endSeen: row.end_seen,
    chargingState: row.charging_state ?? undefined,
    idToken: row.id_token ?? undefined,
    idTokenType: row.id_token_type ?? undefined,
    idTokenStatus: row.id_token_status ?? undefined,
    groupId: row.group_id ?? undefined,
    remoteStartId: row.remote_start_id ?? undefined,
    reservationId: row.reservation_id ?? undefined,
    startTrigger: row.start_trigger ?? undefined,
    stoppedReason: row.stopped_reason ?? undefined,
    stopIdToken: row.stop_id_token ?? undefined,
    startedAt: row.started_at,
    startedReceivedAt: row.started_received_at,
    endedAt: row.ended_at ?? undefined,
    endedReceivedAt: row.ended_received_at ?? undefined,
    meterStartWh: row.meter_start_wh === null ? undefined : Number(row.meter_start_wh),
    meterStopWh: row.meter_stop_wh === null ? undefined : Number(row.meter_stop_wh),
    importedWh: row.imported_wh ?? undefined,
    exportedWh: row.exported_wh ?? undefined,
    energyTrusted: row.energy_trusted ?? undefined,
    energyReasons: row.energy_reasons ?? undefined,
    energyMethod: row.energy_method ?? undefined,
    missing: row.missing,
    lastSeqNo: row.last_seq_no ?? undefined,
    events: row.events,
  };
}
