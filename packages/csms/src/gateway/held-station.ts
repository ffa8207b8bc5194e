import type {
  Connection,
  ConnectionHandlers,
  Fault,
  Finding,
  IncomingMessage,
  InvalidCall,
  LateAnswer,
  Peer,
} from '@busbar/ocpp';
import type { CommandTarget, Overdue } from '../command-runner.ts';
import type { FindingDraft } from '../core/finding.ts';
import type { StationTwin } from '../core/twin.ts';
import type { Origin } from '../dispatch.ts';
import type { Admitted } from './admission.ts';
import type { Holding } from './gateway.ts';

/** A station that this node holds: its twin, its connection, and what comes over it. One object per connection. */
export class HeldStation implements ConnectionHandlers, Origin, CommandTarget {
  readonly station: StationTwin;
  readonly connection: Connection<Admitted>;
  readonly #holding: Holding;
  #findings: FindingDraft[] = [];
  #overdue: Map<string, Overdue> | undefined;
  #told: Set<string> | undefined;

  constructor(holding: Holding, connection: Connection<Admitted>, station: StationTwin) {
    this.#holding = holding;
    this.connection = connection;
    this.station = station;
    this.#findings.push(...connection.state.findings);
  }

  get peer(): Peer {
    return this.connection.peer;
  }

  get overdue(): Map<string, Overdue> {
    this.#overdue ??= new Map();
    return this.#overdue;
  }

  onCall(call: IncomingMessage): Promise<object> {
    return this.#holding.dispatch.call(this, call);
  }

  onInvalidCall(call: InvalidCall): Promise<object | undefined> {
    return this.#holding.dispatch.invalidCall(this, call);
  }

  onSend(message: IncomingMessage): Promise<void> {
    return this.#holding.dispatch.send(this, message);
  }

  onFinding({ kind, action, field, detail }: Finding): void {
    this.#findings.push({
      kind: `tolerated-${kind}`,
      subject: [action, field].filter((part) => part !== undefined).join(' '),
      detail,
    });
  }

  onFault(fault: Fault): void {
    this.#holding.fault(this, fault);
  }

  onLateAnswer(answer: LateAnswer): void {
    this.#holding.lateAnswer(this, answer);
  }

  onClose(code: number, reason: string): void {
    this.#holding.closed(this, code, reason);
  }

  get toldFindings(): Set<string> {
    this.#told ??= new Set();
    return this.#told;
  }

  takeFindings(): readonly FindingDraft[] {
    if (this.#findings.length === 0) return none;
    const taken = this.#findings;
    this.#findings = [];
    return taken;
  }

  abandon(code: number, reason: string): void {
    this.connection.close(code, reason);
  }

  wakeJobs(): void {
    this.#holding.wakeJobs(this);
  }
}

const none: readonly FindingDraft[] = [];
