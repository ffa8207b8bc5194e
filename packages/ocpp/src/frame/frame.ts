import type { OcppErrorCode } from '../errors.ts';
import type { FaultKind } from '../peer/fault.ts';
import type { Version } from '../version.ts';
import { isDeeperThan } from './depth.ts';
import { holdsUnstorable, storable } from './storable.ts';

/** Message type numbers (Part 4, section 4.1.3); 5 and 6 exist in 2.1 alone. */
export const messageType = { call: 2, callResult: 3, callError: 4, callResultError: 5, send: 6 } as const;

/** `messageId`: string[36] in every version. */
export const messageIdLimit = 36;

/** Stands for a messageId that could not be read (2.x Part 4, section 4.2.3). */
export const unreadableMessageId = '-1';

/** A CALL or SEND. The payload is whatever came: the catalogue judges it. */
export interface RequestFrame {
  readonly type: 2 | 6;
  readonly messageId: string;
  readonly action: string;
  readonly payload: unknown;
  /** Some text in it is U+0000 or half a pair of surrogates. */
  readonly isUnstorable: boolean;
}

export interface ResultFrame {
  readonly type: 3;
  readonly messageId: string;
  readonly payload: unknown;
  readonly isUnstorable: boolean;
}

/** A CALLERROR or CALLRESULTERROR; what it lacks is filled with `""` and `{}`. */
export interface ErrorFrame {
  readonly type: 4 | 5;
  readonly messageId: string;
  readonly code: string;
  readonly description: string;
  readonly details: object;
  /** Fewer elements than five, or elements of another type. */
  readonly incomplete: boolean;
}

/** A text that is no frame of this version. */
export interface BrokenFrame {
  readonly type: 0;
  readonly fault: FaultKind;
  readonly detail: string;
  /** The CALLERROR that it is answered with; none where nothing asked for an answer or nobody could place it. */
  readonly answer?: { readonly messageId: string; readonly code: OcppErrorCode };
}

export type Frame = RequestFrame | ResultFrame | ErrorFrame | BrokenFrame;

/** Takes a text apart. Never throws. Says nothing of the payload, nor of the length of the messageId. */
export function readFrame(text: string, version: Version): Frame {
  if (isDeeperThan(text, nestingLimit)) {
    return brokenRequest(
      text,
      version,
      'NotAFrame',
      `The message is nested deeper than ${nestingLimit} levels`,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return brokenRequest(text, version, 'NotJson', 'The message is not valid JSON');
  }
  if (!Array.isArray(parsed)) {
    return brokenRequest(text, version, 'NotAFrame', 'The message is not a JSON array');
  }
  const isUnstorable = holdsUnstorable(text);
  const elements: readonly unknown[] = isUnstorable ? parsed.map(storableElement) : parsed;
  const [type, messageId] = elements;
  switch (type) {
    case messageType.call:
      return readRequest(messageType.call, elements, version, isUnstorable);
    case messageType.callResult:
      if (typeof messageId !== 'string') return broken('BadMessageId', 'A CALLRESULT without a messageId');
      if (elements.length > 3) return broken('NotAFrame', 'A CALLRESULT has 3 elements');
      return { type, messageId, payload: elements[2], isUnstorable };
    case messageType.callError:
      return readError(messageType.callError, elements, isUnstorable);
    case messageType.callResultError:
      return version === '2.1'
        ? readError(messageType.callResultError, elements, isUnstorable)
        : unknownType(type, messageId, version);
    case messageType.send:
      return version === '2.1'
        ? readRequest(type, elements, version, isUnstorable)
        : unknownType(type, messageId, version);
    default:
      return unknownType(type, messageId, version);
  }
}

/** What goes to a log as it is; payloads are judged as a whole. */
function storableElement(element: unknown): unknown {
  return typeof element === 'string' ? storable(element) : element;
}

// The schemas need less than ten levels; only customData and DataTransfer may bring their own.
const nestingLimit = 64;

function readRequest(
  type: 2 | 6,
  elements: readonly unknown[],
  version: Version,
  isUnstorable: boolean,
): RequestFrame | BrokenFrame {
  const [, messageId, action, payload] = elements;
  if (typeof messageId !== 'string' || messageId === '') {
    return brokenCall(
      type,
      version,
      undefined,
      'BadMessageId',
      'The messageId is not a text of 1 to 36 characters',
    );
  }
  if (typeof action !== 'string') {
    return brokenCall(type, version, messageId, 'NotAFrame', 'The action, the third element, is not a text');
  }
  if (elements.length > 4) {
    return brokenCall(type, version, messageId, 'NotAFrame', 'A request has 4 elements');
  }
  return { type, messageId, action, payload, isUnstorable };
}

function readError(
  type: 4 | 5,
  elements: readonly unknown[],
  isUnstorable: boolean,
): ErrorFrame | BrokenFrame {
  const [, messageId, code, description, details] = elements;
  if (typeof messageId !== 'string') return broken('BadMessageId', 'An error without a messageId');
  const complete =
    elements.length === 5 &&
    typeof code === 'string' &&
    typeof description === 'string' &&
    typeof details === 'object' &&
    details !== null;
  return {
    type,
    messageId,
    code: typeof code === 'string' ? code : 'GenericError',
    description: typeof description === 'string' ? description : '',
    details: typeof details === 'object' && details !== null && !isUnstorable ? details : {},
    incomplete: !complete,
  };
}

/** Ignored (1.6, 2.1); 2.0.1 section 4.4 asks for an answer besides. */
function unknownType(type: unknown, messageId: unknown, version: Version): BrokenFrame {
  const shown = typeof type === 'number' ? String(type) : `a ${type === null ? 'null' : typeof type}`;
  const detail = `${shown} is no message type of OCPP ${version}`;
  if (version !== '2.0.1' || typeof type !== 'number') return broken('UnknownMessageType', detail);
  const id = typeof messageId === 'string' && messageId !== '' ? messageId : unreadableMessageId;
  return {
    type: 0,
    fault: 'UnknownMessageType',
    detail,
    answer: { messageId: id.slice(0, messageIdLimit), code: 'MessageTypeNotSupported' },
  };
}

/** A text of which at best the head can be read: answered where that head is not one of an answer or a SEND. */
function brokenRequest(text: string, version: Version, fault: FaultKind, detail: string): BrokenFrame {
  const head = /^\s*\[\s*(\d+)\s*(?:,\s*"([^"\\]{1,36})")?/.exec(text.slice(0, 200));
  if (head !== null && head[1] !== '2') return broken(fault, detail);
  return brokenCall(messageType.call, version, head?.[2], fault, detail);
}

/** 1.6 knows no `-1`: what cannot be placed is not answered there. */
function brokenCall(
  type: 2 | 6,
  version: Version,
  messageId: string | undefined,
  fault: FaultKind,
  detail: string,
): BrokenFrame {
  // FR.07: a SEND is not answered, not even with an error.
  if (type === messageType.send) return broken(fault, detail);
  if (messageId !== undefined && messageId.length <= messageIdLimit) {
    return { type: 0, fault, detail, answer: { messageId, code: 'RpcFrameworkError' } };
  }
  if (version === '1.6') return broken(fault, detail);
  return { type: 0, fault, detail, answer: { messageId: unreadableMessageId, code: 'RpcFrameworkError' } };
}

function broken(fault: FaultKind, detail: string): BrokenFrame {
  return { type: 0, fault, detail };
}
