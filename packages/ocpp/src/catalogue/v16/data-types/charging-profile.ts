import { dateTime, decimal, integer, list, object, oneOf, optional, type Static } from '../../schema.ts';

export const ChargingRateUnit = oneOf('A', 'W');
export type ChargingRateUnit = Static<typeof ChargingRateUnit>;

export const ChargingSchedulePeriod = object({
  startPeriod: integer(),
  limit: decimal({ multipleOf: 0.1 }),
  numberPhases: optional(integer()),
});
export type ChargingSchedulePeriod = Static<typeof ChargingSchedulePeriod>;

export const ChargingSchedule = object({
  duration: optional(integer()),
  startSchedule: optional(dateTime),
  chargingRateUnit: ChargingRateUnit,
  chargingSchedulePeriod: list(ChargingSchedulePeriod),
  minChargingRate: optional(decimal({ multipleOf: 0.1 })),
});
export type ChargingSchedule = Static<typeof ChargingSchedule>;

export const ChargingProfilePurpose = oneOf('ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile');
export type ChargingProfilePurpose = Static<typeof ChargingProfilePurpose>;

export const ChargingProfileKind = oneOf('Absolute', 'Recurring', 'Relative');
export type ChargingProfileKind = Static<typeof ChargingProfileKind>;

export const RecurrencyKind = oneOf('Daily', 'Weekly');
export type RecurrencyKind = Static<typeof RecurrencyKind>;

export const ChargingProfile = object({
  chargingProfileId: integer(),
  transactionId: optional(integer()),
  stackLevel: integer(),
  chargingProfilePurpose: ChargingProfilePurpose,
  chargingProfileKind: ChargingProfileKind,
  recurrencyKind: optional(RecurrencyKind),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  chargingSchedule: ChargingSchedule,
});
export type ChargingProfile = Static<typeof ChargingProfile>;
