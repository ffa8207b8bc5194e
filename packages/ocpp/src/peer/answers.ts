import { findAction } from '../catalogue/catalogue.ts';
import { OcppError, type OcppErrorCode } from '../errors.ts';
import { messageIdLimit, messageType, type RequestFrame, unreadableMessageId } from '../frame/frame.ts';
import { cutText } from '../frame/write.ts';
import type { Violation } from '../validate/violation.ts';
import { validate } from '../validate.ts';
import type { FaultKind } from './fault.ts';
import { Lane, type LaneOwner } from './lane.ts';
import type { IncomingMessage } from './message.ts';
import { readPayload } from './read-payload.ts';
import type { Wire } from './wire.ts';

/** Longer ones cannot be echoed without being a burden themselves. */
const lenientMessageIdLimit = 255;

/** Decides the CALLs and SENDs of the other side, one at a time and in order, and answers the CALLs. */
export class Answers implements LaneOwner<RequestFrame> {
  readonly #wire: Wire;
  readonly #lane: Lane<RequestFrame> = new Lane(this);
  #isPaused = false;
  #lastAnswered: RequestFrame | undefined;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  receive(frame: RequestFrame): void {
    if (frame.messageId.length > messageIdLimit && !this.#admitsLongId(frame)) return;
    if (this.#lane.isBusy && !this.#admitsBehindAnother(frame)) return;
    this.#lane.push(frame);
    this.#adjustFlow();
    this.#wire.settled?.();
  }

  /** Which action a CALLRESULTERROR complains of. */
  actionAnswered(messageId: string): string | undefined {
    return this.#lastAnswered?.messageId === messageId ? this.#lastAnswered.action : undefined;
  }

  get isBusy(): boolean {
    return this.#lane.isBusy;
  }

  close(): void {
    this.#lane.clear();
  }

  decide(frame: RequestFrame): boolean {
    const { version, role } = this.#wire;
    const { action } = frame;
    const entry = findAction(version, action);
    if (entry === undefined) {
      return this.#refuse(
        frame,
        'UnknownAction',
        'NotImplemented',
        `${shown(action)} is no action of OCPP ${version}`,
      );
    }
    if (entry.sentBy === role) {
      return this.#refuse(frame, 'WrongDirection', 'NotSupported', `${action} is not sent to a ${role}`);
    }
    if ((entry.kind === 'SEND') !== (frame.type === messageType.send)) {
      return this.#refuse(frame, 'WrongDirection', 'NotSupported', `${action} is sent as a ${entry.kind}`);
    }
    const reading = readPayload(this.#wire, action, 'request', frame);
    if (reading.violation !== undefined) return this.#handInvalid(frame, reading.violation);
    return this.#hand(frame, reading.payload);
  }

  // ---- into the lane

  #admitsLongId(frame: RequestFrame): boolean {
    const { mode, version } = this.#wire;
    const { type, messageId, action } = frame;
    const detail = `The messageId has ${messageId.length} characters; the limit is ${messageIdLimit}`;
    if (mode === 'lenient' && messageId.length <= lenientMessageIdLimit) {
      this.#wire.find({ kind: 'MessageIdTooLong', detail });
      return true;
    }
    this.#wire.fault({ kind: 'BadMessageId', action: shown(action), detail });
    // The id cannot be given back whole, and cut it would be another; 1.6 knows no id for that.
    if (type === messageType.call && version !== '1.6') {
      const error = {
        messageId: unreadableMessageId,
        code: 'RpcFrameworkError',
        description: detail,
      } as const;
      this.#wire.sendError(error);
    }
    return false;
  }

  #admitsBehindAnother(frame: RequestFrame): boolean {
    const { laneFrames, laneSends } = this.#wire.shared.limits;
    if (this.#lane.length >= laneFrames) {
      return !this.#refuse(frame, 'LaneOverflow', 'InternalError', `${laneFrames} messages wait already`);
    }
    if (frame.type === messageType.send) {
      if (this.#lane.length >= laneSends && this.#lane.count(isSend) >= laneSends) this.#dropOldestSend();
      return true;
    }
    const isRepeated =
      this.#lane.find((other) => isCall(other) && other.messageId === frame.messageId) !== undefined;
    if (isRepeated && this.#wire.mode === 'strict') {
      const detail = 'The messageId belongs to a call that is not answered yet';
      return !this.#refuse(frame, 'BadMessageId', 'RpcFrameworkError', detail);
    }
    // FR.01 binds the sender; to wait harms nobody, so that strict mode does not refuse it either.
    this.#wire.find({
      kind: isRepeated ? 'MessageIdInUse' : 'ConcurrentCalls',
      detail: 'A call was sent before the one before it was answered',
    });
    return true;
  }

  #dropOldestSend(): void {
    const dropped = this.#lane.remove(isSend);
    if (dropped === undefined) return;
    const { messageId, action } = dropped;
    const detail = `More than ${this.#wire.shared.limits.laneSends} SENDs wait: the oldest is dropped`;
    this.#wire.fault({ kind: 'SendDropped', messageId, action: shown(action), detail });
  }

  #adjustFlow(): void {
    const { link, shared } = this.#wire;
    const { laneCalls } = shared.limits;
    if (!this.#isPaused && this.#lane.length >= laneCalls) {
      this.#isPaused = true;
      link.pause?.();
    } else if (this.#isPaused && this.#lane.length <= laneCalls / 2) {
      this.#isPaused = false;
      link.resume?.();
    }
  }

  // ---- to the owner and back

  #hand(frame: RequestFrame, payload: object): boolean {
    const { handlers, version } = this.#wire;
    this.#wire.rubbishInARow = 0;
    const { action, messageId } = frame;
    const received = isObject(frame.payload) ? frame.payload : payload;
    const message: IncomingMessage = { version, action, messageId, payload, received };
    if (frame.type === messageType.send) {
      return this.#finish(
        frame,
        () => handlers.onSend?.(message),
        () => undefined,
      );
    }
    return this.#finish(
      frame,
      () => handlers.onCall(message),
      (answer) => this.#answer(frame, answer),
    );
  }

  #handInvalid(frame: RequestFrame, violation: Violation): boolean {
    const { handlers, version } = this.#wire;
    const { action, messageId, payload: received } = frame;
    const refuse = () =>
      this.#refuse(frame, 'InvalidRequest', violation.code, violation.message, { field: violation.field });
    if (handlers.onInvalidCall === undefined || frame.type === messageType.send) return refuse();
    return this.#finish(
      frame,
      () => handlers.onInvalidCall?.({ version, action, messageId, received, violation }),
      (answer) => {
        if (answer === undefined) refuse();
        else this.#answer(frame, answer);
      },
    );
  }

  /** True when it was done at once; else the lane goes on when it is. */
  #finish<T>(frame: RequestFrame, ask: () => Promise<T> | T, use: (answer: T) => void): boolean {
    let asked: Promise<T> | T;
    try {
      asked = ask();
    } catch (error) {
      this.#fail(frame, error);
      return true;
    }
    if (!(asked instanceof Promise)) {
      use(asked);
      return true;
    }
    asked.then(
      (answer) => {
        use(answer);
        this.#next();
      },
      (error: unknown) => {
        this.#fail(frame, error);
        this.#next();
      },
    );
    return false;
  }

  #next(): void {
    this.#lane.next();
    this.#adjustFlow();
    this.#wire.settled?.();
  }

  #answer(frame: RequestFrame, payload: object): void {
    const { messageId, action } = frame;
    const violation = validate(this.#wire.version, action, 'response', payload);
    if (violation !== undefined) {
      this.#spoil(frame, 'InvalidOwnAnswer', `Our answer to ${action}: ${violation.message}`);
      return;
    }
    try {
      this.#wire.sendResult(messageId, action, payload);
      this.#lastAnswered = frame;
    } catch (error) {
      this.#spoil(frame, 'InvalidOwnAnswer', `Our answer to ${action} is no JSON`, error);
    }
  }

  /** What the handler threw becomes the CALLERROR. */
  #fail(frame: RequestFrame, error: unknown): void {
    if (error instanceof OcppError) {
      this.#refuse(frame, 'Refused', error.code, error.message, error.details);
    } else {
      this.#spoil(frame, 'HandlerFailed', `The handler of ${frame.action} failed`, error);
    }
  }

  /** Our own failure: the other side learns that it is ours, and nothing more. */
  #spoil(frame: RequestFrame, kind: FaultKind, detail: string, error?: unknown): void {
    const { messageId, action } = frame;
    this.#wire.fault({
      kind,
      messageId,
      action,
      code: 'InternalError',
      detail,
      ...(error !== undefined && { error }),
    });
    if (isCall(frame)) {
      const description = `${action} could not be processed`;
      this.#wire.sendError({ messageId, code: 'InternalError', description }, action);
    }
  }

  /** Theirs. FR.03: a CALL is answered CALLERROR; FR.07: a SEND is not answered. */
  #refuse(
    frame: RequestFrame,
    kind: FaultKind,
    code: OcppErrorCode,
    description: string,
    details?: object,
  ): true {
    const { messageId } = frame;
    const action = shown(frame.action);
    this.#wire.fault({ kind, messageId, action, code, detail: description });
    if (isCall(frame)) {
      this.#wire.sendError({ messageId, code, description, ...(details && { details }) }, action);
    }
    return true;
  }
}

function isCall(frame: RequestFrame): boolean {
  return frame.type === messageType.call;
}

function isSend(frame: RequestFrame): boolean {
  return frame.type === messageType.send;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The name of an action that may be anything and of any length. */
function shown(action: string): string {
  return cutText(action, 60);
}
