import {
  boolean,
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
import { OperationModeEnum } from './general.ts';
import { AbsolutePriceSchedule, PriceLevelSchedule } from './price-schedule.ts';
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
  'PriorityCharging',
  'LocalGeneration',
);
export type ChargingProfilePurposeEnum = Static<typeof ChargingProfilePurposeEnum>;

/**
 * `Absolute` begins at a fixed time, `Recurring` every day or week, `Relative` when the transaction does,
 * `Dynamic` is updated all the time.
 */
export const ChargingProfileKindEnum = oneOf('Absolute', 'Recurring', 'Relative', 'Dynamic');
export type ChargingProfileKindEnum = Static<typeof ChargingProfileKindEnum>;

export const RecurrencyKindEnum = oneOf('Daily', 'Weekly');
export type RecurrencyKindEnum = Static<typeof RecurrencyKindEnum>;

/** `W` is for all phases together, `A` for each phase. */
export const ChargingRateUnitEnum = oneOf('W', 'A');
export type ChargingRateUnitEnum = Static<typeof ChargingRateUnitEnum>;

/** A point of the curve that gives power by grid frequency. */
export const V2XFreqWattPoint = extensible({
  /** Hz. */
  frequency: decimal(),
  /** W; negative gives back. */
  power: decimal(),
});
export type V2XFreqWattPoint = Static<typeof V2XFreqWattPoint>;

/** A point of the curve that gives power by the signal of AFRRSignal. */
export const V2XSignalWattPoint = extensible({
  signal: integer(),
  /** W; negative gives back. */
  power: decimal(),
});
export type V2XSignalWattPoint = Static<typeof V2XSignalWattPoint>;

/** A limit that holds once the battery is fuller than `soc`. */
export const LimitAtSoC = extensible({
  /** Percent. */
  soc: integer({ minimum: 0, maximum: 100 }),
  limit: decimal(),
});
export type LimitAtSoC = Static<typeof LimitAtSoC>;

/** What holds from `startPeriod` until the next period. */
export const ChargingSchedulePeriod = extensible({
  /** Seconds from the start of the schedule; the first is 0. */
  startPeriod: integer(),
  /** In the schedule's unit. */
  limit: optional(decimal()),
  /** Where phases differ, `limit` is for L1. */
  limit_L2: optional(decimal()),
  /** Where phases differ, `limit` is for L1. */
  limit_L3: optional(decimal()),
  /** Absent means 3. */
  numberPhases: optional(integer({ minimum: 0, maximum: 3 })),
  /** Which phase, where one is used and the station can switch. */
  phaseToUse: optional(integer({ minimum: 0, maximum: 3 })),
  /** Zero or negative: how much may be given back. */
  dischargeLimit: optional(decimal({ maximum: 0 })),
  dischargeLimit_L2: optional(decimal({ maximum: 0 })),
  dischargeLimit_L3: optional(decimal({ maximum: 0 })),
  /** What to follow as closely as possible; negative gives back. */
  setpoint: optional(decimal()),
  setpoint_L2: optional(decimal()),
  setpoint_L3: optional(decimal()),
  /** Positive is inductive, negative capacitive. */
  setpointReactive: optional(decimal()),
  setpointReactive_L2: optional(decimal()),
  setpointReactive_L3: optional(decimal()),
  /** Asks the EV to warm its battery up. */
  preconditioningRequest: optional(boolean),
  /** The electronics of the EVSE may sleep in this period. */
  evseSleep: optional(boolean),
  /** Power in W on which the frequency curve builds. */
  v2xBaseline: optional(decimal()),
  operationMode: optional(OperationModeEnum),
  v2xFreqWattCurve: optional(list(V2XFreqWattPoint, { min: 1, max: 20 })),
  v2xSignalWattCurve: optional(list(V2XSignalWattPoint, { min: 1, max: 20 })),
});
export type ChargingSchedulePeriod = Static<typeof ChargingSchedulePeriod>;

/** A row of periods, each with its limit, which lasts until the next begins. */
export const ChargingSchedule = extensible({
  id: integer(),
  limitAtSoC: optional(LimitAtSoC),
  /** For absolute and recurring profiles; relative ones begin with the transaction. */
  startSchedule: optional(dateTime),
  /** Seconds; without it the last period goes on. */
  duration: optional(integer()),
  chargingRateUnit: ChargingRateUnitEnum,
  /** Below this the EV charges badly. In the schedule's unit. */
  minChargingRate: optional(decimal()),
  /** How far the EV may stray from the plan. */
  powerTolerance: optional(decimal()),
  /** By which a signature refers to this schedule. */
  signatureId: optional(integer({ minimum: 0 })),
  /** Base64 hash of the EXI price schedule: SHA-256 in ISO 15118-2, SHA-512 in -20. */
  digestValue: optional(text(88)),
  /**
   * The station's wall clock counts, offsets are ignored: for profiles that are to survive the change to
   * summer time.
   */
  useLocalTime: optional(boolean),
  chargingSchedulePeriod: list(ChargingSchedulePeriod, { min: 1, max: 1024 }),
  /** Seconds; each period starts late by a random part of it, so that not all stations switch at once. */
  randomizedDelay: optional(integer({ minimum: 0 })),
  salesTariff: optional(SalesTariff),
  absolutePriceSchedule: optional(AbsolutePriceSchedule),
  priceLevelSchedule: optional(PriceLevelSchedule),
});
export type ChargingSchedule = Static<typeof ChargingSchedule>;

/** Limits over time, with a purpose and a rank among other profiles of that purpose. */
export const ChargingProfile = extensible({
  /** Negative for profiles that come from somebody else than the CSMS. */
  id: integer(),
  /** Higher overrules lower; 0 is the lowest. */
  stackLevel: integer({ minimum: 0 }),
  chargingProfilePurpose: ChargingProfilePurposeEnum,
  chargingProfileKind: ChargingProfileKindEnum,
  /** For `Recurring` alone. */
  recurrencyKind: optional(RecurrencyKindEnum),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  /** For `TxProfile` alone. */
  transactionId: optional(text(36)),
  /** Seconds without connection after which the profile rests. */
  maxOfflineDuration: optional(integer()),
  chargingSchedule: list(ChargingSchedule, { min: 1, max: 3 }),
  /** Whether it stays out for good then. */
  invalidAfterOfflineDuration: optional(boolean),
  /** Seconds after which the station pulls an update; 0 means never. */
  dynUpdateInterval: optional(integer()),
  /** When its values last changed. */
  dynUpdateTime: optional(dateTime),
  /** Over all price schedules in it (ISO 15118-20). */
  priceScheduleSignature: optional(text(256)),
});
export type ChargingProfile = Static<typeof ChargingProfile>;
