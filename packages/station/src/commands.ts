import type { DeviceModel } from './device-model/device-model.ts';
import type { Variable } from './device-model/variable.ts';
import type { BootReason, Outgoing } from './dialect/dialect.ts';
import type { AvailabilityOutcome, AvailabilityTarget } from './evse/availability.ts';
import type { Transaction } from './evse/transaction.ts';
import type { IdToken } from './id-token.ts';

/** What a CSMS may ask for, in no version's words. */
export interface Commands {
  readonly deviceModel: DeviceModel;
  now(): number;
  start(request: StartRequest): StartOutcome;
  /** Whether there is such a transaction. */
  stop(which: (transaction: Transaction) => boolean): CommandOutcome;
  reset(kind: ResetKind): ResetOutcome;
  changeAvailability(target: AvailabilityTarget, operative: boolean): AvailabilityOutcome;
  unlock(evseId: number, connectorId: number, ongoing: 'keep' | 'stop'): UnlockOutcome;
  clearCache(): 'Accepted' | 'Rejected';
  /** Whether it goes on; undefined for one that is not known here (E14). */
  isOngoing(transactionId: string): boolean;
  hasMessagesWaiting(transactionId?: string): boolean;
  /** Sends the messages that were asked for. Undefined when it will not. */
  trigger(message: TriggeredMessage, target: AvailabilityTarget): (() => void) | undefined;
  /** Starts a report whose parts are made one by one; undefined while another one is running (B07.FR.13). */
  report(parts: Iterable<Outgoing<void>>): (() => void) | undefined;
  /** Sends one message that was asked for, whatever the registration. */
  sendTriggered(message: Outgoing<void>): void;
  variablesOf(base: ReportBase): readonly Variable[];
}

export interface StartRequest {
  readonly idToken: IdToken;
  readonly evseId?: number;
  /** 2.x; 1.6 has none. */
  readonly remoteStartId?: number;
}

export interface CommandOutcome {
  readonly accepted: boolean;
  readonly afterwards?: () => void;
}

export interface StartOutcome extends CommandOutcome {
  /** Of a transaction that had started before it was authorized (F01.FR.13). */
  readonly transactionId?: string;
}

export interface ResetKind {
  readonly when: 'Immediate' | 'OnIdle';
  /** What becomes of transactions that are going on: ended with this reason, or resumed after the boot. */
  readonly transactions: 'HardReset' | 'SoftReset' | 'resume';
  readonly bootReason: BootReason;
}

export interface ResetOutcome {
  readonly status: 'Accepted' | 'Scheduled';
  readonly afterwards?: () => void;
}

export interface UnlockOutcome {
  readonly status: 'Unlocked' | 'OngoingAuthorizedTransaction' | 'UnknownConnector';
  readonly afterwards?: () => void;
}

export type TriggeredMessage =
  | 'BootNotification'
  | 'Heartbeat'
  | 'MeterValues'
  | 'StatusNotification'
  | 'TransactionEvent';

export type ReportBase = 'ConfigurationInventory' | 'FullInventory' | 'SummaryInventory';
