import {
  dateTime,
  decimal,
  extensible,
  integer,
  list,
  oneOf,
  optional,
  type Static,
  text,
} from '../../schema.ts';
import { personal } from '../../sensitivity.ts';

export const LocationEnum = oneOf('Body', 'Cable', 'EV', 'Inlet', 'Outlet');
export type LocationEnum = Static<typeof LocationEnum>;

export const MeasurandEnum = oneOf(
  'Current.Export',
  'Current.Import',
  'Current.Offered',
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Register',
  'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Register',
  'Energy.Active.Export.Interval',
  'Energy.Active.Import.Interval',
  'Energy.Active.Net',
  'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Import.Interval',
  'Energy.Reactive.Net',
  'Energy.Apparent.Net',
  'Energy.Apparent.Import',
  'Energy.Apparent.Export',
  'Frequency',
  'Power.Active.Export',
  'Power.Active.Import',
  'Power.Factor',
  'Power.Offered',
  'Power.Reactive.Export',
  'Power.Reactive.Import',
  'SoC',
  'Voltage',
);
export type MeasurandEnum = Static<typeof MeasurandEnum>;

export const PhaseEnum = oneOf('L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1');
export type PhaseEnum = Static<typeof PhaseEnum>;

export const ReadingContextEnum = oneOf(
  'Interruption.Begin',
  'Interruption.End',
  'Other',
  'Sample.Clock',
  'Sample.Periodic',
  'Transaction.Begin',
  'Transaction.End',
  'Trigger',
);
export type ReadingContextEnum = Static<typeof ReadingContextEnum>;

export const SignedMeterValue = extensible(
  {
    signedMeterData: text(2500),
    signingMethod: text(50),
    encodingMethod: text(50),
    publicKey: text(2500),
  },
  [personal('signedMeterData')],
);
export type SignedMeterValue = Static<typeof SignedMeterValue>;

export const UnitOfMeasure = extensible({
  /** Absent means `Wh`. */
  unit: optional(text(20)),
  /** Absent means `0`. */
  multiplier: optional(integer()),
});
export type UnitOfMeasure = Static<typeof UnitOfMeasure>;

export const SampledValue = extensible({
  value: decimal(),
  /** Absent means `Sample.Periodic`. */
  context: optional(ReadingContextEnum),
  /** Absent means `Energy.Active.Import.Register`. */
  measurand: optional(MeasurandEnum),
  phase: optional(PhaseEnum),
  /** Absent means `Outlet`. */
  location: optional(LocationEnum),
  signedMeterValue: optional(SignedMeterValue),
  unitOfMeasure: optional(UnitOfMeasure),
});
export type SampledValue = Static<typeof SampledValue>;

export const MeterValue = extensible({
  sampledValue: list(SampledValue, { min: 1 }),
  timestamp: dateTime,
});
export type MeterValue = Static<typeof MeterValue>;
