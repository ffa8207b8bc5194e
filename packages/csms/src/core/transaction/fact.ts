import type { MeterValue } from '../meter/meter-value.ts';
import type { PresentedToken } from '../queries.ts';

/**
 * One thing that a station says of a transaction, in the same words for all versions: StartTransaction, MeterValues
 * and StopTransaction of 1.6 are the Started, Updated and Ended of 2.x.
 */
export interface TransactionFact {
  readonly kind: 'Started' | 'Updated' | 'Ended';
  /** The id on the wire: 2.x the station's own, 1.6 the number that it was given. */
  readonly stationTransactionId: string;
  /** Absent in 1.6. */
  readonly seqNo?: number;
  /** By the station's clock, ISO 8601 in UTC. */
  readonly at: string;
  readonly trigger?: string;
  readonly offline: boolean;
  readonly evseId?: number;
  readonly connectorId?: number;
  readonly idToken?: PresentedToken;
  readonly chargingState?: string;
  readonly stoppedReason?: string;
  readonly remoteStartId?: number;
  readonly reservationId?: number;
  /** 1.6 only, Wh. */
  readonly meterStartWh?: number;
  readonly meterStopWh?: number;
  readonly meterValues: readonly MeterValue[];
}
