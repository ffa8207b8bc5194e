import { type Exact, textOf } from './decimal.ts';
import { allReasons, type EnergyReason, losesTrust, noReasons, type Reasons } from './energy-reason.ts';
import { millisecondsOf } from './instant.ts';
import { sumIntervals } from './interval.ts';
import type { MeterValue } from './meter-value.ts';
import { type Quantity, readQuantity } from './quantity.ts';
import { fieldPoint, isComplete, isSound, type RegisterEnergy, registerEnergy } from './register.ts';
import { agreementWh, defaultMaximumPowerWatts } from './register-limits.ts';
import { isThousandfold, isUnitDoubtful } from './unit-doubt.ts';

/** All that is known of one transaction's energy. Readings may come in any order, and more than once. */
export interface EnergyInput {
  readonly readings: readonly MeterValue[];
  /** 1.6 StartTransaction.meterStart and StopTransaction.meterStop, in Wh. */
  readonly meterStartWh?: number;
  readonly meterStopWh?: number;
  /**
   * ISO instants by the station's clock: the timestamps of the messages that start and end it. Without the message
   * they prove nothing, and are not looked at.
   */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Whether the messages that start and end the transaction have been received. */
  readonly startSeen: boolean;
  readonly endSeen: boolean;
  /** Whether messages between them are known to be missing. */
  readonly sequenceGaps: boolean;
  /** What the EVSE can deliver; without it a bound that no charging station passes. */
  readonly maximumPowerWatts?: number;
}

/** Exact decimal texts in Wh, without exponent. `undefined`: the readings do not tell. */
export interface TransactionEnergy {
  readonly importedWh: string | undefined;
  readonly exportedWh: string | undefined;
  /** Whether both may be billed as they stand: no reason that loses trust. */
  readonly trusted: boolean;
  /** How the imported energy was found. */
  readonly method: 'register' | 'interval' | 'none';
  /** In alphabetical order, each once. */
  readonly reasons: readonly EnergyReason[];
  /** The register of imported energy at both ends, when it was read. */
  readonly beginWh?: string;
  readonly endWh?: string;
}

/**
 * The energy of a transaction, computed the same way wherever it is shown or billed. Registers come before
 * intervals, marked readings before others, and nothing is guessed: what is doubtful is said in `reasons`. The
 * rules are in README.md; each stands at its decision. Never throws, whatever the readings hold.
 */
export function transactionEnergy(given: EnergyInput): TransactionEnergy {
  const input = withinSeen(given);
  const imported = importedEnergy(input);
  const exported = exportedEnergy(input);
  const reasons = allReasons(imported.reasons, exported.reasons, messageReasons(input));
  return {
    importedWh: imported.energyWh && textOf(imported.energyWh),
    exportedWh: exported.energyWh && textOf(exported.energyWh),
    trusted: imported.energyWh !== undefined && !losesTrust(reasons),
    method: imported.method,
    reasons: [...reasons].sort(),
    ...(imported.beginWh && { beginWh: textOf(imported.beginWh) }),
    ...(imported.endWh && { endWh: textOf(imported.endWh) }),
  };
}

/** Without the message, an instant is what the receiver made of other messages: no reading is measured by it. */
function withinSeen({ startedAt, endedAt, ...rest }: EnergyInput): EnergyInput {
  return {
    ...rest,
    ...(rest.startSeen && startedAt !== undefined && { startedAt }),
    ...(rest.endSeen && endedAt !== undefined && { endedAt }),
  };
}

interface DirectionEnergy {
  readonly energyWh: Exact | undefined;
  readonly method: TransactionEnergy['method'];
  readonly reasons: Reasons;
  readonly beginWh?: Exact | undefined;
  readonly endWh?: Exact | undefined;
}

function importedEnergy(input: EnergyInput): DirectionEnergy {
  const samples = readQuantity(input.readings, 'Energy.Active.Import.Register', 'Wh');
  const register = importRegister(samples, input);
  if (register.energyWh !== undefined) {
    const doubt = isUnitDoubtful(register, input.readings) ? unitDoubt : noReasons;
    return { ...register, method: 'register', reasons: allReasons(register.reasons, doubt) };
  }
  const intervals = sumIntervals(input.readings, 'Energy.Active.Import.Interval');
  if (intervals)
    return { ...intervals, method: 'interval', reasons: allReasons(intervals.reasons, samples.reasons) };
  return { ...register, method: 'none', reasons: allReasons(register.reasons, samples.reasons) };
}

/** A station that gives no energy back need not say so, and readings that do not move cast no doubt. */
function exportedEnergy(input: EnergyInput): DirectionEnergy {
  const samples = readQuantity(input.readings, 'Energy.Active.Export.Register', 'Wh');
  const register = registerEnergy(samples.points, input, maximumPowerOf(input));
  if (register.energyWh !== undefined) {
    const reasons = register.moved ? allReasons(register.reasons, samples.reasons) : noReasons;
    return { energyWh: register.energyWh, method: 'register', reasons };
  }
  const intervals = sumIntervals(input.readings, 'Energy.Active.Export.Interval');
  if (intervals === undefined) return { energyWh: undefined, method: 'none', reasons: noReasons };
  const reasons = intervals.energyWh.isZero() ? noReasons : intervals.reasons;
  return { energyWh: intervals.energyWh, method: 'interval', reasons };
}

/**
 * The import register from samples and from 1.6's meterStart and meterStop. Samples that tell both ends come
 * first, because they may be finer than whole Wh; then samples with the fields in place of what they lack; then
 * the fields alone, for stations whose samples count from another zero. The fields always get to object.
 */
function importRegister(samples: Quantity, input: EnergyInput): RegisterEnergy {
  const maximumPowerWatts = maximumPowerOf(input);
  const start = fieldPoint(input.meterStartWh, input.startedAt, 'Transaction.Begin');
  const stop = fieldPoint(input.meterStopWh, input.endedAt, 'Transaction.End');
  const fields = start && stop && registerEnergy([start, stop], input, maximumPowerWatts);
  // What the inlet counts is another energy than what the fields count.
  if (fields && samples.reasons.has('MeasuredAtInlet')) return fields;

  const own = withReasons(registerEnergy(samples.points, input, maximumPowerWatts), samples.reasons);
  if (isComplete(own)) return fields ? withObjections(own, fields) : own;
  if (start === undefined && stop === undefined) return own;
  const points = [...samples.points];
  if (start && own.reasons.has('BeginReadingMissing')) points.push(start);
  if (stop && own.reasons.has('EndReadingMissing')) points.push(stop);
  const joined = withReasons(registerEnergy(points, input, maximumPowerWatts), samples.reasons);
  if (isSound(joined)) return fields ? withObjections(joined, fields) : joined;
  if (fields && isSound(fields)) return withObjections(fields, own);
  return !fields && isSound(own) ? withReasons(own, disagreement) : joined;
}

/** What another source of the same energy says against it. An incomplete source can only say: it was more. */
function withObjections(chosen: RegisterEnergy, other: RegisterEnergy): RegisterEnergy {
  if (chosen.energyWh === undefined || other.energyWh === undefined) return chosen;
  const more = other.energyWh.minus(chosen.energyWh);
  const apart = isComplete(other) ? more.abs() : more;
  if (isSound(other) && apart.lessThanOrEqualTo(agreementWh)) return chosen;
  const thousandfold = isThousandfold(chosen.energyWh.toNumber(), other.energyWh.toNumber());
  return withReasons(chosen, thousandfold ? unitDoubt : disagreement);
}

function withReasons(register: RegisterEnergy, reasons: Reasons): RegisterEnergy {
  return { ...register, reasons: allReasons(register.reasons, reasons) };
}

function messageReasons(input: EnergyInput): Reasons {
  const reasons = new Set<EnergyReason>();
  if (!input.startSeen) reasons.add('StartNotSeen');
  if (!input.endSeen) reasons.add('EndNotSeen');
  if (input.sequenceGaps) reasons.add('SequenceGap');
  const startedAtMs = millisecondsOf(input.startedAt ?? '');
  const endedAtMs = millisecondsOf(input.endedAt ?? '');
  if (startedAtMs !== undefined && endedAtMs !== undefined && endedAtMs < startedAtMs) {
    reasons.add('ClockUnreliable');
  }
  return reasons;
}

function maximumPowerOf({ maximumPowerWatts }: EnergyInput): number {
  return maximumPowerWatts !== undefined && maximumPowerWatts > 0 && Number.isFinite(maximumPowerWatts)
    ? maximumPowerWatts
    : defaultMaximumPowerWatts;
}

const unitDoubt: Reasons = new Set(['UnitDoubtful']);
const disagreement: Reasons = new Set(['ReadingsDisagree']);
