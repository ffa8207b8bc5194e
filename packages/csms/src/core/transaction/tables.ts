import { defineClaim, defineWrite, type Write } from '../../store/write.ts';
import { shownToken } from '../id-token/shown.ts';
import type { MeterValue } from '../meter/meter-value.ts';
import { storedText } from '../meter/stored.ts';
import type { TransactionFact } from './fact.ts';
import type { TransactionTwin } from './twin.ts';

const transactionColumns = {
  id: 'uuid',
  station_id: 'text',
  station_transaction_id: 'text',
  reuse: 'integer',
  version: 'text',
  evse_id: 'integer',
  connector_id: 'integer',
  state: 'text',
  start_seen: 'boolean',
  end_seen: 'boolean',
  charging_state: 'text',
  id_token: 'text',
  id_token_type: 'text',
  id_token_status: 'text',
  group_id: 'text',
  remote_start_id: 'integer',
  reservation_id: 'integer',
  start_trigger: 'text',
  stopped_reason: 'text',
  stop_id_token: 'text',
  started_at: 'timestamptz',
  started_received_at: 'timestamptz',
  ended_at: 'timestamptz',
  ended_received_at: 'timestamptz',
  meter_start_wh: 'numeric',
  meter_stop_wh: 'numeric',
  imported_wh: 'numeric',
  exported_wh: 'numeric',
  energy_trusted: 'boolean',
  energy_reasons: 'jsonb',
  energy_method: 'text',
  missing: 'jsonb',
} as const;

type TransactionRow = { readonly [Column in keyof typeof transactionColumns]: unknown };

const fixed: ReadonlySet<string> = new Set([
  'id',
  'station_id',
  'station_transaction_id',
  'reuse',
  'version',
]);
const columnNames = Object.keys(transactionColumns);

const upsertTransaction = defineWrite<TransactionRow>({
  name: 'transaction',
  columns: transactionColumns,
  key: (row) => String(row.id),
  sql: (rows) => `insert into transaction (${columnNames.join(', ')})
    select ${columnNames.join(', ')} from ${rows}
    on conflict (id) do update set ${columnNames
      .filter((name) => !fixed.has(name))
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}`,
});

export function writeTransaction(twin: TransactionTwin): Write {
  return upsertTransaction({
    id: twin.id,
    station_id: twin.stationId,
    station_transaction_id: twin.stationTransactionId,
    reuse: twin.reuse,
    version: twin.version,
    evse_id: twin.evseId,
    connector_id: twin.connectorId,
    state: twin.state,
    start_seen: twin.startSeen,
    end_seen: twin.endSeen,
    charging_state: twin.chargingState,
    id_token: twin.idToken,
    id_token_type: twin.idTokenType,
    id_token_status: twin.idTokenStatus,
    group_id: twin.groupId,
    remote_start_id: twin.remoteStartId,
    reservation_id: twin.reservationId,
    start_trigger: twin.startTrigger,
    stopped_reason: twin.stoppedReason,
    stop_id_token: twin.stopIdToken,
    started_at: twin.startedAt,
    started_received_at: twin.startedReceivedAt,
    ended_at: twin.endedAt,
    ended_received_at: twin.endedReceivedAt,
    meter_start_wh: twin.meterStartWh,
    meter_stop_wh: twin.meterStopWh,
    imported_wh: twin.importedWh,
    exported_wh: twin.exportedWh,
    energy_trusted: twin.energyTrusted,
    energy_reasons: twin.energyReasons,
    energy_method: twin.energyMethod,
    missing: twin.missing,
  });
}

const insertEvent = defineWrite<{
  transaction_id: string;
  ordinal: number;
  kind: string;
  seq_no: number | undefined;
  trigger: string | undefined;
  at: string;
  received_at: string;
  offline: boolean;
  details: string;
}>({
  name: 'transaction_event',
  columns: {
    transaction_id: 'uuid',
    ordinal: 'integer',
    kind: 'text',
    seq_no: 'bigint',
    trigger: 'text',
    at: 'timestamptz',
    received_at: 'timestamptz',
    offline: 'boolean',
    details: 'text',
  },
  sql: (rows) => `insert into transaction_event
    (transaction_id, ordinal, kind, seq_no, trigger, at, received_at, offline, details)
    select transaction_id, ordinal, kind, seq_no, trigger, at, received_at, offline, details from ${rows}`,
});

export function writeEvent(twin: TransactionTwin, fact: TransactionFact, receivedAt: Date): Write {
  const { kind, seqNo, trigger, at, offline, meterValues, idToken, stationTransactionId: _, ...rest } = fact;
  const details = {
    ...rest,
    ...(idToken && { idToken: { ...idToken, idToken: shownToken(idToken) } }),
    meterValues: meterValues.length,
  };
  return insertEvent({
    transaction_id: twin.id,
    ordinal: twin.events,
    kind,
    seq_no: seqNo,
    trigger,
    at,
    received_at: receivedAt.toISOString(),
    offline,
    details: JSON.stringify(details),
  });
}

const insertMeterSample = defineWrite<{
  received_at: string;
  station_id: string;
  evse_id: number | undefined;
  connector_id: number | undefined;
  transaction_id: string | undefined;
  seq_no: number | undefined;
  at: string;
  samples: string;
}>({
  name: 'meter_sample',
  columns: {
    received_at: 'timestamptz',
    station_id: 'text',
    evse_id: 'integer',
    connector_id: 'integer',
    transaction_id: 'uuid',
    seq_no: 'bigint',
    at: 'timestamptz',
    samples: 'text',
  },
  sql: (rows) => `insert into meter_sample
    (received_at, station_id, evse_id, connector_id, transaction_id, seq_no, at, samples)
    select received_at, station_id, evse_id, connector_id, transaction_id, seq_no, at, samples from ${rows}`,
});

/** One row for each instant. `sequence` is the place of the message within its transaction. */
export function writeMeterValues(
  of: {
    stationId: string;
    evseId?: number | undefined;
    connectorId?: number | undefined;
    transactionId?: string;
    sequence?: number;
  },
  meterValues: readonly MeterValue[],
  receivedAt: Date,
): Write[] {
  return meterValues.map(({ at, samples }) =>
    insertMeterSample({
      received_at: receivedAt.toISOString(),
      station_id: of.stationId,
      evse_id: of.evseId,
      connector_id: of.connectorId,
      transaction_id: of.transactionId,
      seq_no: of.sequence,
      at,
      samples: storedText(samples),
    }),
  );
}

/**
 * One token charges in one transaction at a time, unless it may in several. Held by whoever was first; the holder's
 * own claim succeeds again, and a transaction that takes the place of another at the same EVSE may take it over.
 */
export const claimToken = defineClaim<{
  token_key: string;
  transaction_id: string;
  supersedes: string | undefined;
  station_id: string;
  since: string;
}>({
  name: 'token_use',
  columns: {
    token_key: 'text',
    transaction_id: 'uuid',
    supersedes: 'uuid',
    station_id: 'text',
    since: 'timestamptz',
  },
  key: (row) => row.token_key,
  sql: (rows) => `with claims as (select * from ${rows}),
    won as (
      insert into token_use (token_key, transaction_id, station_id, since)
      select token_key, transaction_id, station_id, since from claims order by token_key, idx
      on conflict (token_key) do nothing
      returning token_key, transaction_id
    )
    select claims.idx from claims join won using (token_key, transaction_id)
    union
    select claims.idx from claims join token_use held using (token_key)
    where held.transaction_id in (claims.transaction_id, claims.supersedes)`,
});

/** After a claim won from the transaction that is superseded. */
export const takeOverToken = defineWrite<{ token_key: string; from: string; to: string }>({
  name: 'token_use_1_take_over',
  columns: { token_key: 'text', from: 'uuid', to: 'uuid' },
  key: (row) => row.token_key,
  sql: (rows) => `update token_use set transaction_id = rows."to" from ${rows}
    where token_use.token_key = rows.token_key and token_use.transaction_id = rows."from"`,
});

/** The transaction has ended: its tokens are free. */
export const releaseTokens = defineWrite<{ transaction_id: string }>({
  name: 'token_use_2_release',
  columns: { transaction_id: 'uuid' },
  key: (row) => row.transaction_id,
  sql: (rows) => `delete from token_use using ${rows} where token_use.transaction_id = rows.transaction_id`,
});
