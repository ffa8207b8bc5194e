import type { OcppErrorCode } from '../errors.ts';
import { errorCodeFor } from '../errors.ts';
import type { Version } from '../version.ts';
import { messageType } from './frame.ts';

/** `errorDescription`: string[255]. */
const descriptionLimit = 255;

/** The text of a CALL or SEND. The payload must be made of JSON values. */
export function writeRequest(type: 2 | 6, messageId: string, action: string, payload: object): string {
  return `[${type},${JSON.stringify(messageId)},${JSON.stringify(action)},${JSON.stringify(payload)}]`;
}

export function writeResult(messageId: string, payload: object): string {
  return `[3,${JSON.stringify(messageId)},${JSON.stringify(payload)}]`;
}

/** The text of a CALLERROR or CALLRESULTERROR, its code in the version's own spelling. */
export function writeError(version: Version, error: ErrorToWrite): string {
  const { type = messageType.callError, messageId, code, description, details = {} } = error;
  const head = [type, messageId, errorCodeFor(version, code), cutText(description, descriptionLimit)];
  try {
    return JSON.stringify([...head, details]);
  } catch {
    // The answer matters more than details that are no JSON.
    return JSON.stringify([...head, {}]);
  }
}

export interface ErrorToWrite {
  readonly type?: 4 | 5;
  readonly messageId: string;
  readonly code: OcppErrorCode;
  readonly description: string;
  readonly details?: object;
}

/** At most that many UTF-16 units, no pair of surrogates torn apart. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  const tearsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, tearsPair ? limit - 1 : limit);
}
