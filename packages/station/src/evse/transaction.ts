import type { Reading } from '../energy/reading.ts';
import type { IdToken } from '../id-token.ts';

/**
 * What must hold for a transaction to start, or stop holding for it to end (TxStartPoint, TxStopPoint).
 * ParkingBayOccupancy and DataSigned need hardware that this station does not claim to have.
 */
export const txPoints = ['EVConnected', 'Authorized', 'PowerPathClosed', 'EnergyTransfer'] as const;

export type TxPoint = (typeof txPoints)[number];

export interface Conditions {
  readonly connected: boolean;
  readonly authorized: boolean;
  readonly transferring: boolean;
}

const holds: Record<TxPoint, (conditions: Conditions) => boolean> = {
  EVConnected: ({ connected }) => connected,
  Authorized: ({ authorized }) => authorized,
  PowerPathClosed: ({ connected, authorized }) => connected && authorized,
  EnergyTransfer: ({ transferring }) => transferring,
};

/** E01.FR.02-06: one of the points holds now and did not before. */
export function reachesPoint(points: readonly TxPoint[], before: Conditions, after: Conditions): boolean {
  return points.some((point) => !holds[point](before) && holds[point](after));
}

/** E06.FR.02-07: one of the points held and does so no more. */
export function leavesPoint(points: readonly TxPoint[], before: Conditions, after: Conditions): boolean {
  return reachesPoint(points, after, before);
}

export type ChargingState = 'Idle' | 'EVConnected' | 'Charging' | 'SuspendedEV' | 'SuspendedEVSE';

export type TriggerReason =
  | 'AbnormalCondition'
  | 'Authorized'
  | 'CablePluggedIn'
  | 'ChargingStateChanged'
  | 'Deauthorized'
  | 'EVCommunicationLost'
  | 'EVConnectTimeout'
  | 'MeterValueClock'
  | 'MeterValuePeriodic'
  | 'RemoteStart'
  | 'RemoteStop'
  | 'ResetCommand'
  | 'StopAuthorized'
  | 'Trigger'
  | 'TxResumed'
  | 'UnlockCommand';

export type StoppedReason =
  | 'DeAuthorized'
  | 'EVDisconnected'
  | 'EmergencyStop'
  | 'HardReset'
  | 'Local'
  | 'Other'
  | 'PowerLoss'
  | 'Reboot'
  | 'Remote'
  | 'SoftReset'
  | 'StoppedByEV'
  | 'Timeout'
  | 'UnlockCommand';

/** One transaction on one EVSE, from Started to Ended. */
export interface Transaction {
  /** Ours, never used twice (E01.FR.08). */
  readonly id: string;
  readonly evseId: number;
  readonly startedAt: number;
  /** What the meter showed at the start, for the measurands of the Ended event. */
  readonly beginReadings: readonly Reading[];
  /** The number that a 1.6 CSMS gave when the start was delivered. */
  number?: number;
  nextSeqNo: number;
  /** Where the cable is; known once it was plugged in. */
  connectorId: number | undefined;
  /** Why charging was stopped, where the transaction went on for a while (E05.FR.09). */
  stoppedReason?: StoppedReason;
  /** The token that it was authorized with; stays after the authorization has ended. */
  idToken?: IdToken;
  idTokenReported: boolean;
  remoteStartIdReported: boolean;
}

/** Something happened to a transaction: told in the words of 2.x, said in each version's own. */
export interface TransactionEvent {
  readonly eventType: 'Started' | 'Updated' | 'Ended';
  readonly transaction: Transaction;
  readonly seqNo: number;
  /** Milliseconds since the epoch by the station's clock, whenever it is delivered. */
  readonly at: number;
  readonly trigger: TriggerReason;
  /** It happened while there was no connection (E04.FR.03). */
  readonly offline: boolean;
  readonly chargingState: ChargingState;
  /** Where the EVSE is worth telling: at the start, when a cable comes, at the end. */
  readonly tellsEvse: boolean;
  readonly meterMilliwattHours: number;
  readonly readings: readonly Reading[];
  /** Once for each authorization, to start and to stop. */
  readonly idToken?: IdToken;
  readonly remoteStartId?: number;
  readonly phasesUsed?: number;
  readonly stoppedReason?: StoppedReason;
}
