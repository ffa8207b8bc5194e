import type { DeviceModel } from './device-model/device-model.ts';
import { membersOf } from './device-model/variable.ts';
import { type Measurand, measurands } from './energy/reading.ts';
import type { TransactionRules } from './evse/host.ts';
import { type TxPoint, txPoints } from './evse/transaction.ts';

/** The device model as the behaviour reads it: always the present value, never a copy. */
export class Settings implements TransactionRules {
  readonly #model: DeviceModel;
  readonly #fixedTxPoints: () => readonly TxPoint[] | undefined;

  /** @param fixedTxPoints of a version in which start and stop points cannot be chosen */
  constructor(model: DeviceModel, fixedTxPoints: () => readonly TxPoint[] | undefined) {
    this.#model = model;
    this.#fixedTxPoints = fixedTxPoints;
  }

  get startPoints(): readonly TxPoint[] {
    return this.#fixedTxPoints() ?? this.#chosen('TxCtrlr.TxStartPoint', txPoints);
  }

  get stopPoints(): readonly TxPoint[] {
    return this.#fixedTxPoints() ?? this.#chosen('TxCtrlr.TxStopPoint', txPoints);
  }

  get startedMeasurands(): readonly Measurand[] {
    return this.#chosen('SampledDataCtrlr.TxStartedMeasurands', measurands);
  }

  get updatedMeasurands(): readonly Measurand[] {
    return this.#chosen('SampledDataCtrlr.TxUpdatedMeasurands', measurands);
  }

  get endedMeasurands(): readonly Measurand[] {
    return this.#chosen('SampledDataCtrlr.TxEndedMeasurands', measurands);
  }

  get alignedMeasurands(): readonly Measurand[] {
    return this.#chosen('AlignedDataCtrlr.Measurands', measurands);
  }

  get sampleIntervalSeconds(): number {
    return this.#model.integer('SampledDataCtrlr.TxUpdatedInterval');
  }

  get alignedIntervalSeconds(): number {
    return this.#model.integer('AlignedDataCtrlr.Interval');
  }

  get connectionTimeoutSeconds(): number {
    return this.#model.integer('TxCtrlr.EVConnectionTimeOut');
  }

  get stopsOnInvalidId(): boolean {
    return this.#model.isTrue('TxCtrlr.StopTxOnInvalidId');
  }

  get heartbeatIntervalSeconds(): number {
    return this.#model.integer('OCPPCommCtrlr.HeartbeatInterval');
  }

  get messageAttempts(): number {
    return this.#model.integer('OCPPCommCtrlr.MessageAttempts[TransactionEvent]');
  }

  get messageAttemptIntervalSeconds(): number {
    return this.#model.integer('OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]');
  }

  get offlineThresholdSeconds(): number {
    return this.#model.integer('OCPPCommCtrlr.OfflineThreshold');
  }

  get pingIntervalSeconds(): number {
    return this.#model.integer('OCPPCommCtrlr.WebSocketPingInterval');
  }

  get backoff() {
    return {
      waitMinimumSeconds: this.#model.integer('OCPPCommCtrlr.RetryBackOffWaitMinimum'),
      randomRangeSeconds: this.#model.integer('OCPPCommCtrlr.RetryBackOffRandomRange'),
      repeatTimes: this.#model.integer('OCPPCommCtrlr.RetryBackOffRepeatTimes'),
    };
  }

  get authorizesRemoteStart(): boolean {
    return this.#model.isTrue('AuthCtrlr.AuthorizeRemoteStart');
  }

  get authorizesLocallyFirst(): boolean {
    return this.#model.isTrue('AuthCtrlr.LocalPreAuthorize');
  }

  get authorizesOffline(): boolean {
    return this.#model.isTrue('AuthCtrlr.LocalAuthorizeOffline');
  }

  get takesUnknownOffline(): boolean {
    return this.#model.isTrue('AuthCtrlr.OfflineTxForUnknownIdEnabled');
  }

  get keepsCache(): boolean {
    return this.#model.isTrue('AuthCacheCtrlr.Enabled');
  }

  #chosen<Value extends string>(path: string, known: readonly Value[]): readonly Value[] {
    const members = new Set(membersOf(this.#model.get(path)));
    return known.filter((value) => members.has(value));
  }
}
