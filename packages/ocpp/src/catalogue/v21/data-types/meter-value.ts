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

/** Where the measuring point is. `Upstream` is on the side of the grid. */
export const LocationEnum = oneOf('Body', 'Cable', 'EV', 'Inlet', 'Outlet', 'Upstream');
export type LocationEnum = Static<typeof LocationEnum>;

/**
 * `Register` counts from the meter's installation, `Interval` since the last sample. Import flows to the EV,
 * export back to the grid.
 */
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

/** Absent: the value is for all phases together. */
export const PhaseEnum = oneOf('L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1');
export type PhaseEnum = Static<typeof PhaseEnum>;

/** Why the value was taken at this instant. */
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

/** The reading as the meter signed it. */
export const SignedMeterValue = extensible(
  {
    /** Base64. May name the customer too. */
    signedMeterData: text(32768),
    /** Absent where the data says it itself. */
    signingMethod: optional(text(50)),
    /** E.g. `OCMF` or `EDL`. */
    encodingMethod: text(50),
    /** Base64; sent as PublicKeyWithSignedMeterValue says. */
    publicKey: optional(text(2500)),
  },
  [personal('signedMeterData')],
);
export type SignedMeterValue = Static<typeof SignedMeterValue>;

/** Unit and power of ten of a value. */
export const UnitOfMeasure = extensible({
  /** Absent means `Wh`. */
  unit: optional(text(20)),
  /** Exponent of ten. Absent means `0`. */
  multiplier: optional(integer()),
});
export type UnitOfMeasure = Static<typeof UnitOfMeasure>;

/**
 * One measured value. With nothing but `value` it is the import register of active energy in Wh, at the
 * outlet, sampled periodically.
 */
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

/** What was measured at one instant. */
export const MeterValue = extensible({ sampledValue: list(SampledValue, { min: 1 }), timestamp: dateTime });
export type MeterValue = Static<typeof MeterValue>;
