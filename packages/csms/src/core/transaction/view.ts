import { type Static, Type } from 'typebox';
import { decimal, instant, oneOf } from '../../api/fields.ts';
import { transactionEnergy } from '../meter/energy.ts';
import { type EnergyReason, energyReasons } from '../meter/energy-reason.ts';
import type { MeterValue } from '../meter/meter-value.ts';
import { type Row, shown } from '../rows.ts';
import type { SequenceGaps } from './sequence.ts';

const Energy = Type.Object(
  {
    importedWh: Type.Optional(
      decimal('Energy that flowed into the vehicle, in Wh, exact; absent when the readings do not tell'),
    ),
    exportedWh: Type.Optional(decimal('Energy that flowed out of the vehicle, in Wh, exact')),
    trusted: Type.Boolean({ description: 'Whether it may be billed as it stands' }),
    method: Type.Optional(Type.String({ description: 'register, interval or none: how it was found' })),
    reasons: Type.Array(
      Type.Object({
        reason: Type.String({ examples: ['RegisterReset'] }),
        meaning: Type.String(),
        trust: oneOf(['kept', 'lost'], { description: 'lost: for this reason it must not be billed unseen' }),
      }),
      { description: 'Everything that is worth knowing about how it was found' },
    ),
  },
  { $id: 'Energy' },
);

const transactionFields = {
  id: Type.String({ description: 'Our id' }),
  stationId: Type.String(),
  stationTransactionId: Type.String({ description: 'The id on the wire; stations may use one again' }),
  version: Type.String({ description: 'The OCPP version in which it was reported' }),
  evseId: Type.Optional(Type.Integer()),
  connectorId: Type.Optional(Type.Integer()),
  state: oneOf(['Active', 'Ended']),
  chargingState: Type.Optional(
    Type.String({ description: 'Charging, EVConnected, SuspendedEV, SuspendedEVSE or Idle' }),
  ),
  idToken: Type.Optional(Type.String()),
  idTokenType: Type.Optional(Type.String()),
  idTokenStatus: Type.Optional(Type.String({ description: 'What the token was worth when it began' })),
  groupId: Type.Optional(Type.String()),
  remoteStartId: Type.Optional(
    Type.Integer({ description: 'The correlationId of the remote start that led to it' }),
  ),
  reservationId: Type.Optional(Type.Integer()),
  startTrigger: Type.Optional(Type.String()),
  stoppedReason: Type.Optional(Type.String()),
  stopIdToken: Type.Optional(Type.String({ description: 'The token that stopped it' })),
  startedAt: instant('By the clock of the station'),
  startedReceivedAt: instant('By our clock'),
  endedAt: Type.Optional(instant('By the clock of the station')),
  endedReceivedAt: Type.Optional(instant('By our clock')),
  meterStartWh: Type.Optional(decimal('1.6: the register at the start, in Wh')),
  meterStopWh: Type.Optional(decimal('1.6: the register at the end, in Wh')),
};

export const Transaction = Type.Object(
  {
    ...transactionFields,
    startSeen: Type.Boolean({ description: 'Whether the message that starts it came in' }),
    endSeen: Type.Boolean({ description: 'Whether the message that ends it came in' }),
    missing: Type.Array(Type.Object({ first: Type.Integer(), last: Type.Integer() }), {
      description: 'Ranges of sequence numbers that did not come in, both ends included',
    }),
    energy: Type.Optional(Energy),
  },
  { $id: 'Transaction' },
);
export type Transaction = Static<typeof Transaction>;

const Fields = Type.Object(transactionFields);

export interface TransactionRow extends Row<Static<typeof Fields>> {
  readonly startSeen: boolean;
  readonly endSeen: boolean;
  readonly importedWh: string | null;
  readonly exportedWh: string | null;
  readonly energyTrusted: boolean | null;
  readonly energyMethod: string | null;
  readonly energyReasons: readonly string[] | null;
  readonly missing: SequenceGaps;
}

/** SQL for the rows that {@link transactionOf} reads. */
export const selectTransaction = `select id, station_id as "stationId",
    station_transaction_id as "stationTransactionId", version, evse_id as "evseId", connector_id as "connectorId", state,
    start_seen as "startSeen", end_seen as "endSeen", charging_state as "chargingState", id_token as "idToken",
    id_token_type as "idTokenType", id_token_status as "idTokenStatus", group_id as "groupId",
    remote_start_id as "remoteStartId", reservation_id as "reservationId", start_trigger as "startTrigger",
    stopped_reason as "stoppedReason", stop_id_token as "stopIdToken", started_at as "startedAt",
    started_received_at as "startedReceivedAt", ended_at as "endedAt", ended_received_at as "endedReceivedAt",
    meter_start_wh as "meterStartWh", meter_stop_wh as "meterStopWh", imported_wh as "importedWh",
    exported_wh as "exportedWh", energy_trusted as "energyTrusted", energy_method as "energyMethod",
    energy_reasons as "energyReasons", missing
  from transaction`;

export function transactionOf(row: TransactionRow): Transaction {
  const {
    startSeen,
    endSeen,
    missing,
    importedWh,
    exportedWh,
    energyTrusted,
    energyMethod,
    energyReasons: reasons,
    ...fields
  } = row;
  return {
    ...shown<Static<typeof Fields>>(fields),
    startSeen,
    endSeen,
    missing: missing.map(([first, last]) => ({ first, last })),
    ...(energyTrusted !== null && {
      energy: energyView({
        importedWh,
        exportedWh,
        trusted: energyTrusted,
        method: energyMethod,
        reasons: reasons ?? [],
      }),
    }),
  };
}

/** An open transaction with its energy so far, from the meter values that have come in. */
export function withEnergySoFar(transaction: Transaction, readings: readonly MeterValue[]): Transaction {
  const { startedAt, startSeen, endSeen, missing, meterStartWh } = transaction;
  const energy = transactionEnergy({
    readings,
    startedAt,
    startSeen,
    endSeen,
    sequenceGaps: missing.length > 0,
    ...(meterStartWh !== undefined && { meterStartWh: Number(meterStartWh) }),
  });
  return { ...transaction, energy: energyView(energy) };
}

function energyView(energy: {
  readonly importedWh: string | null | undefined;
  readonly exportedWh: string | null | undefined;
  readonly trusted: boolean;
  readonly method: string | null;
  readonly reasons: readonly string[];
}): Static<typeof Energy> {
  const { importedWh = null, exportedWh = null, method, trusted, reasons } = energy;
  return {
    ...shown<{ importedWh?: string; exportedWh?: string; method?: string }>({
      importedWh,
      exportedWh,
      method,
    }),
    trusted,
    reasons: reasons.map(explain),
  };
}

function explain(reason: string) {
  // A reason that an earlier release wrote and this one does not know.
  if (!isKnown(reason)) return { reason, meaning: 'Not explained by this release', trust: 'lost' as const };
  return { reason, ...energyReasons[reason] };
}

function isKnown(reason: string): reason is EnergyReason {
  return Object.hasOwn(energyReasons, reason);
}
