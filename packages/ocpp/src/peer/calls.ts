import { findAction } from '../catalogue/catalogue.ts';
import { errorCodeFor, errorCodesOf, type OcppErrorCode } from '../errors.ts';
import { type ErrorFrame, messageIdLimit, messageType, type ResultFrame } from '../frame/frame.ts';
import { cutText } from '../frame/write.ts';
import type { Violation } from '../validate/violation.ts';
import { validate } from '../validate.ts';
import { CallFailed, type CallFailure } from './call-failed.ts';
import type { LateAnswer } from './message.ts';
import { type CallSender, type OutgoingCall, OutgoingCalls } from './outgoing-calls.ts';
import type { CallOptions } from './peer.ts';
import { readPayload } from './read-payload.ts';
import type { Wire } from './wire.ts';

/** Our own CALLs and SENDs, and what the other side answers. */
export class Calls implements CallSender {
  readonly #wire: Wire;
  readonly #outgoing: OutgoingCalls;

  constructor(wire: Wire) {
    const { limits, timeouts, now } = wire.shared;
    this.#wire = wire;
    this.#outgoing = new OutgoingCalls({
      sender: this,
      timeouts,
      now,
      maxWaiting: limits.outgoingCalls,
      maxRemembered: limits.rememberedCalls,
    });
  }

  get length(): number {
    return this.#outgoing.length;
  }

  get isInFlight(): boolean {
    return this.#outgoing.isInFlight;
  }

  /** Those that were not sent yet fail with `Closed`. */
  withdrawWaiting(reason: string): void {
    this.#outgoing.withdrawWaiting(reason);
  }

  call(action: string, payload: object, options: CallOptions = {}): Promise<object> {
    return new Promise((resolve, reject) => {
      const { shared, isClosed, settled } = this.#wire;
      const { messageId = shared.newMessageId(), timeoutMs = shared.limits.callTimeoutMs, signal } = options;
      const refuse = (reason: CallFailure, message: string) =>
        reject(new CallFailed({ reason, message, sent: false, messageId }));
      if (isClosed) return refuse('Closed', `The connection has ended: ${action} is not sent`);
      if (settled) return refuse('Closed', `The connection is being closed: ${action} is not sent`);
      if (signal?.aborted) return refuse('Aborted', `${action} was withdrawn before it was sent`);
      const complaint = this.#complaintOf('CALL', action, payload);
      if (complaint !== undefined) return refuse('InvalidRequest', complaint);
      const call = { messageId, action, payload, timeoutMs, resolve, reject };
      this.#outgoing.add(signal === undefined ? call : this.#abortable(call, signal));
    });
  }

  send(action: string, payload: object): void {
    const messageId = this.#wire.shared.newMessageId();
    const complaint = this.#complaintOf('SEND', action, payload);
    if (complaint !== undefined) {
      throw new CallFailed({ reason: 'InvalidRequest', message: complaint, sent: false, messageId });
    }
    this.#wire.sendRequest(messageType.send, messageId, action, payload);
  }

  sendCall({ messageId, action, payload }: OutgoingCall): void {
    this.#wire.sendRequest(messageType.call, messageId, action, payload);
  }

  receiveResult(frame: ResultFrame, text: string): void {
    const { messageId, payload } = frame;
    const call = this.#outgoing.answered(messageId);
    const late = call === undefined ? this.#outgoing.answeredLate(messageId) : undefined;
    const action = call?.action ?? late?.action;
    const { callResult: type } = messageType;
    this.#wire.record({ direction: 'in', type, messageId, action, text, kind: 'response', payload });
    if (action === undefined) {
      this.#unsolicited(messageId);
      return;
    }
    const reading = readPayload(this.#wire, action, 'response', frame);
    if (reading.violation === undefined) this.#wire.rubbishInARow = 0;
    if (call !== undefined) {
      if (reading.violation === undefined) call.resolve(reading.payload);
      else this.#complain(call, reading.violation);
    } else if (reading.violation === undefined) {
      this.#tellLate({ messageId, action, payload: reading.payload });
    } else {
      const { code, message: description } = reading.violation;
      this.#tellLate({ messageId, action, error: { code, description } });
    }
  }

  receiveError(frame: ErrorFrame, text: string): void {
    const { messageId, description, details } = frame;
    const call = this.#outgoing.answered(messageId);
    const late = call === undefined ? this.#outgoing.answeredLate(messageId) : undefined;
    const action = call?.action ?? late?.action;
    this.#wire.record({ direction: 'in', type: messageType.callError, messageId, action, text });
    const code = readCode(this.#wire, frame, action);
    if (action !== undefined) this.#wire.rubbishInARow = 0;
    if (call !== undefined) {
      const message = `${call.action} was answered ${code}${description && `: ${description}`}`;
      const facts = {
        reason: 'CallError',
        message,
        sent: true,
        messageId,
        code,
        description,
        details,
      } as const;
      call.reject(new CallFailed(facts));
    } else if (late !== undefined) {
      this.#tellLate({ messageId, action: late.action, error: { code, description } });
    } else {
      this.#unsolicited(messageId, code);
    }
  }

  close(reason: string): void {
    this.#outgoing.close(reason);
  }

  /** Why we may not send that: the other side would refuse it. */
  #complaintOf(kind: 'CALL' | 'SEND', action: string, payload: object): string | undefined {
    const { version, role } = this.#wire;
    const entry = findAction(version, action);
    if (entry === undefined) return `${action} is no action of OCPP ${version}`;
    if (entry.sentBy !== 'both' && entry.sentBy !== role) return `${action} is not sent by a ${role}`;
    if (entry.kind !== kind) return `${action} is sent as a ${entry.kind}`;
    return validate(version, action, 'request', payload)?.message;
  }

  #abortable(call: OutgoingCall, signal: AbortSignal): OutgoingCall {
    const { messageId, action } = call;
    const abort = () => {
      if (!this.#outgoing.withdraw(abortable)) return;
      const message = `${action} was withdrawn before it was sent`;
      call.reject(new CallFailed({ reason: 'Aborted', message, sent: false, messageId }));
    };
    const abortable: OutgoingCall = {
      ...call,
      resolve: (answer) => {
        signal.removeEventListener('abort', abort);
        call.resolve(answer);
      },
      reject: (error) => {
        signal.removeEventListener('abort', abort);
        call.reject(error);
      },
    };
    signal.addEventListener('abort', abort, { once: true });
    return abortable;
  }

  /** FR.06: an invalid CALLRESULT is answered CALLRESULTERROR in 2.1; the versions before have no message for it. */
  #complain(call: OutgoingCall, violation: Violation): void {
    const { messageId, action } = call;
    const { code, field, message: description } = violation;
    this.#wire.fault({ kind: 'InvalidResponse', messageId, action, code, detail: description });
    const details = { field };
    if (this.#wire.version === '2.1') {
      const { callResultError: type } = messageType;
      this.#wire.sendError({ type, messageId, code, description, details }, action);
    }
    const message = `The answer to ${action} is not valid: ${description}`;
    const facts = {
      reason: 'InvalidResponse',
      message,
      sent: true,
      messageId,
      code,
      description,
      details,
    } as const;
    call.reject(new CallFailed(facts));
  }

  #tellLate(answer: LateAnswer): void {
    try {
      this.#wire.handlers.onLateAnswer?.(answer);
    } catch (error) {
      this.#wire.fault({ kind: 'HandlerFailed', detail: 'onLateAnswer threw', error });
    }
  }

  #unsolicited(messageId: string, code?: string): void {
    const detail = this.#outgoing.isRepeated(messageId)
      ? 'A second answer to the same call'
      : 'An answer to no call of ours';
    const shownId = cutText(messageId, messageIdLimit);
    this.#wire.fault({ kind: 'UnsolicitedAnswer', messageId: shownId, detail, ...(code && { code }) });
  }
}

/** The code of an error in the version's own spelling; one that no version knows stays as it came. */
export function readCode(wire: Wire, frame: ErrorFrame, action: string | undefined): string {
  const named = action === undefined ? {} : { action };
  if (frame.incomplete) {
    const detail = 'An error without all of its code, description and details';
    wire.find({ kind: 'IncompleteCallError', ...named, detail });
  }
  const code = spellings.get(frame.code);
  if (code === undefined) {
    const shownCode = cutText(frame.code, 60);
    wire.find({ kind: 'UnknownErrorCode', ...named, detail: `${shownCode} is no error code of OCPP` });
    return shownCode;
  }
  const ownCode = errorCodeFor(wire.version, code);
  // 1.6 has no code of its own for trouble with frames; what came says more.
  if (
    errorCodesOf[wire.version].includes(code) ||
    code === 'MessageTypeNotSupported' ||
    code === 'RpcFrameworkError'
  )
    return code;
  wire.find({
    kind: 'ErrorCodeSpelling',
    ...named,
    detail: `${code} is spelt ${ownCode} in OCPP ${wire.version}`,
  });
  return ownCode;
}

const spellings: ReadonlyMap<string, OcppErrorCode> = new Map(
  Object.values(errorCodesOf).flatMap((codes) => codes.map((code) => [code, code] as const)),
);
