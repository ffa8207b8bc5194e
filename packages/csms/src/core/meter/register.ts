import { type Exact, exactly, zero } from './decimal.ts';
import { allReasons, type EnergyReason, losesTrust, type Reasons } from './energy-reason.ts';
import { millisecondsOf } from './instant.ts';
import type { Point } from './quantity.ts';
import { instantMs, noiseWh } from './register-limits.ts';
import { isBegin, isEnd, orderPoints } from './register-order.ts';
import { runRegister } from './register-run.ts';

/** What one set of register points says of a transaction. */
export interface RegisterEnergy {
  /** `undefined` when there are fewer than two points. */
  readonly energyWh: Exact | undefined;
  readonly beginWh: Exact | undefined;
  readonly endWh: Exact | undefined;
  /** Whether the register moved at all. */
  readonly moved: boolean;
  /** Whether a fractional count of Wh is at either end. */
  readonly fractional: boolean;
  /** Between the first and the last point; `undefined` when the clock does not tell. */
  readonly durationMs: number | undefined;
  readonly reasons: Reasons;
}

export interface Span {
  readonly startedAt?: string;
  readonly endedAt?: string;
}

export function registerEnergy(
  points: readonly Point[],
  span: Span,
  maximumPowerWatts: number,
): RegisterEnergy {
  const ordered = orderPoints(points);
  const first = ordered.points[0];
  const last = ordered.points.at(-1);
  const reasons = new Set<EnergyReason>();
  if (!ordered.byTime) reasons.add('ClockUnreliable');
  if (!(first && (isBegin(first) || isAt(first, span.startedAt)))) reasons.add('BeginReadingMissing');
  if (!(last && (isEnd(last) || isAt(last, span.endedAt)))) reasons.add('EndReadingMissing');
  if (isSpread(points.filter(isBegin)) || isSpread(points.filter(isEnd))) reasons.add('ReadingsDisagree');
  if (first === undefined || last === undefined || ordered.points.length < 2) {
    reasons.add('ReadingsTooFew');
    const atEnd = first !== undefined && isEnd(first);
    const [beginWh, endWh] = atEnd ? [undefined, first.value] : [first?.value, undefined];
    return { ...nothing, beginWh, endWh, reasons };
  }
  const run = runRegister(ordered, maximumPowerWatts);
  return {
    energyWh: run.energyWh,
    beginWh: first.value,
    endWh: last.value,
    moved: points.some((point) => !point.value.equals(first.value)),
    fractional: first.fractional || last.fractional,
    durationMs: ordered.byTime ? millisecondsBetween(first, last) : undefined,
    reasons: allReasons(reasons, run.reasons),
  };
}

const nothing = { energyWh: undefined, moved: false, fractional: false, durationMs: undefined } as const;

function millisecondsBetween(from: Point, to: Point): number | undefined {
  return from.atMs === undefined || to.atMs === undefined ? undefined : to.atMs - from.atMs;
}

/** A point of 1.6's meterStart or meterStop; `undefined` when there is none, or none that a register shows. */
export function fieldPoint(
  valueWh: number | undefined,
  at: string | undefined,
  context: 'Transaction.Begin' | 'Transaction.End',
): Point | undefined {
  if (valueWh === undefined || !Number.isFinite(valueWh) || valueWh < 0) return undefined;
  return {
    value: valueWh === 0 ? zero : exactly(valueWh),
    atMs: at === undefined ? undefined : millisecondsOf(at),
    // Before, and after, every reading in between.
    sequence: context === 'Transaction.Begin' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    context,
    fractional: false,
  };
}

/** Whether readings tell the energy from the start to the end, however well. */
export function isComplete(register: RegisterEnergy): boolean {
  return (
    register.energyWh !== undefined &&
    !register.reasons.has('BeginReadingMissing') &&
    !register.reasons.has('EndReadingMissing')
  );
}

/** Whether what readings there are leave no doubt, an end that is missing aside. */
export function isSound(register: RegisterEnergy): boolean {
  return (
    register.energyWh !== undefined &&
    !losesTrust([...register.reasons].filter((reason) => !missingEnds.has(reason)))
  );
}

const missingEnds: Reasons = new Set(['BeginReadingMissing', 'EndReadingMissing']);

/** An unmarked reading stands for the start or the end when it was taken at that very time. */
function isAt(point: Point, instant: string | undefined): boolean {
  const atMs = instant === undefined ? undefined : millisecondsOf(instant);
  return atMs !== undefined && point.atMs !== undefined && Math.abs(point.atMs - atMs) <= instantMs;
}

/** Whether points that should show one value show more than one. */
function isSpread(points: readonly Point[]): boolean {
  const sorted = points.map((point) => point.value).sort((one, other) => one.comparedTo(other));
  const [lowest] = sorted;
  return lowest !== undefined && sorted.at(-1)?.minus(lowest).greaterThan(noiseWh) === true;
}
