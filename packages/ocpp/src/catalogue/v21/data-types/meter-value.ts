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

export const LocationEnum = oneOf('Body', 'Cable', 'EV', 'Inlet', 'Outlet', 'Upstream');
export type LocationEnum = Static<typeof LocationEnum>;

export const MeasurandEnum = oneOf(
  'Current.Export',
  'Current.Export.Offered',
  'Current.Export.Minimum',
  'Current.Import',
  'Current.Import.Offered',
  'Current.Import.Minimum',
  'Current.Offered',
  'Display.PresentSOC',
  'Display.MinimumSOC',
  'Display.TargetSOC',
  'Display.MaximumSOC',
  'Display.RemainingTimeToMinimumSOC',
  'Display.RemainingTimeToTargetSOC',
  'Display.RemainingTimeToMaximumSOC',
  'Display.ChargingComplete',
  'Display.BatteryEnergyCapacity',
  'Display.InletHot',
  'Energy.Active.Export.Interval',
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Interval',
  'Energy.Active.Import.Register',
  'Energy.Active.Import.CableLoss',
  'Energy.Active.Import.LocalGeneration.Register',
  'Energy.Active.Net',
  'Energy.Active.Setpoint.Interval',
  'Energy.Apparent.Export',
  'Energy.Apparent.Import',
  'Energy.Apparent.Net',
  'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Interval',
  'Energy.Reactive.Import.Register',
  'Energy.Reactive.Net',
  'EnergyRequest.Target',
  'EnergyRequest.Minimum',
  'EnergyRequest.Maximum',
  'EnergyRequest.Minimum.V2X',
  'EnergyRequest.Maximum.V2X',
  'EnergyRequest.Bulk',
  'Frequency',
  'Power.Active.Export',
  'Power.Active.Import',
  'Power.Active.Setpoint',
  'Power.Active.Residual',
  'Power.Export.Minimum',
  'Power.Export.Offered',
  'Power.Factor',
  'Power.Import.Offered',
  'Power.Import.Minimum',
  'Power.Offered',
  'Power.Reactive.Export',
  'Power.Reactive.Import',
  'SoC',
  'Voltage',
  'Voltage.Minimum',
  'Voltage.Maximum',
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
    signedMeterData: text(32768),
    signingMethod: optional(text(50)),
    encodingMethod: text(50),
    publicKey: optional(text(2500)),
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
  /** Absent means `Energy.Active.Import.Register`. */
  measurand: optional(MeasurandEnum),
  /** Absent means `Sample.Periodic`. */
  context: optional(ReadingContextEnum),
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
