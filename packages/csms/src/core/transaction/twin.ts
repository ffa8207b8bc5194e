import type { SequenceGaps } from './sequence.ts';

/** What a token was worth when the transaction was begun with it. */
export type TokenStatus = 'Accepted' | 'Blocked' | 'Expired' | 'Unknown' | 'ConcurrentTx';

/** A transaction as it is known now. Never changed in place: a fact makes a new one. */
export interface TransactionTwin {
  /** Our own id, a UUID. */
  readonly id: string;
  readonly stationId: string;
  /** The id on the wire, and which use of it this is: stations use ids again. */
  readonly stationTransactionId: string;
  readonly reuse: number;
  readonly version: string;
  readonly evseId: number | undefined;
  readonly connectorId: number | undefined;
  readonly state: 'Active' | 'Ended';
  /** Whether the messages that begin and end it have been received. */
  readonly startSeen: boolean;
  readonly endSeen: boolean;
  readonly chargingState: string | undefined;
  readonly idToken: string | undefined;
  readonly idTokenType: string | undefined;
  readonly idTokenStatus: TokenStatus | undefined;
  readonly groupId: string | undefined;
  readonly remoteStartId: number | undefined;
  readonly reservationId: number | undefined;
  readonly startTrigger: string | undefined;
  readonly stoppedReason: string | undefined;
  readonly stopIdToken: string | undefined;
  /** By the station's clock and by ours, ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly startedReceivedAt: string;
  readonly endedAt: string | undefined;
  readonly endedReceivedAt: string | undefined;
  /** 1.6 only. */
  readonly meterStartWh: number | undefined;
  readonly meterStopWh: number | undefined;
  /** Exact decimals as text; present once it has ended. */
  readonly importedWh: string | undefined;
  readonly exportedWh: string | undefined;
  readonly energyTrusted: boolean | undefined;
  readonly energyReasons: readonly string[] | undefined;
  readonly energyMethod: string | undefined;
  readonly missing: SequenceGaps;
  /** The highest sequence number seen; undefined in 1.6 and before the first. */
  readonly lastSeqNo: number | undefined;
  /** Events recorded so far. */
  readonly events: number;
}
