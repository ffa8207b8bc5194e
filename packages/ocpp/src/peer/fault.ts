/** Why a frame was refused or ignored, or what went wrong while answering one. */
export type FaultKind =
  | 'NotJson'
  | 'NotAFrame'
  | 'UnknownMessageType'
  | 'Binary'
  | 'TooLarge'
  | 'BadMessageId'
  | 'UnknownAction'
  | 'WrongDirection'
  | 'InvalidRequest'
  | 'InvalidResponse'
  | 'UnsolicitedAnswer'
  | 'AnswerRefused'
  | 'Refused'
  | 'HandlerFailed'
  | 'InvalidOwnAnswer'
  | 'SendDropped'
  | 'LaneOverflow'
  | 'SlowReader'
  | 'SocketFailed';

/** For the log and the metrics: nothing here reaches the other side. */
export interface Fault {
  readonly kind: FaultKind;
  readonly messageId?: string;
  readonly action?: string;
  /** The code that was answered, or that came in a CALLRESULTERROR. */
  readonly code?: string;
  readonly detail: string;
  /** What a handler of ours threw. */
  readonly error?: unknown;
  /** The head of a frame that could not be read. It may hold anything, secrets included. */
  readonly text?: string;
}
