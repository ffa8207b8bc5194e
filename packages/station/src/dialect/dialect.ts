import type { IncomingMessage, Version } from '@busbar/ocpp';
import type { Commands } from '../commands.ts';
import type { Reading } from '../energy/reading.ts';
import type { FaultCode } from '../evse/layout.ts';
import type { TransactionEvent, TxPoint } from '../evse/transaction.ts';
import type { IdToken, TokenInfo } from '../id-token.ts';

/** A CALL to be made, and what its answer says. */
export interface Outgoing<Answer> {
  readonly action: string;
  readonly payload: object;
  /** @param answer valid against the schema */
  read(answer: object): Answer;
}

export interface BootAnswer {
  readonly status: 'Accepted' | 'Pending' | 'Rejected';
  readonly intervalSeconds: number;
}

export type BootReason =
  | 'ApplicationReset'
  | 'LocalReset'
  | 'PowerUp'
  | 'RemoteReset'
  | 'ScheduledReset'
  | 'Triggered'
  | 'Watchdog';

/** What a station is told apart by. */
export interface Nameplate {
  readonly vendorName: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
}

export interface TransactionAnswer {
  readonly token?: TokenInfo;
  /** 1.6: the number of the transaction. */
  readonly number?: number;
}

/** What a connector's status follows from. */
export interface ConnectorState {
  readonly evseId: number;
  readonly connectorId: number;
  readonly isOperative: boolean;
  readonly fault: FaultCode | undefined;
  /** The cable is in this connector. */
  readonly isPlugged: boolean;
  readonly isAuthorized: boolean;
  readonly isFinishing: boolean;
  /** Within a transaction on this connector. */
  readonly chargingState: 'Charging' | 'SuspendedEV' | 'SuspendedEVSE' | undefined;
}

/** The answer to a CALL of the CSMS, and what is done once it has left. */
export interface Reply {
  readonly answer: object;
  readonly afterwards?: () => void;
}

/** One behaviour, said in the words of one version. */
export interface Dialect {
  readonly version: Version;
  /** Where start and stop points are not a matter of configuration. */
  readonly fixedTxPoints?: readonly TxPoint[];

  bootNotification(nameplate: Nameplate, reason: BootReason): Outgoing<BootAnswer>;
  heartbeat(): Outgoing<void>;
  authorize(idToken: IdToken): Outgoing<TokenInfo>;
  /** In this version's words; equal words need not be told twice. */
  statusOf(connector: ConnectorState): string;
  statusNotification(connector: ConnectorState, at: number): Outgoing<void>;
  /** The status of the station as a whole, where there is such a message. */
  stationStatus?(isOperative: boolean, at: number): Outgoing<void>;
  /** Undefined for what this version has no message for. */
  transactionEvent(event: TransactionEvent): Outgoing<TransactionAnswer> | undefined;
  /** Readings outside a transaction. */
  meterValues(evseId: number, reading: Reading): Outgoing<void>;
  /** @throws OcppError NotSupported */
  obey(call: IncomingMessage, commands: Commands): Reply;
}

/** RFC 3339 with milliseconds, UTC. */
export function instant(at: number): string {
  return new Date(at).toISOString();
}
