import type { ScheduledRun } from '../clock.ts';
import type { Fault } from '../peer/fault.ts';
import { OcppPeer } from '../peer/ocpp-peer.ts';
import type { Mode, PeerLink } from '../peer/peer.ts';
import type { SharedByPeers } from '../peer/shared.ts';
import { closeCode, cutReason, type OwnedSocket, type SocketOwner } from '../socket/owned-socket.ts';
import type { Version } from '../version.ts';
import type { ServerLimits } from './limits.ts';
import type { Pace, Wait } from './pace.ts';
import type { Connection, ConnectionHandlers, ServerLimitName, UpgradeRequest } from './server.ts';

export interface StationConnectionOptions<S> {
  readonly socket: OwnedSocket;
  readonly request: UpgradeRequest;
  readonly version: Version;
  readonly mode: Mode;
  readonly state: S;
  readonly shared: SharedByPeers;
  readonly limits: ServerLimits;
  readonly pace: Pace;
  /** It is gone. */
  readonly onGone: (connection: StationConnection<S>) => void;
  readonly onLimit: (limit: ServerLimitName) => void;
}

/** Why a socket is not read. */
const holds = {
  /** Nobody is there yet who handles what comes. */
  starting: 1,
  /** As much waits in the lane as may. */
  lane: 2,
  /** Nothing that could come is waited for any more. */
  retired: 4,
  /** It says more than it may. */
  pace: 8,
} as const;

type Hold = keyof typeof holds;

/** One station's socket with the peer that speaks through it. */
export class StationConnection<S> implements Connection<S>, PeerLink, SocketOwner {
  readonly identity: string;
  readonly version: Version;
  readonly remoteAddress: string;
  readonly secure: boolean;
  readonly state: S;
  readonly peer: OcppPeer;
  readonly openedAt: number;
  readonly pace: Pace;
  lastSeenAt: number;
  readonly #socket: OwnedSocket;
  readonly #shared: SharedByPeers;
  readonly #limits: ServerLimits;
  readonly #onGone: (connection: StationConnection<S>) => void;
  readonly #onLimit: (limit: ServerLimitName) => void;
  #handlers: ConnectionHandlers | undefined;
  #pingedAt = 0;
  #pongWaiters: Array<(cameInTime: boolean) => void> | undefined;
  #giveUp: ScheduledRun | undefined;
  /** Until it is listened to again. */
  #patience: ScheduledRun | undefined;
  #holds = 0;
  #retirement: Retirement | undefined;
  #ended: { readonly code: number; readonly reason: string } | undefined;

  constructor(options: StationConnectionOptions<S>) {
    const { socket, request, version, mode, state, shared, limits, pace, onGone, onLimit } = options;
    this.identity = request.identity;
    this.version = version;
    this.remoteAddress = request.remoteAddress;
    this.secure = request.secure;
    this.state = state;
    this.openedAt = shared.now();
    this.lastSeenAt = this.openedAt;
    this.#socket = socket;
    this.#shared = shared;
    this.#limits = limits;
    this.#onGone = onGone;
    this.#onLimit = onLimit;
    this.pace = pace;
    this.peer = new OcppPeer({ shared, version, role: 'CSMS', mode, link: this, handlers: notReady });
    socket.attach(this);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** From now on messages are handled. Tells at once when the connection has ended meanwhile. */
  start(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    this.peer.setHandlers(handlers);
    if (this.#ended !== undefined) this.#tellClosed(this.#ended.code, this.#ended.reason);
  }

  ping(timeoutMs: number): Promise<boolean> {
    if (!this.isOpen) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#pongWaiters ??= [];
      this.#pongWaiters.push(resolve);
      this.#shared.clock.schedule(timeoutMs, () => resolve(false));
      this.#socket.ping();
    });
  }

  retire(code: number, reason: string): Promise<void> {
    if (this.#retirement !== undefined) return this.#retirement.gone.promise;
    const { retireTimeoutMs, retireAnswerMs } = this.#limits;
    const { clock } = this.#shared;
    let isPatient = true;
    const look = () => {
      const isAnswerAwaited = isPatient && this.peer.awaitsAnswer;
      if (isAnswerAwaited) return;
      this.hold('retired');
      if (!this.peer.isDeciding) this.close(code, reason);
    };
    const loseHope = () => {
      isPatient = false;
      look();
    };
    this.#retirement = {
      gone: Promise.withResolvers(),
      timers: [
        clock.schedule(retireAnswerMs, loseHope),
        clock.schedule(retireTimeoutMs, () => this.close(code, reason)),
      ],
    };
    if (this.#ended !== undefined) this.#endRetirement();
    // A full lane must not keep an answer from being read: nothing is added to the lane any more.
    this.release('lane');
    this.peer.retire(look);
    return this.#retirement.gone.promise;
  }

  close(code: number, reason: string): void {
    if (this.#socket.readyState === this.#socket.CLOSED) return;
    // Nothing that is still on its way is handled: its answer could not be sent any more.
    this.peer.close(`closed with ${code}`);
    this.#socket.close(code, cutReason(reason));
    // A paused socket would not hear the answer.
    this.#holds = 0;
    this.#socket.resume();
    this.#giveUp ??= this.#shared.clock.schedule(this.#limits.closeTimeoutMs, () => this.terminate());
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Pings when nothing was heard for that long; cuts the socket when the ping before was not answered either. */
  keepAlive(nowMs: number, intervalMs: number): void {
    // What is not read cannot tell that it lives.
    if (!this.isOpen || this.#socket.isPaused) return;
    const isPinged = this.#pingedAt > this.lastSeenAt;
    if (nowMs - (isPinged ? this.#pingedAt : this.lastSeenAt) < intervalMs) return;
    if (isPinged) {
      this.terminate();
      return;
    }
    this.#pingedAt = nowMs;
    this.#socket.ping();
  }

  /** The socket is read while nothing holds it. */
  hold(why: Hold): void {
    if (!this.isOpen) return;
    if (this.#holds === 0) this.#socket.pause();
    this.#holds |= holds[why];
  }

  release(why: Hold): void {
    if (this.#holds === 0) return;
    this.#holds &= ~holds[why];
    if (this.#holds === 0) this.#socket.resume();
  }

  /** Octets that the other side has not read yet. */
  get unreadBytes(): number {
    return this.#socket.bufferedAmount;
  }

  cutSlowReader(): void {
    this.#onLimit('station-unread');
    this.#fault({ kind: 'SlowReader', detail: `${this.unreadBytes} octets wait to be read` });
    this.close(closeCode.overloaded, 'Reads too slowly');
  }

  // ---- PeerLink

  transmit(text: string): void {
    if (!this.isOpen) return;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount > this.#limits.bufferedBytes) this.cutSlowReader();
  }

  pause(): void {
    this.hold('lane');
  }

  resume(): void {
    this.release('lane');
  }

  // ---- SocketOwner

  receiveText(text: string, bytes: number): void {
    this.#book(bytes);
    this.peer.receive(text);
    if (this.peer.rubbishInARow < this.#limits.rubbishInARow || !this.isOpen) return;
    this.#onLimit('station-rubbish');
    this.#fault({ kind: 'OnlyRubbish', detail: `${this.peer.rubbishInARow} frames in a row were at fault` });
    this.close(closeCode.policy, 'Nothing but faults');
  }

  receiveBinary(): void {
    this.lastSeenAt = this.#shared.now();
    this.peer.receiveBinary();
    this.close(closeCode.binary, 'OCPP-J is text');
  }

  pinged(): void {
    this.#book(0);
  }

  ponged(): void {
    this.#book(0);
    this.#settlePings(true);
  }

  failed(error: Error): void {
    // `ws` has sent the close code that fits: 1002, 1007 or 1009.
    const isTooLarge = 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    if (isTooLarge) this.#onLimit('station-frame-size');
    this.#fault({ kind: isTooLarge ? 'TooLarge' : 'SocketFailed', detail: error.message, error });
  }

  closed(code: number, reason: string): void {
    this.#giveUp?.cancel();
    this.#patience?.cancel();
    this.#ended = { code, reason };
    this.#settlePings(false);
    this.peer.close(`socket closed with ${code}`);
    this.#onGone(this);
    this.#tellClosed(code, reason);
    this.#endRetirement();
  }

  /** One frame came. Whoever says more than it may is not listened to for a while. */
  #book(bytes: number): void {
    const nowMs = this.#shared.now();
    this.lastSeenAt = nowMs;
    this.pace.take(bytes, nowMs);
    if (!this.isOpen) return;
    if (this.pace.isHopeless) {
      this.#onLimit('station-bytes');
      this.#fault({ kind: 'Flood', detail: 'More came at once than may come' });
      this.close(closeCode.policy, 'Too much at once');
      return;
    }
    if ((this.#holds & holds.pace) !== 0) return;
    const wait = this.pace.wait(nowMs);
    if (wait === undefined) return;
    this.#onLimit(`station-${wait.for}`);
    this.hold('pace');
    this.#waitFor(wait);
  }

  #waitFor({ ms }: Wait): void {
    this.#patience = this.#shared.clock.schedule(ms, () => {
      // What had been read before the reading was stopped was booked meanwhile.
      const more = this.pace.wait(this.#shared.now());
      if (more === undefined) this.release('pace');
      else this.#waitFor(more);
    });
  }

  #endRetirement(): void {
    for (const timer of this.#retirement?.timers ?? []) timer.cancel();
    this.#retirement?.gone.resolve();
  }

  #settlePings(cameInTime: boolean): void {
    const waiters = this.#pongWaiters;
    this.#pongWaiters = undefined;
    for (const resolve of waiters ?? []) resolve(cameInTime);
  }

  #tellClosed(code: number, reason: string): void {
    try {
      this.#handlers?.onClose?.(code, reason);
    } catch (error) {
      this.#fault({ kind: 'HandlerFailed', detail: 'onClose threw', error });
    }
  }

  #fault(fault: Fault): void {
    this.peer.reportFault(fault);
  }
}

interface Retirement {
  readonly gone: PromiseWithResolvers<void>;
  readonly timers: readonly ScheduledRun[];
}

/** Until `connected` has given the handlers; the socket is not read meanwhile. */
const notReady: ConnectionHandlers = {
  onCall() {
    throw new Error('A message was handled before the connection was ready');
  },
};
