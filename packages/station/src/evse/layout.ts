import type { Supply } from '../energy/reading.ts';
import type { IdToken } from '../id-token.ts';

export interface EvseLayout {
  readonly connectors: readonly ConnectorLayout[];
  readonly maxPowerW: number;
  /** Default AC. */
  readonly supply?: Supply;
  /** Default 3; a DC supply has none to tell. */
  readonly phases?: 1 | 2 | 3;
  /** The register's first value: a used meter does not start from zero. */
  readonly meterStartWh?: number;
}

export interface ConnectorLayout {
  /** A value of ConnectorEnumType, e.g. `cType2`, `cCCS2`, `sType2`. */
  readonly type: string;
}

/** The right to charge, until it ends. */
export interface Authorization {
  readonly idToken: IdToken;
  readonly group?: IdToken;
  readonly remoteStartId?: number;
}

/** The faults that 1.6 has names for; 2.x says Faulted. */
export type FaultCode =
  | 'ConnectorLockFailure'
  | 'EVCommunicationError'
  | 'GroundFailure'
  | 'HighTemperature'
  | 'InternalError'
  | 'OtherError'
  | 'OverCurrentFailure'
  | 'OverVoltage'
  | 'PowerMeterFailure'
  | 'PowerSwitchFailure'
  | 'ReaderFailure'
  | 'ResetFailure'
  | 'UnderVoltage'
  | 'WeakSignal';
