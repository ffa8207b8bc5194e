import type { Mode, Version } from '@busbar/ocpp';
import type { RemoteStart } from './transaction/remote-starts.ts';
import type { TransactionTwin } from './transaction/twin.ts';

export type Registration = 'Accepted' | 'Pending' | 'Rejected';

/** A connector's state as the station told it last. Evse 0 is the station itself, connector 0 the EVSE itself. */
export interface ConnectorState {
  readonly evseId: number;
  readonly connectorId: number;
  /** The version-neutral state: Available, Occupied, Reserved, Unavailable, Faulted. */
  readonly status: string;
  /** The station's own word where it says more (1.6: Preparing, Charging, SuspendedEV, ...). */
  readonly detail: string;
  readonly errorCode: string | undefined;
}

/**
 * A node's copy in memory of a station that it holds. It equals the database: decisions say how it changes, and that
 * is applied when they are committed.
 */
export interface StationTwin {
  readonly id: string;
  /** Of the connection that holds the station; grows with every connection. */
  readonly epoch: number;
  readonly version: Version;
  /** The operator's decision; becomes the registration with the next BootNotification. */
  admission: Registration;
  /** What the last BootNotification was answered; survives reconnects. */
  registration: Registration | undefined;
  mode: Mode;
  serialNumber: string | undefined;
  firmwareVersion: string | undefined;
  /** Firmware that the device model was last reported with. */
  inventoryOf: string | undefined;
  readonly connectors: Map<string, ConnectorState>;
  /** Open transactions by the id on the wire. */
  readonly transactions: Map<string, TransactionTwin>;
  /** Remote starts that have not become a transaction yet. */
  remoteStarts: readonly RemoteStart[];
  /** What the gate lets in before the station is accepted: actions that were asked for. */
  readonly solicited: Map<string, SolicitedReport | 'once'>;
}

/** A report that was asked for, let in until its last part. */
export interface SolicitedReport {
  readonly requestId: number;
}

export function connectorKey(evseId: number, connectorId: number): string {
  return `${evseId}.${connectorId}`;
}
