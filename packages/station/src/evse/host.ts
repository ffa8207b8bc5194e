import type { ScheduledRun } from '@busbar/ocpp';
import type { Measurand } from '../energy/reading.ts';
import type { Random } from '../random.ts';
import type { Evse } from './evse.ts';
import type { TransactionEvent, TxPoint } from './transaction.ts';

/** What an EVSE asks of the station that it is part of. */
export interface EvseHost {
  readonly random: Random;
  readonly isOnline: boolean;
  readonly rules: TransactionRules;
  /** Milliseconds since the epoch by the station's clock. */
  now(): number;
  newId(): string;
  schedule(delayMs: number, run: () => void): ScheduledRun;
  /** A fact to be delivered, sooner or later. */
  record(event: TransactionEvent): void;
  /** Something changed that a status may follow from. */
  changed(evse: Evse): void;
  transactionEnded(evse: Evse): void;
}

/** The part of the configuration that transactions follow. */
export interface TransactionRules {
  readonly startPoints: readonly TxPoint[];
  readonly stopPoints: readonly TxPoint[];
  readonly startedMeasurands: readonly Measurand[];
  readonly updatedMeasurands: readonly Measurand[];
  readonly endedMeasurands: readonly Measurand[];
  /** 0: no periodic readings. */
  readonly sampleIntervalSeconds: number;
  /** 0: no limit. */
  readonly connectionTimeoutSeconds: number;
  readonly stopsOnInvalidId: boolean;
}
