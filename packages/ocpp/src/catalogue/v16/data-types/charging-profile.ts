import { dateTime, decimal, integer, list, object, oneOf, optional, type Static } from '../../schema.ts';

/** `W` is for all phases together, `A` for each phase. */
export const ChargingRateUnit = oneOf('A', 'W');
export type ChargingRateUnit = Static<typeof ChargingRateUnit>;

/** What holds from `startPeriod` until the next period. */
export const ChargingSchedulePeriod = object({
  /** Seconds from the start of the schedule; the first is 0. */
  startPeriod: integer(),
  /** In the schedule's unit, with at most one decimal. */
  limit: decimal({ multipleOf: 0.1 }),
  /** Absent means 3. */
  numberPhases: optional(integer()),
});
export type ChargingSchedulePeriod = Static<typeof ChargingSchedulePeriod>;

/** A row of periods, each with its limit, which lasts until the next begins. */
export const ChargingSchedule = object({
  /** Seconds; without it the last period goes on. */
  duration: optional(integer()),
  /** For absolute and recurring profiles; relative ones begin with the transaction. */
  startSchedule: optional(dateTime),
  chargingRateUnit: ChargingRateUnit,
  chargingSchedulePeriod: list(ChargingSchedulePeriod),
  /** Below this the EV charges badly. In the schedule's unit, with at most one decimal. */
  minChargingRate: optional(decimal({ multipleOf: 0.1 })),
});
export type ChargingSchedule = Static<typeof ChargingSchedule>;

/**
 * Of each purpose the highest stack level counts; `TxProfile` overrules `TxDefaultProfile`, and
 * `ChargePointMaxProfile` caps both.
 */
export const ChargingProfilePurpose = oneOf('ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile');
export type ChargingProfilePurpose = Static<typeof ChargingProfilePurpose>;

/** `Absolute` begins at a fixed time, `Recurring` every day or week, `Relative` when the transaction does. */
export const ChargingProfileKind = oneOf('Absolute', 'Recurring', 'Relative');
export type ChargingProfileKind = Static<typeof ChargingProfileKind>;

export const RecurrencyKind = oneOf('Daily', 'Weekly');
export type RecurrencyKind = Static<typeof RecurrencyKind>;

/** Limits over time, with a purpose and a rank among other profiles of that purpose. */
export const ChargingProfile = object({
  chargingProfileId: integer(),
  /** For `TxProfile` alone. */
  transactionId: optional(integer()),
  /** Higher overrules lower; 0 is the lowest. */
  stackLevel: integer(),
  chargingProfilePurpose: ChargingProfilePurpose,
  chargingProfileKind: ChargingProfileKind,
  /** For `Recurring` alone. */
  recurrencyKind: optional(RecurrencyKind),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  chargingSchedule: ChargingSchedule,
});
export type ChargingProfile = Static<typeof ChargingProfile>;
