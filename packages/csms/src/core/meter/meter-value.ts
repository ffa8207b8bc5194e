import type { Request } from '@busbar/ocpp';
import { textOfNumber } from './decimal.ts';
import { millisecondsOf } from './instant.ts';

/**
 * All samples that a meter took at one instant, free of the version that carried them. `sequence` is the place
 * of the message among those of its transaction: `seqNo` in 2.x, order of receipt in 1.6. It tells the order
 * when the station's clock does not.
 */
export interface MeterValue {
  /** By the station's clock; ISO 8601 in UTC, or the text as given when it is no instant at all. */
  readonly at: string;
  readonly samples: readonly SampledValue[];
  readonly sequence?: number;
}

/** One figure with every default of the standard filled in. */
export interface SampledValue {
  /** The decimal text as the station gave it, rubbish included; empty when there is only signed data. */
  readonly value: string;
  readonly measurand: Measurand;
  readonly context: ReadingContext;
  /** Absent: the value is over all phases. */
  readonly phase?: Phase;
  readonly location: Location;
  /** As the station spelt it, or the unit that the measurand is taken in; empty when there is none. */
  readonly unit: string;
  /** The value counts times 10^multiplier; 0 in 1.6. */
  readonly multiplier: number;
  readonly signed?: SignedValue;
}

/** Signed meter data, kept as given: it is evidence, and nothing here opens it. */
export interface SignedValue {
  readonly data: string;
  /** OCMF, EDL, ...; empty when not stated. */
  readonly encodingMethod: string;
  readonly signingMethod?: string;
  readonly publicKey?: string;
}

export const defaultMeasurand = 'Energy.Active.Import.Register';

export type Ocpp16MeterValue = Request<'1.6', 'MeterValues'>['meterValue'][number];
export type Ocpp2MeterValue = Request<'2.0.1' | '2.1', 'MeterValues'>['meterValue'][number];

type Ocpp16Sample = Ocpp16MeterValue['sampledValue'][number];
type Ocpp2Sample = Ocpp2MeterValue['sampledValue'][number];
type Sample = Ocpp16Sample | Ocpp2Sample;

/** Labels of all versions together. */
export type Measurand = NonNullable<Sample['measurand']>;
export type ReadingContext = NonNullable<Sample['context']>;
export type Phase = NonNullable<Sample['phase']>;
export type Location = NonNullable<Sample['location']>;

/** A 1.6 `meterValue` (MeterValues, StopTransaction.transactionData) in the version-free form. */
export function fromOcpp16(meterValue: Ocpp16MeterValue): MeterValue {
  return {
    at: instantOf(meterValue.timestamp),
    samples: meterValue.sampledValue.map((sample) => {
      const isSigned = sample.format === 'SignedData';
      const sampled = labelled(sample, isSigned ? '' : sample.value, sample.unit, 0);
      if (isSigned) sampled.signed = signedValueOf(sample.value);
      return sampled;
    }),
  };
}

/** A 2.x `meterValue` (MeterValues, TransactionEvent) in the version-free form. */
export function fromOcpp2(meterValue: Ocpp2MeterValue): MeterValue {
  return {
    at: instantOf(meterValue.timestamp),
    samples: meterValue.sampledValue.map((sample) => {
      const { unitOfMeasure, signedMeterValue } = sample;
      const sampled = labelled(
        sample,
        textOfNumber(sample.value),
        unitOfMeasure?.unit,
        unitOfMeasure?.multiplier ?? 0,
      );
      if (signedMeterValue) sampled.signed = fromSignedMeterValue(signedMeterValue);
      return sampled;
    }),
  };
}

type Growing<T> = { -readonly [Name in keyof T]: T[Name] };

/** J02.FR.03 to J02.FR.06: absent means the default, the same in all versions. */
function labelled(
  sample: Sample,
  value: string,
  unit: string | undefined,
  multiplier: number,
): Growing<SampledValue> {
  const measurand = sample.measurand ?? defaultMeasurand;
  const sampled: Growing<SampledValue> = {
    value,
    measurand,
    context: sample.context ?? 'Sample.Periodic',
    location: sample.location ?? 'Outlet',
    unit: unit ?? unitOf(measurand),
    multiplier,
  };
  if (sample.phase !== undefined) sampled.phase = sample.phase;
  return sampled;
}

/** The unit a value is in when the station names none. The standard says so for energy; the rest is usage. */
function unitOf(measurand: Measurand): string {
  const named = unitByMeasurand.find(([prefix]) => measurand.startsWith(prefix));
  return named?.[1] ?? '';
}

const unitByMeasurand: readonly (readonly [prefix: string, unit: string])[] = [
  ['Energy.Reactive', 'varh'],
  ['Energy.Apparent', 'VAh'],
  ['Energy', 'Wh'],
  ['Display.BatteryEnergyCapacity', 'Wh'],
  ['Display.RemainingTime', 's'],
  ['Display.PresentSOC', 'Percent'],
  ['Display.MinimumSOC', 'Percent'],
  ['Display.TargetSOC', 'Percent'],
  ['Display.MaximumSOC', 'Percent'],
  ['Power.Factor', ''],
  ['Power.Reactive', 'var'],
  ['Power', 'W'],
  ['Current', 'A'],
  ['Voltage', 'V'],
  // 1.6 has no unit for it at all: section 7.31 says Hertz.
  ['Frequency', 'Hz'],
  ['SoC', 'Percent'],
  ['Temperature', 'Celsius'],
  ['RPM', 'RPM'],
];

function instantOf(timestamp: string): string {
  const milliseconds = millisecondsOf(timestamp);
  return milliseconds === undefined ? timestamp : new Date(milliseconds).toISOString();
}

function fromSignedMeterValue(signed: NonNullable<Ocpp2Sample['signedMeterValue']>): SignedValue {
  return {
    data: signed.signedMeterData,
    encodingMethod: signed.encodingMethod,
    ...(signed.signingMethod !== undefined && { signingMethod: signed.signingMethod }),
    ...(signed.publicKey !== undefined && { publicKey: signed.publicKey }),
  };
}

/**
 * 1.6 holds signed data in the value: since the paper on signed meter values (1.0) as the JSON text of a 2.x
 * SignedMeterValue, before that as an opaque block.
 */
function signedValueOf(text: string): SignedValue {
  const parsed = parseObject(text);
  if (typeof parsed?.signedMeterData !== 'string') return { data: text, encodingMethod: '' };
  return {
    data: parsed.signedMeterData,
    encodingMethod: typeof parsed.encodingMethod === 'string' ? parsed.encodingMethod : '',
    ...(typeof parsed.signingMethod === 'string' && { signingMethod: parsed.signingMethod }),
    ...(typeof parsed.publicKey === 'string' && { publicKey: parsed.publicKey }),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
