import { defaultMeasurand, type MeterValue, type SampledValue } from './meter-value.ts';

/** Samples as the database keeps them: what is the standard's default is left out, as it mostly is on the wire. */
type StoredSample = Partial<SampledValue> & Pick<SampledValue, 'value' | 'unit'>;

const defaults = {
  measurand: defaultMeasurand,
  context: 'Sample.Periodic',
  location: 'Outlet',
  multiplier: 0,
} as const satisfies Partial<SampledValue>;

/** JSON text of the samples of one instant. */
export function storedText(samples: readonly SampledValue[]): string {
  return JSON.stringify(samples.map(stored));
}

function stored({
  value,
  measurand,
  context,
  phase,
  location,
  unit,
  multiplier,
  signed,
}: SampledValue): object {
  return {
    value,
    measurand: measurand === defaults.measurand ? undefined : measurand,
    context: context === defaults.context ? undefined : context,
    phase,
    location: location === defaults.location ? undefined : location,
    unit,
    multiplier: multiplier === defaults.multiplier ? undefined : multiplier,
    signed,
  };
}

/** A row of `meter_sample` as a meter value, its samples whole again. */
export function meterValueOf(row: {
  readonly at: string;
  readonly samples: string;
  readonly sequence?: number | null;
}): MeterValue {
  const samples: readonly StoredSample[] = JSON.parse(row.samples);
  return {
    at: row.at,
    samples: samples.map((sample) => ({ ...defaults, ...sample })),
    ...(typeof row.sequence === 'number' && { sequence: row.sequence }),
  };
}
