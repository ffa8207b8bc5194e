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

/**
 * Of each purpose the highest stack level counts. `TxProfile` overrules `TxDefaultProfile`; the lowest of
 * what remains is the limit.
 */
export const ChargingProfilePurposeEnum = oneOf(
  'ChargingStationExternalConstraints',
  'ChargingStationMaxProfile',
  'TxDefaultProfile',
  'TxProfile',
);
export type ChargingProfilePurposeEnum = Static<typeof ChargingProfilePurposeEnum>;

/** `Absolute` begins at a fixed time, `Recurring` every day or week, `Relative` when the transaction does. */
export const ChargingProfileKindEnum = oneOf('Absolute', 'Recurring', 'Relative');
export type ChargingProfileKindEnum = Static<typeof ChargingProfileKindEnum>;

export const RecurrencyKindEnum = oneOf('Daily', 'Weekly');
export type RecurrencyKindEnum = Static<typeof RecurrencyKindEnum>;

/** `W` is for all phases together, `A` for each phase. */
export const ChargingRateUnitEnum = oneOf('W', 'A');
export type ChargingRateUnitEnum = Static<typeof ChargingRateUnitEnum>;

/** What holds from `startPeriod` until the next period. */
export const ChargingSchedulePeriod = extensible({
  /** Seconds from the start of the schedule; the first is 0. */
  startPeriod: integer(),
  /** In the schedule's unit. */
  limit: decimal(),
  /** Absent means 3. */
  numberPhases: optional(integer()),
  /** Which phase, where one is used and the station can switch. */
  phaseToUse: optional(integer()),
});
export type ChargingSchedulePeriod = Static<typeof ChargingSchedulePeriod>;

/** A row of periods, each with its limit, which lasts until the next begins. */
export const ChargingSchedule = extensible({
  id: integer(),
  /** For absolute and recurring profiles; relative ones begin with the transaction. */
  startSchedule: optional(dateTime),
  /** Seconds; without it the last period goes on. */
  duration: optional(integer()),
  chargingRateUnit: ChargingRateUnitEnum,
  chargingSchedulePeriod: list(ChargingSchedulePeriod, { min: 1, max: 1024 }),
  /** Below this the EV charges badly. In the schedule's unit. */
  minChargingRate: optional(decimal()),
  salesTariff: optional(SalesTariff),
});
export type ChargingSchedule = Static<typeof ChargingSchedule>;

/** Limits over time, with a purpose and a rank among other profiles of that purpose. */
export const ChargingProfile = extensible({
  /** Negative for profiles that come from somebody else than the CSMS. */
  id: integer(),
  /** Higher overrules lower; 0 is the lowest. */
  stackLevel: integer(),
  chargingProfilePurpose: ChargingProfilePurposeEnum,
  chargingProfileKind: ChargingProfileKindEnum,
  /** For `Recurring` alone. */
  recurrencyKind: optional(RecurrencyKindEnum),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  chargingSchedule: list(ChargingSchedule, { min: 1, max: 3 }),
  /** For `TxProfile` alone. */
  transactionId: optional(text(36)),
});
export type ChargingProfile = Static<typeof ChargingProfile>;
