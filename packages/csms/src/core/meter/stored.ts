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

function stored(sample: SampledValue): object {
  const kept: { -readonly [Name in keyof StoredSample]: StoredSample[Name] } = {
    value: sample.value,
    unit: sample.unit,
  };
  if (sample.measurand !== defaults.measurand) kept.measurand = sample.measurand;
  if (sample.context !== defaults.context) kept.context = sample.context;
  if (sample.phase !== undefined) kept.phase = sample.phase;
  if (sample.location !== defaults.location) kept.location = sample.location;
  if (sample.multiplier !== defaults.multiplier) kept.multiplier = sample.multiplier;
  if (sample.signed) kept.signed = sample.signed;
  return kept;
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
