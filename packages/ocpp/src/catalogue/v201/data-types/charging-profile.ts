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
import { SalesTariff } from './sales-tariff.ts';

export const ChargingProfilePurposeEnum = oneOf(
  'ChargingStationExternalConstraints',
  'ChargingStationMaxProfile',
  'TxDefaultProfile',
  'TxProfile',
);
export type ChargingProfilePurposeEnum = Static<typeof ChargingProfilePurposeEnum>;

export const ChargingProfileKindEnum = oneOf('Absolute', 'Recurring', 'Relative');
export type ChargingProfileKindEnum = Static<typeof ChargingProfileKindEnum>;

export const RecurrencyKindEnum = oneOf('Daily', 'Weekly');
export type RecurrencyKindEnum = Static<typeof RecurrencyKindEnum>;

export const ChargingRateUnitEnum = oneOf('W', 'A');
export type ChargingRateUnitEnum = Static<typeof ChargingRateUnitEnum>;

export const ChargingSchedulePeriod = extensible({
  startPeriod: integer(),
  limit: decimal(),
  numberPhases: optional(integer()),
  phaseToUse: optional(integer()),
});
export type ChargingSchedulePeriod = Static<typeof ChargingSchedulePeriod>;

export const ChargingSchedule = extensible({
  id: integer(),
  startSchedule: optional(dateTime),
  duration: optional(integer()),
  chargingRateUnit: ChargingRateUnitEnum,
  chargingSchedulePeriod: list(ChargingSchedulePeriod, { min: 1, max: 1024 }),
  minChargingRate: optional(decimal()),
  salesTariff: optional(SalesTariff),
});
export type ChargingSchedule = Static<typeof ChargingSchedule>;

export const ChargingProfile = extensible({
  id: integer(),
  stackLevel: integer(),
  chargingProfilePurpose: ChargingProfilePurposeEnum,
  chargingProfileKind: ChargingProfileKindEnum,
  recurrencyKind: optional(RecurrencyKindEnum),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  chargingSchedule: list(ChargingSchedule, { min: 1, max: 3 }),
  transactionId: optional(text(36)),
});
export type ChargingProfile = Static<typeof ChargingProfile>;
