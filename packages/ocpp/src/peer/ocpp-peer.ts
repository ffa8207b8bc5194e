import { type BrokenFrame, type ErrorFrame, messageType, readFrame } from '../frame/frame.ts';
import { cutText } from '../frame/write.ts';
import type { CountedFinding } from '../lenient/finding.ts';
import type { Version } from '../version.ts';
import { Answers } from './answers.ts';
import { Calls, readCode } from './calls.ts';
import type { Fault } from './fault.ts';
import type { CallOptions, Mode, Peer, PeerHandlers, PeerOptions, Role } from './peer.ts';
import { shareAmongPeers } from './shared.ts';
import { Wire, type WireOptions } from './wire.ts';

/** Makes one end of a connection; the embedder carries the texts. */
export function createPeer(options: PeerOptions): Peer {
  return new OcppPeer({ mode: 'lenient', ...options, shared: shareAmongPeers(options) });
}

/** How much of a text that is no frame goes to the log. */
const faultTextLimit = 500;

/**
 * A class rather than closures, since a server holds ten thousand of them; what a quiet connection does not
 * need is made when it is first used.
 */
export class OcppPeer implements Peer {
  readonly #wire: Wire;
  readonly #answers: Answers;
  #calls: Calls | undefined;

  constructor(options: WireOptions) {
    this.#wire = new Wire(options);
    this.#answers = new Answers(this.#wire);
  }

  /** For a server, which learns who handles a connection after it stands. */
  setHandlers(handlers: PeerHandlers): void {
    this.#wire.handlers = handlers;
  }

  /** For trouble of the link that carries the texts. */
  reportFault(fault: Fault): void {
    this.#wire.fault(fault);
  }

  get version(): Version {
    return this.#wire.version;
  }

  get role(): Role {
    return this.#wire.role;
  }

  get mode(): Mode {
    return this.#wire.mode;
  }

  setMode(mode: Mode): void {
    this.#wire.mode = mode;
  }

  get callsWaiting(): number {
    return this.#calls?.length ?? 0;
  }

  get findings(): readonly CountedFinding[] {
    return this.#wire.findings;
  }

  /** Frames of the other side that were at fault since the last good one. */
  get rubbishInARow(): number {
    return this.#wire.rubbishInARow;
  }

  /** A CALL of ours is in flight. */
  get awaitsAnswer(): boolean {
    return this.#calls?.isInFlight ?? false;
  }

  /** Something of the other side is being decided or waits for it. */
  get isDeciding(): boolean {
    return this.#answers.isBusy;
  }

  /**
   * From now on nothing new is decided or sent: what comes of the other side's own is dropped unanswered, our waiting
   * calls fail with `Closed`. Tells at once, and whenever `awaitsAnswer` or `isDeciding` may have become false.
   */
  retire(settled: () => void): void {
    this.#wire.settled = settled;
    this.#calls?.withdrawWaiting('the connection is being closed');
    settled();
  }

  receive(text: string): void {
    const wire = this.#wire;
    if (wire.isClosed) return;
    const { frameCharacters } = wire.shared.limits;
    if (text.length > frameCharacters) {
      const detail = `The message has ${text.length} characters; the limit is ${frameCharacters}`;
      wire.fault({ kind: 'TooLarge', detail });
      return;
    }
    const frame = readFrame(text, wire.version);
    switch (frame.type) {
      case messageType.call:
      case messageType.send: {
        if (wire.settled !== undefined) return;
        const { type, messageId, action, payload } = frame;
        wire.record({ direction: 'in', type, messageId, action, text, kind: 'request', payload });
        this.#answers.receive(frame);
        return;
      }
      case messageType.callResult:
        this.#openCalls().receiveResult(frame, text);
        wire.settled?.();
        return;
      case messageType.callError:
        this.#openCalls().receiveError(frame, text);
        wire.settled?.();
        return;
      case messageType.callResultError:
        this.#receiveResultError(frame, text);
        return;
      case 0:
        if (wire.settled !== undefined) return;
        this.#receiveBroken(frame, text);
        return;
      default:
        frame satisfies never;
    }
  }

  receiveBinary(): void {
    this.#wire.fault({ kind: 'Binary', detail: 'OCPP-J is text; a binary message came' });
  }

  call(action: string, payload: object, options?: CallOptions): Promise<object> {
    return this.#openCalls().call(action, payload, options);
  }

  send(action: string, payload: object): void {
    this.#openCalls().send(action, payload);
  }

  close(reason: string): void {
    if (this.#wire.isClosed) return;
    this.#wire.isClosed = true;
    this.#answers.close();
    this.#calls?.close(reason);
  }

  #openCalls(): Calls {
    this.#calls ??= new Calls(this.#wire);
    return this.#calls;
  }

  /** FR.06: our answer did not please. Nothing follows it. */
  #receiveResultError(frame: ErrorFrame, text: string): void {
    const { type, messageId, description } = frame;
    const action = this.#answers.actionAnswered(messageId);
    this.#wire.record({ direction: 'in', type, messageId, action, text });
    const code = readCode(this.#wire, frame, action);
    const detail = `Our answer was refused: ${cutText(description, faultTextLimit)}`;
    this.#wire.fault({
      kind: 'AnswerRefused',
      messageId,
      code,
      detail,
      ...(action !== undefined && { action }),
    });
  }

  /** Only our own words go back: a broken text is not echoed (Part 4, section 4.2.3). */
  #receiveBroken({ fault, detail, answer }: BrokenFrame, text: string): void {
    this.#wire.fault({ kind: fault, detail, text: cutText(text, faultTextLimit), ...answer });
    if (answer !== undefined) this.#wire.sendError({ ...answer, description: detail });
  }
}
