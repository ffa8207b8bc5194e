import type { Pool } from 'pg';
import type { OperationProblem } from './problems.ts';

/** A command that was given is an operation: its intent, and what came of it. */
export interface OperationView {
  readonly id: string;
  readonly stationId: string;
  readonly command: string;
  /** `Sent`: the answer is awaited. `Unknown`: none came, and what became of it is being found out. */
  readonly state: 'Sent' | 'Accepted' | 'Rejected' | 'Failed' | 'Unknown';
  readonly input: object;
  /** The id that the station gives back, where the command has one. */
  readonly correlationId?: number;
  /** The station's answer: its status and what else it said. */
  readonly result?: { readonly status: string; readonly reason?: string; readonly data?: object };
  /** Why it failed, or why its outcome is unknown. */
  readonly problem?: OperationProblem;
  /** The transaction that a remote start led to. */
  readonly transactionId?: string;
  readonly givenBy: string;
  readonly createdAt: string;
  readonly settledAt?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it, typed here once
export function operationView(row: any): OperationView {
  return {
    id: row.id,
    stationId: row.station_id,
    command: row.command,
    state: row.state,
    input: row.input,
    ...(row.correlation_id !== null && { correlationId: row.correlation_id }),
    ...(row.result !== null && { result: row.result }),
    ...(row.problem !== null && { problem: row.problem }),
    ...(row.transaction_id !== null && { transactionId: row.transaction_id }),
    givenBy: row.given_by,
    createdAt: row.created_at,
    ...(row.settled_at !== null && { settledAt: row.settled_at }),
  };
}

/** The operation that was given under an idempotency key, with the digest of what was asked for. */
export async function findByIdempotencyKey(
  pool: Pool,
  givenBy: string,
  idempotencyKey: string,
): Promise<{ operation: OperationView; digest: string } | undefined> {
  const { rows } = await pool.query('select * from operation where given_by = $1 and idempotency_key = $2', [
    givenBy,
    idempotencyKey,
  ]);
  return rows[0] && { operation: operationView(rows[0]), digest: rows[0].input_digest };
}
