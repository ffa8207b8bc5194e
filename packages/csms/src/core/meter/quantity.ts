import type { Exact } from './decimal.ts';
import { readDecimal } from './decimal.ts';
import { allReasons, type EnergyReason, type Reasons } from './energy-reason.ts';
import { millisecondsOf } from './instant.ts';
import type { Location, Measurand, MeterValue, Phase, ReadingContext, SampledValue } from './meter-value.ts';
import { toBaseUnit } from './unit.ts';

/** One value of one quantity over all phases, in its base unit. */
export interface Point {
  readonly value: Exact;
  /** Milliseconds by the station's clock; `undefined` when its timestamp is no instant. */
  readonly atMs: number | undefined;
  readonly sequence: number | undefined;
  readonly context: ReadingContext;
  /** Whether a fraction of the base unit was given in the base unit itself: `15.62` Wh. */
  readonly fractional: boolean;
}

export interface Quantity {
  /** In no order, none twice. */
  readonly points: readonly Point[];
  readonly reasons: Reasons;
}

/**
 * The points of one measurand at the one location and in the one phase detail that tell it best. Values of two
 * locations, or of the whole and of its phases, are never mixed: they count the same energy.
 */
export function readQuantity(
  readings: readonly MeterValue[],
  measurand: Measurand,
  baseUnit: 'Wh' | 'W',
): Quantity {
  const places: Quantity[] = [];
  for (const location of locations) {
    const place = readAt(readings, measurand, baseUnit, location);
    if (place.points.length > 1) return place;
    places.push(place);
  }
  return (
    places.find((place) => place.points.length > 0) ?? {
      points: [],
      reasons: allReasons(...places.map((place) => place.reasons)),
    }
  );
}

/**
 * Best first. The outlet is where the driver is served. What the EV measures is not the operator's to bill, and
 * Upstream is the meter of the whole premises: neither is ever used.
 */
const locations = ['Outlet', 'Cable', 'Body', 'Inlet'] as const satisfies readonly Location[];
type UsedLocation = (typeof locations)[number];

function readAt(
  readings: readonly MeterValue[],
  measurand: Measurand,
  baseUnit: string,
  location: UsedLocation,
): Quantity {
  const reasons = new Set<EnergyReason>();
  const parts: Part[] = [];
  const signed: Instant[] = [];
  for (const reading of readings) {
    for (const sample of reading.samples) {
      if (sample.measurand !== measurand || sample.location !== location) continue;
      const value = readValue(sample, baseUnit);
      if (value === 'SignedOnly') signed.push(instantOf(reading, sample));
      else if (typeof value === 'string') reasons.add(value);
      else parts.push({ ...pointOf(reading, sample, value), phase: sample.phase });
    }
  }
  // A station may give one reading twice, plain and signed.
  if (signed.some((instant) => !parts.some((part) => isSameInstant(part, instant))))
    reasons.add('SignedOnly');
  const overall = withoutRepeats(parts.filter((part) => part.phase === undefined));
  if (overall.length < 2) {
    const summed = sumPhases(parts);
    if (summed.points.length > overall.length) {
      return { points: summed.points, reasons: allReasons(reasons, summed.reasons, offOutlet[location]) };
    }
  }
  return {
    points: overall,
    reasons: overall.length > 0 ? allReasons(reasons, offOutlet[location]) : reasons,
  };
}

const offOutlet: Readonly<Record<UsedLocation, Reasons>> = {
  Outlet: new Set(),
  Cable: new Set(['MeasuredOffOutlet']),
  Body: new Set(['MeasuredOffOutlet']),
  Inlet: new Set(['MeasuredAtInlet']),
};

type Part = Point & { readonly phase: Phase | undefined };

/** The value in the base unit, or why the sample cannot be used. Nothing is repaired by guessing. */
function readValue(sample: SampledValue, baseUnit: string): Exact | EnergyReason {
  if (sample.value === '' && sample.signed) return 'SignedOnly';
  const given = readDecimal(sample.value);
  if (given === undefined) return 'ValueUnreadable';
  const converted = toBaseUnit(given, sample.unit, sample.multiplier);
  if (converted?.unit !== baseUnit) return 'UnitUnusable';
  // Measurands with a direction in their name are never negative (2.1 part 2, MeasurandEnumType, note 4).
  return converted.value.isNegative() ? 'ValueNegative' : converted.value;
}

type Instant = Pick<Point, 'atMs' | 'sequence' | 'context'>;

function instantOf(reading: MeterValue, sample: SampledValue): Instant {
  return {
    atMs: millisecondsOf(reading.at),
    sequence: Number.isFinite(reading.sequence) ? reading.sequence : undefined,
    context: sample.context,
  };
}

function isSameInstant(one: Instant, other: Instant): boolean {
  return one.atMs === other.atMs && one.context === other.context;
}

function pointOf(reading: MeterValue, sample: SampledValue, value: Exact): Point {
  return {
    ...instantOf(reading, sample),
    value,
    fractional: sample.multiplier === 0 && sample.unit.trim().toLowerCase() === 'wh' && !value.isInteger(),
  };
}

/** A reading that is repeated, as in the Ended event of E06, is the one that was received first. */
function withoutRepeats(points: readonly Point[]): readonly Point[] {
  const first = new Map<string, Point>();
  for (const { value, atMs, sequence, context, fractional } of points) {
    const key = `${atMs} ${context} ${value}`;
    const known = first.get(key);
    first.set(key, {
      value,
      atMs,
      sequence: earlier(sequence, known?.sequence),
      context,
      fractional: fractional || known?.fractional === true,
    });
  }
  return [...first.values()];
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}

/** The sum over the phases of every instant that has them all. */
function sumPhases(parts: readonly Part[]): Quantity {
  // L1 and L1-N name one quantity: where both are given, one is left out. N and line to line carry no energy.
  const family = phaseFamilies.find((names) =>
    parts.some(({ phase }) => phase !== undefined && names.includes(phase)),
  );
  if (family === undefined) return { points: [], reasons: new Set() };
  const reasons = new Set<EnergyReason>(['PhasesSummed']);
  const instants = new Map<string, Map<string, Part>>();
  const seen = new Set<string>();
  for (const part of parts) {
    if (part.phase === undefined || !family.includes(part.phase)) continue;
    seen.add(part.phase);
    const key = `${part.atMs} ${part.context} ${part.sequence}`;
    const phases = instants.get(key) ?? new Map<string, Part>();
    instants.set(key, phases);
    const known = phases.get(part.phase);
    if (known && !known.value.equals(part.value)) reasons.add('ReadingsDisagree');
    if (known === undefined || part.value.lessThan(known.value)) phases.set(part.phase, part);
  }
  const sums: Point[] = [];
  for (const phases of instants.values()) {
    if (phases.size < seen.size) reasons.add('PhasesIncomplete');
    else sums.push([...phases.values()].reduce(add));
  }
  return { points: withoutRepeats(sums), reasons };
}

const phaseFamilies: readonly (readonly Phase[])[] = [
  ['L1', 'L2', 'L3'],
  ['L1-N', 'L2-N', 'L3-N'],
];

function add(sum: Part, part: Part): Part {
  return { ...sum, value: sum.value.plus(part.value), fractional: sum.fractional || part.fractional };
}
