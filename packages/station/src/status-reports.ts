import type { ConnectorState, Dialect, Outgoing } from './dialect/dialect.ts';
import type { Availability } from './evse/availability.ts';
import type { Evse } from './evse/evse.ts';

export interface StatusHost {
  readonly isReady: boolean;
  readonly dialect: Dialect;
  readonly availability: Availability;
  now(): number;
  exchange<Answer>(message: Outgoing<Answer>): Promise<Answer>;
  tell(message: Outgoing<void>): void;
}

/** Tells the CSMS the status of each connector whenever it is another than the one told last (G01). */
export class StatusReports {
  readonly #host: StatusHost;
  readonly #told = new Map<string, string>();

  constructor(host: StatusHost) {
    this.#host = host;
  }

  /** From now on every status is news. */
  forget(): void {
    this.#told.clear();
  }

  get hasForgotten(): boolean {
    return this.#told.size === 0;
  }

  changed(evse: Evse): void {
    for (let connectorId = 1; connectorId <= evse.layout.connectors.length; connectorId++) {
      this.#tell(evse, connectorId);
    }
  }

  /** Tells it whether it changed or not. */
  again(evse: Evse, connectorId: number): void {
    this.#told.delete(keyOf(evse, connectorId));
    this.#tell(evse, connectorId);
  }

  /** The station as a whole, in a version that has such a status. */
  station(): void {
    const { dialect, availability, isReady } = this.#host;
    const message = dialect.stationStatus?.(availability.stationIsOperative, this.#host.now());
    if (message && isReady) this.#host.tell(message);
  }

  stateOf(evse: Evse, connectorId: number): ConnectorState {
    const isPlugged = evse.connectorId === connectorId;
    const { chargingState } = evse;
    const isTransferring = chargingState !== 'Idle' && chargingState !== 'EVConnected';
    return {
      evseId: evse.id,
      connectorId,
      isOperative: this.#host.availability.isOperative(evse.id, connectorId),
      fault: evse.fault,
      isPlugged,
      isAuthorized: evse.authorization !== undefined,
      isFinishing: isPlugged && evse.finishing,
      chargingState: evse.transaction && isPlugged && isTransferring ? chargingState : undefined,
    };
  }

  #tell(evse: Evse, connectorId: number) {
    if (!this.#host.isReady) return;
    const key = keyOf(evse, connectorId);
    const state = this.stateOf(evse, connectorId);
    const status = this.#host.dialect.statusOf(state);
    if (this.#told.get(key) === status) return;
    this.#told.set(key, status);
    const message = this.#host.dialect.statusNotification(state, this.#host.now());
    this.#host.exchange(message).catch(() => this.#told.delete(key));
  }
}

function keyOf(evse: Evse, connectorId: number): string {
  return `${evse.id}.${connectorId}`;
}
