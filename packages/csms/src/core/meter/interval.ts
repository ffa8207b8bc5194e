import { type Exact, zero } from './decimal.ts';
import { allReasons, type Reasons } from './energy-reason.ts';
import type { Measurand, MeterValue } from './meter-value.ts';
import { type Point, readQuantity } from './quantity.ts';

export interface IntervalSum {
  readonly energyWh: Exact;
  readonly reasons: Reasons;
}

/**
 * The sum of a station's energy intervals; `undefined` when it gives none. Periodic and clock-aligned samples
 * each cut the whole transaction into intervals, so only one of the two counts, and the periodic ones are
 * preferred: they start with the transaction, while the first clock-aligned one began before it.
 */
export function sumIntervals(readings: readonly MeterValue[], measurand: Measurand): IntervalSum | undefined {
  const { points, reasons } = readQuantity(readings, measurand, 'Wh');
  const series = ['Sample.Periodic', 'Sample.Clock'].find((context) =>
    points.some((point) => point.context === context),
  );
  const intervals = points.filter((point) => point.context === series || point.context === 'Transaction.End');
  if (intervals.length === 0) return undefined;
  const perInstant = lowestPerInstant(intervals);
  return {
    energyWh: perInstant.reduce((total, point) => total.plus(point.value), zero),
    reasons: allReasons(
      reasons,
      ['IntervalsSummed'],
      perInstant.length < intervals.length ? ['ReadingsDisagree'] : [],
    ),
  };
}

/** Two values for the interval that ends at one instant are one interval told twice. */
function lowestPerInstant(points: readonly Point[]): readonly Point[] {
  const lowest = new Map<string, Point>();
  for (const point of points) {
    const key = `${point.atMs} ${point.context}`;
    const known = lowest.get(key);
    if (known === undefined || point.value.lessThan(known.value)) lowest.set(key, point);
  }
  return [...lowest.values()];
}
