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
  | 'OnlyRubbish'
  | 'Flood'
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

/** Faults of what the other side sent, as against those of ours or of the link. */
export function isRubbish(kind: FaultKind): boolean {
  switch (kind) {
    case 'NotJson':
    case 'NotAFrame':
    case 'UnknownMessageType':
    case 'BadMessageId':
    case 'UnknownAction':
    case 'WrongDirection':
    case 'InvalidRequest':
    case 'InvalidResponse':
    case 'UnsolicitedAnswer':
      return true;
    // Well-formed, and refused for what it says.
    case 'Refused':
    case 'AnswerRefused':
    case 'HandlerFailed':
    case 'InvalidOwnAnswer':
    // They end the connection, or are limits of their own.
    case 'Binary':
    case 'TooLarge':
    case 'SendDropped':
    case 'LaneOverflow':
    case 'SlowReader':
    case 'OnlyRubbish':
    case 'Flood':
    case 'SocketFailed':
      return false;
    default:
      return kind satisfies never;
  }
}
