import type { EnergyReason } from './energy-reason.ts';
import type { MeterValue } from './meter-value.ts';

/** All that is known of one transaction's energy. Readings may come in any order, and more than once. */
export interface EnergyInput {
  readonly readings: readonly MeterValue[];
  /** 1.6 StartTransaction.meterStart and StopTransaction.meterStop, in Wh. */
  readonly meterStartWh?: number;
  readonly meterStopWh?: number;
  /** ISO instants by the station's clock: the timestamps of the messages that start and end it. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Whether the messages that start and end the transaction have been received. */
  readonly startSeen: boolean;
  readonly endSeen: boolean;
  /** Whether messages between them are known to be missing. */
  readonly sequenceGaps: boolean;
  /** What the EVSE can deliver; without it a bound that no charging station passes. */
  readonly maximumPowerWatts?: number;
}

/** Exact decimal texts in Wh, without exponent. `undefined`: the readings do not tell. */
export interface TransactionEnergy {
  readonly importedWh: string | undefined;
  readonly exportedWh: string | undefined;
  /** Whether both may be billed as they stand: no reason that loses trust. */
  readonly trusted: boolean;
  /** How the imported energy was found. */
  readonly method: 'register' | 'interval' | 'none';
  /** In alphabetical order, each once. */
  readonly reasons: readonly EnergyReason[];
  /** The register of imported energy at both ends, when it was read. */
  readonly beginWh?: string;
  readonly endWh?: string;
}

/** The energy of a transaction, computed the same way wherever it is shown or billed. Never throws. */
export function transactionEnergy(_input: EnergyInput): TransactionEnergy {
  return { importedWh: undefined, exportedWh: undefined, trusted: false, method: 'none', reasons: [] };
}
