import type { MeterValue } from './meter-value.ts';

/** What whoever follows a charging session wants to see at once; everything else is in the meter values. */
const shown = new Set<string>([
  'Energy.Active.Import.Register',
  'Energy.Active.Export.Register',
  'Power.Active.Import',
  'Power.Active.Export',
  'SoC',
]);

export interface LatestValue {
  /** As the station gave it; times 10^multiplier, in the unit. */
  readonly value: string;
  readonly unit: string;
  readonly multiplier?: number;
}

/** The newest values over all phases of the measurands that an event shows, by measurand. */
export function latestOf(
  meterValues: readonly MeterValue[],
): Readonly<Record<string, LatestValue>> | undefined {
  const last = meterValues.at(-1);
  if (!last) return undefined;
  const latest: Record<string, LatestValue> = {};
  for (const { measurand, phase, value, unit, multiplier } of last.samples) {
    if (phase !== undefined || !shown.has(measurand)) continue;
    latest[measurand] = multiplier === 0 ? { value, unit } : { value, unit, multiplier };
  }
  return latest;
}
