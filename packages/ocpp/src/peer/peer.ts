import type { ActionOf, Request, Response } from '../catalogue/catalogue.ts';
import type { Clock } from '../clock.ts';
import type { CountedFinding, Finding } from '../lenient/finding.ts';
import type { Version } from '../version.ts';
import type { Fault } from './fault.ts';
import type { PeerLimits } from './limits.ts';
import type { IncomingMessage, InvalidCall, LateAnswer } from './message.ts';

/** Lenient takes what a real station gets wrong where that is safe; strict refuses all that the standard refuses. */
export type Mode = 'lenient' | 'strict';

/** Who we are: the charging station or its management system. */
export type Role = 'CS' | 'CSMS';

/** One end of one OCPP-J connection, whatever carries its texts. */
export interface Peer {
  readonly version: Version;
  readonly role: Role;
  readonly mode: Mode;
  setMode(mode: Mode): void;

  /** Takes one text message of the other side. Never throws. */
  receive(text: string): void;
  /** Takes note of a binary message, which OCPP-J does not know. */
  receiveBinary(): void;

  /**
   * Sends a CALL once the one before it is answered (FR.01) and gives the payload of its CALLRESULT.
   * Everything else is a `CallFailed`.
   */
  call(action: string, payload: object, options?: CallOptions): Promise<object>;
  /** Sends a 2.1 SEND at once. Throws `CallFailed` InvalidRequest when it breaks the schema. */
  send(action: string, payload: object): void;

  /** Ends: waiting calls fail with `Closed`, what waits in the lane is dropped, nothing is sent any more. */
  close(reason: string): void;

  /** Our calls that are not answered yet, the one in flight included. */
  readonly callsWaiting: number;
  /** What was tolerated so far. */
  readonly findings: readonly CountedFinding[];
}

/** A peer whose version is known, so that calls are typed by the catalogue. */
export interface PeerOf<V extends Version> extends Peer {
  readonly version: V;
  call<A extends ActionOf<V>>(
    action: A,
    payload: Request<V, A> & object,
    options?: CallOptions,
  ): Promise<Response<V, A> & object>;
}

/** Narrows a peer to its version: `if (speaks(peer, '2.1')) await peer.call('Heartbeat', {})`. */
export function speaks<V extends Version>(peer: Peer, version: V): peer is PeerOf<V> {
  return peer.version === version;
}

export interface CallOptions {
  /** From sending, not from waiting in the queue. */
  readonly timeoutMs?: number;
  /** For a retry that keeps its id; else a new one is made. */
  readonly messageId?: string;
  /** Takes the call out of the queue; one that was sent already goes on. */
  readonly signal?: AbortSignal;
}

/** What the owner of a peer does with what comes in. Methods of an object: they are called on it. */
export interface PeerHandlers {
  /**
   * Gives the payload of the CALLRESULT; a thrown `OcppError` becomes the CALLERROR, anything else an
   * InternalError that tells nothing. One message at a time, in order: the next one waits for the promise.
   */
  onCall(call: IncomingMessage): Promise<object> | object;
  /** 2.1 SEND: in the same lane, never answered (FR.07). */
  onSend?(message: IncomingMessage): Promise<void> | void;
  /**
   * A CALL beyond tolerance, in the lane like any other. An object becomes its CALLRESULT (a fact kept aside
   * rather than lost to a station that would give up on a CALLERROR); undefined lets the CALLERROR go out.
   */
  onInvalidCall?(call: InvalidCall): Promise<object | undefined> | object | undefined;
  /** A deviation was tolerated for the first time on this peer. */
  onFinding?(finding: Finding): void;
  onFault?(fault: Fault): void;
  onLateAnswer?(answer: LateAnswer): void;
  /** Every frame that could be read and every frame that was sent, without its secrets: for a message log. */
  onFrame?(frame: FrameRecord): void;
}

export interface FrameRecord {
  readonly direction: 'in' | 'out';
  readonly messageType: 2 | 3 | 4 | 5 | 6;
  readonly messageId: string;
  /** Known for answers too, unless they are unsolicited. */
  readonly action?: string;
  /** The frame's text, secret fields masked. */
  readonly text: string;
}

/** What carries the texts. Methods of an object: they are called on it. */
export interface PeerLink {
  transmit(text: string): void;
  /** Called when the lane is full and when it has room again. */
  pause?(): void;
  resume?(): void;
}

export interface PeerOptions extends PeerSettings {
  readonly version: Version;
  readonly role: Role;
  /** Default lenient. */
  readonly mode?: Mode;
  readonly link: PeerLink;
  readonly handlers: PeerHandlers;
}

/** What many peers may share. */
export interface PeerSettings {
  readonly limits?: Partial<PeerLimits>;
  readonly clock?: Clock;
  /** Unique among all connections of the station's identity (2.x Part 4, section 4.1.4), at most 36 characters. */
  readonly newMessageId?: () => string;
}
