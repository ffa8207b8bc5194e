/**
 * - `CallError`: the other side answered CALLERROR; `code`, `description` and `details` are its own.
 * - `Timeout`: no answer in time. It may have been obeyed all the same.
 * - `Closed`: the peer was closed first.
 * - `QueueFull`: too many calls wait already.
 * - `InvalidRequest`: our own payload breaks the schema, or the action is not ours to send.
 * - `InvalidResponse`: the answer came and breaks the schema.
 * - `Aborted`: the caller's signal, while the call was still waiting to be sent.
 */
export type CallFailure =
  | 'CallError'
  | 'Timeout'
  | 'Closed'
  | 'QueueFull'
  | 'InvalidRequest'
  | 'InvalidResponse'
  | 'Aborted';

/** A CALL of ours that did not end in a valid CALLRESULT. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  readonly reason: CallFailure;
  /** Had the frame left? Only then may the other side have acted on it. */
  readonly sent: boolean;
  readonly messageId: string;
  readonly code?: string;
  readonly description?: string;
  readonly details?: object;

  constructor(failure: CallFailureFacts) {
    super(failure.message);
    this.reason = failure.reason;
    this.sent = failure.sent;
    this.messageId = failure.messageId;
    if (failure.code !== undefined) this.code = failure.code;
    if (failure.description !== undefined) this.description = failure.description;
    if (failure.details !== undefined) this.details = failure.details;
  }
}

export interface CallFailureFacts {
  readonly reason: CallFailure;
  readonly message: string;
  readonly sent: boolean;
  readonly messageId: string;
  readonly code?: string;
  readonly description?: string;
  readonly details?: object;
}
