import { readDecimal, textOf } from './decimal.ts';
import type { Location, Measurand, MeterValue, Phase, ReadingContext } from './meter-value.ts';
import { toBaseUnit } from './unit.ts';

/** One figure of a transaction's or an EVSE's meter, ready to be drawn. */
export interface SeriesPoint {
  /** By the station's clock. */
  readonly at: string;
  readonly measurand: Measurand;
  /** Absent: over all phases. */
  readonly phase?: Phase;
  readonly location: Location;
  readonly context: ReadingContext;
  /** Exact decimal text in `unit`, which is the base unit of its kind: Wh, W, A, V, Hz, Celsius, Percent. */
  readonly value: string;
  readonly unit: string;
}

/** The figures of meter values in the order given; what is no number, or only signed, has no point. */
export function seriesOf(meterValues: readonly MeterValue[]): readonly SeriesPoint[] {
  return meterValues.flatMap(({ at, samples }) =>
    samples.flatMap(({ value: text, measurand, phase, location, context, unit, multiplier }) => {
      const given = readDecimal(text);
      const base = given && toBaseUnit(given, unit, multiplier);
      if (base === undefined) return [];
      const { value, unit: baseUnit } = base;
      return {
        at,
        measurand,
        ...(phase !== undefined && { phase }),
        location,
        context,
        value: textOf(value),
        unit: baseUnit,
      };
    }),
  );
}
