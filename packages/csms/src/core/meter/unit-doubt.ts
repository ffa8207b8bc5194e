import { zero } from './decimal.ts';
import type { MeterValue } from './meter-value.ts';
import { readQuantity } from './quantity.ts';
import type { RegisterEnergy } from './register.ts';
import { kiloSuspicionMs, kiloSuspicionWh } from './register-limits.ts';

/**
 * Whether the register looks like kWh told as Wh, or the reverse. That is never corrected: a figure that is
 * wrong by a thousand and says so is found; one that was guessed right is right until the day it is not.
 */
export function isUnitDoubtful(register: RegisterEnergy, readings: readonly MeterValue[]): boolean {
  return looksLikeKilo(register) || contradictsPower(register, readings);
}

/** Meters that count Wh show whole ones; the digits after the point of a small count look like those of kWh. */
function looksLikeKilo({ energyWh, fractional, durationMs }: RegisterEnergy): boolean {
  return (
    fractional &&
    energyWh?.greaterThan(zero) === true &&
    energyWh.lessThan(kiloSuspicionWh) &&
    durationMs !== undefined &&
    durationMs >= kiloSuspicionMs
  );
}

/** With fewer, one sample in a pause or a peak would speak for the whole transaction. */
const enoughPowerSamples = 3;

/** The mean of the power samples over the time gives an energy: rough, but not wrong by a thousand. */
function contradictsPower(
  { energyWh, durationMs }: RegisterEnergy,
  readings: readonly MeterValue[],
): boolean {
  if (energyWh === undefined || durationMs === undefined) return false;
  const { points } = readQuantity(readings, 'Power.Active.Import', 'W');
  if (points.length < enoughPowerSamples) return false;
  const total = points.reduce((sum, point) => sum.plus(point.value), zero);
  const expectedWh = (total.toNumber() / points.length) * (durationMs / 3_600_000);
  return isThousandfold(energyWh.toNumber(), expectedWh);
}

/** Whether one is about a thousand times the other. */
export function isThousandfold(one: number, other: number): boolean {
  const ratio = Math.max(one, other) / Math.min(one, other);
  return ratio > 500 && ratio < 2_000;
}
