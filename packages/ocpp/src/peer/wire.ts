import type { PayloadKind } from '../catalogue/catalogue.ts';
import { messageType } from '../frame/frame.ts';
import { type ErrorToWrite, writeError, writeRequest, writeResult } from '../frame/write.ts';
import type { CountedFinding, Finding } from '../lenient/finding.ts';
import { FindingLog } from '../lenient/finding-log.ts';
import { redact } from '../redact.ts';
import type { Version } from '../version.ts';
import { type Fault, isRubbish } from './fault.ts';
import type { FrameRecord, Mode, PeerHandlers, PeerLink, Role } from './peer.ts';
import type { SharedByPeers } from './shared.ts';

export interface WireOptions {
  readonly shared: SharedByPeers;
  readonly version: Version;
  readonly role: Role;
  readonly mode: Mode;
  readonly link: PeerLink;
  readonly handlers: PeerHandlers;
}

/** The way out of a peer: frames for the other side, and what there is to tell to its owner. */
export class Wire {
  readonly shared: SharedByPeers;
  readonly version: Version;
  readonly role: Role;
  readonly link: PeerLink;
  handlers: PeerHandlers;
  mode: Mode;
  isClosed = false;
  /** Frames at fault since the last good one. */
  rubbishInARow = 0;
  /** Set when the peer retires: told whenever a decision or a call of ours has ended. */
  settled: (() => void) | undefined;
  #findings: FindingLog | undefined;

  constructor(options: WireOptions) {
    this.shared = options.shared;
    this.version = options.version;
    this.role = options.role;
    this.link = options.link;
    this.handlers = options.handlers;
    this.mode = options.mode;
  }

  get findings(): readonly CountedFinding[] {
    return this.#findings?.list() ?? [];
  }

  sendRequest(type: 2 | 6, messageId: string, action: string, payload: object): void {
    const text = writeRequest(type, messageId, action, payload);
    this.#transmit({ direction: 'out', type, messageId, action, text, kind: 'request', payload });
  }

  /** Throws what JSON.stringify throws; then nothing was sent. */
  sendResult(messageId: string, action: string, payload: object): void {
    const text = writeResult(messageId, payload);
    const type = messageType.callResult;
    this.#transmit({ direction: 'out', type, messageId, action, text, kind: 'response', payload });
  }

  sendError(error: ErrorToWrite, action?: string): void {
    const { type = messageType.callError, messageId } = error;
    const text = writeError(this.version, error);
    this.#transmit({ direction: 'out', type, messageId, action, text });
  }

  /** For the message log, secrets masked; does nothing where none is kept. */
  record(frame: RecordableFrame): void {
    if (this.handlers.onFrame === undefined) return;
    const { direction, type, messageId, action } = frame;
    try {
      const record = { direction, messageType: type, messageId, text: this.#shownText(frame) };
      this.handlers.onFrame(action === undefined ? record : { ...record, action });
    } catch (error) {
      this.fault({ kind: 'HandlerFailed', detail: 'onFrame threw', error });
    }
  }

  find(finding: Finding): void {
    this.#findings ??= new FindingLog(this.shared.limits.findings);
    if (!this.#findings.add(finding)) return;
    try {
      this.handlers.onFinding?.(finding);
    } catch (error) {
      this.fault({ kind: 'HandlerFailed', detail: 'onFinding threw', error });
    }
  }

  fault(fault: Fault): void {
    if (isRubbish(fault.kind)) this.rubbishInARow++;
    try {
      this.handlers.onFault?.(fault);
    } catch {
      // The last place to tell it has failed; the connection goes on.
    }
  }

  #shownText({ type, messageId, action, text, kind, payload }: RecordableFrame): string {
    if (kind === undefined || action === undefined || typeof payload !== 'object' || payload === null)
      return text;
    const shown = redact(this.version, action, kind, payload);
    if (shown === payload) return text;
    return kind === 'response'
      ? writeResult(messageId, shown)
      : writeRequest(type === messageType.send ? type : messageType.call, messageId, action, shown);
  }

  #transmit(frame: RecordableFrame): void {
    if (this.isClosed) return;
    this.record(frame);
    this.link.transmit(frame.text);
  }
}

interface RecordableFrame {
  readonly direction: 'in' | 'out';
  readonly type: FrameRecord['messageType'];
  readonly messageId: string;
  readonly action: string | undefined;
  readonly text: string;
  readonly kind?: PayloadKind;
  readonly payload?: unknown;
}
