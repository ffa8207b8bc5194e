import type { ScheduledRun } from '@busbar/ocpp';
import { Outlet } from '../energy/outlet.ts';
import { type Measurand, type Reading, type ReadingContext, readMeter } from '../energy/reading.ts';
import type { VehicleProfile } from '../energy/vehicle.ts';
import type { IdToken } from '../id-token.ts';
import type { EvseHost } from './host.ts';
import type { Authorization, EvseLayout, FaultCode } from './layout.ts';
import {
  type ChargingState,
  type Conditions,
  leavesPoint,
  reachesPoint,
  type StoppedReason,
  type Transaction,
  type TransactionEvent,
  type TriggerReason,
} from './transaction.ts';

/** Why something changes. */
interface Cause {
  readonly trigger: TriggerReason;
  readonly stoppedReason?: StoppedReason;
  /** Ends the transaction whatever the stop points say. */
  readonly endsTransaction?: boolean;
  /** The token that stopped it. */
  readonly idToken?: IdToken;
  readonly readings?: readonly Reading[];
  /** When it happened, if not now. */
  readonly at?: number;
}

const never = Number.POSITIVE_INFINITY;

/** One place to charge: cable, authorization, energy, and the transaction that follows from them. */
export class Evse {
  readonly id: number;
  readonly layout: EvseLayout;
  transaction: Transaction | undefined;
  authorization: Authorization | undefined;
  fault: FaultCode | undefined;
  /** Where the cable is. */
  connectorId: number | undefined;
  /** The cable is still in, of a transaction that is over. */
  finishing = false;
  readonly #host: EvseHost;
  readonly #outlet: Outlet;
  #transfer: 'none' | 'Charging' | 'SuspendedEV' | 'SuspendedEVSE' = 'none';
  /** By the station's clock. */
  #nextSampleAt = never;
  #tick: ScheduledRun | undefined;
  #connectionTimeout: ScheduledRun | undefined;

  constructor(id: number, layout: EvseLayout, host: EvseHost) {
    this.id = id;
    this.layout = layout;
    this.#host = host;
    this.#outlet = new Outlet(layout);
  }

  hasConnector(connectorId: number): boolean {
    return Number.isInteger(connectorId) && connectorId >= 1 && connectorId <= this.layout.connectors.length;
  }

  get isPlugged(): boolean {
    return this.connectorId !== undefined;
  }

  get chargingState(): ChargingState {
    if (!this.isPlugged) return 'Idle';
    return this.#transfer === 'none' ? 'EVConnected' : this.#transfer;
  }

  /** What the meter shows now. */
  get registerMilliwattHours(): number {
    this.#settle();
    return this.#outlet.register.milliwattHours;
  }

  /** When the next periodic reading falls due, by the station's clock; infinite when there is none. */
  get nextSampleAt(): number {
    return this.#nextSampleAt;
  }

  plugIn(connectorId: number, vehicle: VehicleProfile): void {
    if (!this.hasConnector(connectorId)) {
      throw new RangeError(`EVSE ${this.id} has no connector ${connectorId}`);
    }
    if (this.isPlugged)
      throw new Error(`EVSE ${this.id} has a cable in connector ${this.connectorId} already`);
    this.#connectionTimeout?.cancel();
    this.#change({ trigger: 'CablePluggedIn' }, () => {
      this.connectorId = connectorId;
      this.#outlet.connect(vehicle);
    });
    this.#startTransfer();
  }

  unplug(): void {
    if (!this.isPlugged) throw new Error(`EVSE ${this.id} has no cable in it`);
    this.#change({ trigger: 'EVCommunicationLost', stoppedReason: 'EVDisconnected' }, () => {
      this.connectorId = undefined;
      this.authorization = undefined; // E09.FR.01
      this.#setTransfer('none');
      this.#outlet.disconnect();
    });
    this.finishing = false;
    this.#host.changed(this);
  }

  authorize(authorization: Authorization): void {
    this.#change({ trigger: 'Authorized' }, () => {
      this.authorization = authorization;
    });
    if (this.isPlugged) this.#startTransfer();
    else this.#awaitCable();
  }

  /** The driver ends it with a token (E07), or with a button when there is none. */
  stopLocally(idToken?: IdToken): void {
    const cause: Cause = { trigger: 'StopAuthorized', stoppedReason: 'Local' };
    this.#endAuthorization(idToken ? { ...cause, idToken } : cause);
  }

  stopRemotely(): void {
    this.#endAuthorization({ trigger: 'RemoteStop', stoppedReason: 'Remote' });
  }

  /** The CSMS said in an answer that the token may not charge (E05). */
  deauthorize(): void {
    const cause: Cause = { trigger: 'Deauthorized', stoppedReason: 'DeAuthorized' };
    if (this.#host.rules.stopsOnInvalidId) this.#endAuthorization(cause);
    else if (this.#transfer !== 'SuspendedEVSE') {
      this.#change(cause, () => this.#setTransfer('SuspendedEVSE')); // E05.FR.02
    }
  }

  /** Ends the transaction, if there is one, whatever the stop points say. */
  endTransaction(trigger: TriggerReason, stoppedReason: StoppedReason): void {
    if (this.transaction) this.#endAuthorization({ trigger, stoppedReason, endsTransaction: true });
  }

  setFault(fault: FaultCode): void {
    this.fault = fault;
    this.#endAuthorization({ trigger: 'AbnormalCondition', stoppedReason: 'Other', endsTransaction: true }); // E06.FR.16
  }

  clearFault(): void {
    this.fault = undefined;
    this.#host.changed(this);
  }

  /** Power is gone: no energy flows, and nobody is there to tell it. */
  loseSupply(): void {
    this.#settle();
    this.#setTransfer('none');
    this.rest();
    if (!this.transaction) this.authorization = undefined;
  }

  /** Power is back: a transaction goes on, or ends as of now. */
  regainSupply(transaction: 'resume' | 'end'): void {
    if (!this.transaction) return;
    if (transaction === 'end') {
      this.endTransaction('AbnormalCondition', 'PowerLoss');
      return;
    }
    this.#change({ trigger: 'TxResumed' }, () => this.#setTransfer(this.#possibleTransfer()));
    this.#planTick();
  }

  /** Brings the meter to the present and sends the reading that has fallen due. Called by its own timer. */
  catchUp(): void {
    this.#settle();
    const now = this.#host.now();
    if (this.#nextSampleAt <= now) {
      const { sampleIntervalSeconds, updatedMeasurands } = this.#host.rules;
      // Readings that were slept over are not made up: the meter shows now, not then.
      this.#nextSampleAt = nextMark(this.#nextSampleAt, sampleIntervalSeconds * 1000, now);
      this.#emitReading('MeterValuePeriodic', 'Sample.Periodic', updatedMeasurands);
    }
    this.#planTick();
  }

  /** Tells a reading within the transaction that was asked for, or that the wall clock asks for. */
  report(trigger: 'Trigger' | 'MeterValueClock', wanted: readonly Measurand[]): void {
    this.#emitReading(trigger, trigger === 'Trigger' ? 'Trigger' : 'Sample.Clock', wanted);
  }

  read(context: ReadingContext, wanted: readonly Measurand[]): Reading {
    this.#settle();
    const samples = readMeter(this.#outlet.meter, wanted, this.#host.random);
    return { at: this.#host.now(), context, samples };
  }

  /** Stops every timer; the state stays. */
  rest(): void {
    this.#tick?.cancel();
    this.#connectionTimeout?.cancel();
  }

  #awaitCable() {
    this.#connectionTimeout?.cancel();
    const { connectionTimeoutSeconds } = this.#host.rules;
    if (connectionTimeoutSeconds <= 0) return;
    this.#connectionTimeout = this.#host.schedule(connectionTimeoutSeconds * 1000, () => {
      // E03.FR.05
      this.#endAuthorization({
        trigger: 'EVConnectTimeout',
        stoppedReason: 'Timeout',
        endsTransaction: true,
      });
    });
  }

  #endAuthorization(cause: Cause) {
    this.#connectionTimeout?.cancel();
    if (this.transaction && cause.stoppedReason) this.transaction.stoppedReason ??= cause.stoppedReason;
    this.#change(cause, () => {
      this.authorization = undefined;
      this.#setTransfer('none');
    });
  }

  #startTransfer() {
    const transfer = this.#possibleTransfer();
    if (transfer === 'none') return;
    this.#change({ trigger: 'ChargingStateChanged' }, () => this.#setTransfer(transfer));
    this.#planTick();
  }

  #possibleTransfer() {
    if (!this.isPlugged || !this.authorization || this.fault) return 'none';
    return this.#outlet.vehicleIsFull ? 'SuspendedEV' : 'Charging';
  }

  #setTransfer(transfer: 'none' | 'Charging' | 'SuspendedEV' | 'SuspendedEVSE') {
    this.#transfer = transfer;
    this.#outlet.setClosed(transfer === 'Charging');
  }

  #change(cause: Cause, mutate: () => void) {
    this.#settle();
    this.#apply(cause, mutate);
  }

  /** What held before and what holds after decide whether a transaction starts, ends, or has news. */
  #apply(cause: Cause, mutate: () => void) {
    const before = this.#conditions();
    mutate();
    const after = this.#conditions();
    const { startPoints, stopPoints } = this.#host.rules;
    if (this.transaction) {
      this.transaction.connectorId = this.connectorId ?? this.transaction.connectorId;
      if (cause.endsTransaction || leavesPoint(stopPoints, before, after)) this.#end(cause);
      else this.#emit('Updated', this.transaction, cause);
    } else if (reachesPoint(startPoints, before, after)) {
      this.#start(cause);
    }
    this.#host.changed(this);
  }

  #conditions(): Conditions {
    return {
      connected: this.isPlugged,
      authorized: this.authorization !== undefined,
      transferring: this.#transfer === 'Charging',
    };
  }

  #start(cause: Cause) {
    const { startedMeasurands, endedMeasurands, sampleIntervalSeconds } = this.#host.rules;
    const startedAt = this.#host.now();
    this.finishing = false;
    this.transaction = {
      id: this.#host.newId(),
      evseId: this.id,
      startedAt,
      beginReadings: this.#readings('Transaction.Begin', endedMeasurands),
      connectorId: this.connectorId,
      nextSeqNo: 0,
      idTokenReported: false,
      remoteStartIdReported: false,
    };
    this.#nextSampleAt = nextMark(startedAt, sampleIntervalSeconds * 1000, startedAt);
    this.#emit('Started', this.transaction, {
      ...cause,
      readings: this.#readings('Transaction.Begin', startedMeasurands),
    });
    this.#planTick();
  }

  #end(cause: Cause) {
    const { transaction } = this;
    if (!transaction) return;
    const readings = [
      ...transaction.beginReadings,
      ...this.#readings('Transaction.End', this.#host.rules.endedMeasurands),
    ];
    this.transaction = undefined;
    this.authorization = undefined;
    this.#setTransfer('none');
    this.#nextSampleAt = never;
    this.#tick?.cancel();
    this.finishing = this.isPlugged;
    this.#emit('Ended', transaction, { ...cause, readings });
    this.#host.transactionEnded(this);
  }

  #emitReading(trigger: TriggerReason, context: ReadingContext, wanted: readonly Measurand[]) {
    this.#settle();
    if (!this.transaction) return;
    this.#emit('Updated', this.transaction, { trigger, readings: this.#readings(context, wanted) });
  }

  #readings(context: ReadingContext, wanted: readonly Measurand[]): Reading[] {
    return wanted.length > 0 ? [this.read(context, wanted)] : [];
  }

  #emit(eventType: TransactionEvent['eventType'], transaction: Transaction, cause: Cause) {
    const { authorization } = this;
    if (authorization) transaction.idToken ??= authorization.idToken;
    const started = transaction.idTokenReported ? undefined : authorization?.idToken;
    const remoteStartId = transaction.remoteStartIdReported ? undefined : authorization?.remoteStartId;
    const idToken = cause.idToken ?? started;
    const stoppedReason = transaction.stoppedReason ?? cause.stoppedReason;
    const phasesUsed = this.#transfer === 'Charging' ? this.#outlet.phasesUsed : undefined;
    transaction.idTokenReported ||= started !== undefined;
    transaction.remoteStartIdReported ||= remoteStartId !== undefined;
    this.#host.record({
      eventType,
      transaction,
      seqNo: transaction.nextSeqNo++,
      at: cause.at ?? this.#host.now(),
      // F01.FR.19, F02.FR.21: the first event after a remote start says so, whatever else happened.
      trigger: remoteStartId === undefined ? cause.trigger : 'RemoteStart',
      offline: !this.#host.isOnline,
      chargingState: this.chargingState,
      tellsEvse: eventType !== 'Updated' || cause.trigger === 'CablePluggedIn',
      meterMilliwattHours: this.#outlet.register.milliwattHours,
      readings: cause.readings ?? [],
      ...(idToken && { idToken }),
      ...(remoteStartId !== undefined && { remoteStartId }),
      ...(phasesUsed !== undefined && cause.trigger === 'ChargingStateChanged' && { phasesUsed }),
      ...(eventType === 'Ended' && stoppedReason && { stoppedReason }),
    });
  }

  #settle() {
    const fullAt = this.#outlet.settle(this.#host.now());
    if (fullAt === undefined) return;
    this.#apply({ trigger: 'ChargingStateChanged', stoppedReason: 'StoppedByEV', at: fullAt }, () => {
      this.#setTransfer('SuspendedEV'); // E01.FR.19
    });
  }

  #planTick() {
    this.#tick?.cancel();
    if (!this.transaction) return;
    const now = this.#host.now();
    const dueAt = Math.min(this.#nextSampleAt, this.#outlet.fullAt(now));
    if (dueAt === never) return;
    this.#tick = this.#host.schedule(Math.max(1, dueAt - now), () => this.catchUp());
  }
}

/** The first instant after `now` on the grid that goes through `from`. */
function nextMark(from: number, intervalMs: number, now: number): number {
  if (intervalMs <= 0) return never;
  return from + (Math.floor((now - from) / intervalMs) + 1) * intervalMs;
}
