import { type Exact, exactly, powerOfTen, zero } from './decimal.ts';
import type { EnergyReason, Reasons } from './energy-reason.ts';
import type { Point } from './quantity.ts';
import {
  instantMs,
  noiseWh,
  resetShare,
  roundingWh,
  smallestRegisterWh,
  wrapShare,
} from './register-limits.ts';
import type { OrderedPoints } from './register-order.ts';

export interface RegisterRun {
  readonly energyWh: Exact;
  readonly reasons: Reasons;
}

/** What a register counted from the first of its points to the last; there must be at least one. */
export function runRegister({ points, byTime }: OrderedPoints, maximumPowerWatts: number): RegisterRun {
  const reach = reachWithin(byTime, maximumPowerWatts);
  const reasons = new Set<EnergyReason>();
  const kept = withoutMisreadings(points, reach);
  if (kept.length < points.length) reasons.add('ReadingDiscarded');
  const steps = stepsOf(kept, reach);
  const wraps = steps.filter((step) => step.reason === 'RegisterRolledOver').length;
  for (const { reason } of steps) {
    // No register wraps twice in one transaction: the marks of a wrap are then a coincidence.
    if (reason) reasons.add(reason === 'RegisterRolledOver' && wraps > 1 ? 'RegisterReset' : reason);
  }
  return { energyWh: provenEnergy(kept, steps, reasons), reasons };
}

/**
 * Without falls it is end minus begin, across a wrap too: readings between them never change it. After a fall
 * nobody knows what was counted around it, and the figure, which is not to be trusted, is the least that the
 * readings prove: what the register counted in steps that raise no question, or end minus begin where that is less.
 */
function provenEnergy(points: readonly Point[], steps: readonly Step[], reasons: Reasons): Exact {
  const first = points[0]?.value ?? zero;
  const last = points.at(-1)?.value ?? first;
  const difference = last.minus(first);
  if (!reasons.has('RegisterReset') && !reasons.has('RegisterFell')) {
    return notNegative(reasons.has('RegisterRolledOver') ? sum(steps) : difference);
  }
  const counted = notNegative(sum(steps.filter((step) => step.reason === undefined)));
  return difference.isNegative() || difference.greaterThan(counted) ? counted : difference;
}

interface Step {
  readonly energyWh: Exact;
  readonly reason: EnergyReason | undefined;
}

/** A point below the one before is noise or a fall; noise is measured from the highest, lest it add up. */
function stepsOf(points: readonly Point[], reach: Reach): readonly Step[] {
  const steps: Step[] = [];
  let [from] = points;
  for (const to of points) {
    if (from === undefined || from === to) continue;
    const difference = to.value.minus(from.value);
    if (difference.isNegative() && difference.abs().lessThanOrEqualTo(noiseWh)) {
      const wavered = difference.abs().greaterThan(roundingWh);
      steps.push({ energyWh: zero, reason: wavered ? 'RegisterWavered' : undefined });
      continue;
    }
    steps.push(difference.isNegative() ? fallOf(from, to, reach) : riseOf(from, to, reach));
    from = to;
  }
  return steps;
}

function riseOf(from: Point, to: Point, reach: Reach): Step {
  const energyWh = to.value.minus(from.value);
  return { energyWh, reason: isBeyond(energyWh, reach(from, to)) ? 'PowerImpossible' : undefined };
}

/**
 * Why a register fell. A wrap is believed, and trusted, when the register stood in the last hundredth of its
 * digits and the energy across the wrap is no more than the power allows in the time: chance hardly puts a
 * reset there, and utilities bill wraps under the same conditions. All else is not to be billed unseen.
 */
function fallOf(from: Point, to: Point, reach: Reach): Step {
  const capacity = powerOfTen(from.value.e + 1);
  const acrossWrap = capacity.minus(from.value).plus(to.value);
  const limit = reach(from, to);
  const wrapped =
    capacity.greaterThanOrEqualTo(smallestRegisterWh) &&
    from.value.greaterThanOrEqualTo(capacity.times(wrapShare)) &&
    limit !== undefined &&
    acrossWrap.lessThanOrEqualTo(limit);
  if (wrapped) return { energyWh: acrossWrap, reason: 'RegisterRolledOver' };
  const reset = to.value.lessThanOrEqualTo(from.value.times(resetShare));
  return { energyWh: zero, reason: reset ? 'RegisterReset' : 'RegisterFell' };
}

/**
 * Leaves out a reading that stands out of its neighbours, up or down, so far that the register would have had
 * to climb faster than the power allows. The first and the last are never left out: the bill rests on them.
 */
function withoutMisreadings(points: readonly Point[], reach: Reach): readonly Point[] {
  const kept: Point[] = [];
  points.forEach((point, index) => {
    const before = kept.at(-1);
    const after = points[index + 1];
    if (before === undefined || after === undefined || !isMisreading(before, point, after, reach))
      kept.push(point);
  });
  return kept;
}

function isMisreading(before: Point, point: Point, after: Point, reach: Reach): boolean {
  if (after.value.lessThan(before.value)) return false;
  if (point.value.greaterThan(after.value.plus(noiseWh))) {
    return isBeyond(point.value.minus(before.value), reach(before, point));
  }
  if (point.value.lessThan(before.value.minus(noiseWh))) {
    return isBeyond(after.value.minus(point.value), reach(point, after));
  }
  return false;
}

/** The most energy that can flow between two points; `undefined` when the time between them is unknown. */
type Reach = (from: Point, to: Point) => Exact | undefined;

function reachWithin(byTime: boolean, maximumPowerWatts: number): Reach {
  return (from, to) => {
    if (!byTime || from.atMs === undefined || to.atMs === undefined) return undefined;
    const hours = (to.atMs - from.atMs + instantMs) / 3_600_000;
    // A bound, not a bill: a float will do.
    return exactly(maximumPowerWatts * hours).plus(noiseWh);
  };
}

function isBeyond(energyWh: Exact, limit: Exact | undefined): boolean {
  return limit !== undefined && energyWh.greaterThan(limit);
}

function sum(steps: readonly Step[]): Exact {
  return steps.reduce((total, step) => total.plus(step.energyWh), zero);
}

function notNegative(value: Exact): Exact {
  return value.isNegative() ? zero : value;
}
