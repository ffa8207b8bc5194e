/** An operation as the API shows it: a command that was given, and what came of it. */
export interface OperationView {
  readonly id: string;
  readonly stationId: string;
  readonly command: string;
  readonly state: 'Sent' | 'Accepted' | 'Rejected' | 'Failed' | 'Unknown';
  readonly input: object;
  /** The id that the station gives back, where the command has one. */
  readonly correlationId?: number;
  /** The station's answer: its status and what else it said. */
  readonly result?: { readonly status: string; readonly reason?: string; readonly data?: object };
  /** Why it failed, or why its outcome is unknown. */
  readonly problem?: { readonly code: string; readonly detail: string };
  /** The transaction that a remote start led to. */
  readonly transactionId?: string;
  readonly givenBy: string;
  readonly createdAt: string;
  readonly settledAt?: string;
}

/** Gives a command to a station. Resolves with the operation once it is settled, or with `Sent` after `waitMs`. */
export type GiveCommand = (order: {
  readonly stationId: string;
  readonly command: string;
  readonly input: object;
  readonly givenBy: string;
  readonly idempotencyKey?: string;
  readonly waitMs?: number;
}) => Promise<OperationView>;
