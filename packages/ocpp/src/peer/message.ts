import type { ActionOf, Request } from '../catalogue/catalogue.ts';
import type { Violation } from '../validate.ts';
import type { Version } from '../version.ts';

/** A CALL or SEND of the other side whose payload is good. */
export interface IncomingMessage {
  readonly version: Version;
  readonly action: string;
  readonly messageId: string;
  /** Valid against the schema, texts over their limit excepted (see the README of `lenient`). */
  readonly payload: object;
  /** As it came; the same object when nothing was tolerated. */
  readonly received: object;
}

/** A CALL whose payload breaks the schema beyond what is tolerated. */
export interface InvalidCall {
  readonly version: Version;
  readonly action: string;
  readonly messageId: string;
  readonly received: unknown;
  readonly violation: Violation;
}

/** The answer to a call of ours that had timed out. */
export interface LateAnswer {
  readonly messageId: string;
  readonly action: string;
  /** The CALLRESULT's payload where it is valid. */
  readonly payload?: object;
  /** What went wrong instead, in its own words. */
  readonly error?: { readonly code: string; readonly description: string };
}

/** An incoming message of a known version and action. */
export interface MessageOf<V extends Version, A extends ActionOf<V>> extends IncomingMessage {
  readonly version: V;
  readonly action: A;
  readonly payload: Request<V, A> & object;
}

/** Narrows a message to one action: `if (isMessage(call, '2.1', 'BootNotification')) call.payload.reason`. */
export function isMessage<V extends Version, A extends ActionOf<V>>(
  message: IncomingMessage,
  version: V,
  action: A,
): message is MessageOf<V, A> {
  return message.version === version && message.action === action;
}
