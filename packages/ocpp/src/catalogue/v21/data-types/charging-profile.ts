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

export const ChargingProfilePurposeEnum = oneOf(
  'ChargingStationExternalConstraints',
  'ChargingStationMaxProfile',
  'TxDefaultProfile',
  'TxProfile',
  'PriorityCharging',
  'LocalGeneration',
);
export type ChargingProfilePurposeEnum = Static<typeof ChargingProfilePurposeEnum>;

export const ChargingProfileKindEnum = oneOf('Absolute', 'Recurring', 'Relative', 'Dynamic');
export type ChargingProfileKindEnum = Static<typeof ChargingProfileKindEnum>;

export const RecurrencyKindEnum = oneOf('Daily', 'Weekly');
export type RecurrencyKindEnum = Static<typeof RecurrencyKindEnum>;

export const ChargingRateUnitEnum = oneOf('W', 'A');
export type ChargingRateUnitEnum = Static<typeof ChargingRateUnitEnum>;

export const V2XFreqWattPoint = extensible({
  frequency: decimal(),
  power: decimal(),
});
export type V2XFreqWattPoint = Static<typeof V2XFreqWattPoint>;

export const V2XSignalWattPoint = extensible({
  signal: integer(),
  power: decimal(),
});
export type V2XSignalWattPoint = Static<typeof V2XSignalWattPoint>;

export const LimitAtSoC = extensible({
  soc: integer({ minimum: 0, maximum: 100 }),
  limit: decimal(),
});
export type LimitAtSoC = Static<typeof LimitAtSoC>;

export const ChargingSchedulePeriod = extensible({
  startPeriod: integer(),
  limit: optional(decimal()),
  limit_L2: optional(decimal()),
  limit_L3: optional(decimal()),
  numberPhases: optional(integer({ minimum: 0, maximum: 3 })),
  phaseToUse: optional(integer({ minimum: 0, maximum: 3 })),
  dischargeLimit: optional(decimal({ maximum: 0 })),
  dischargeLimit_L2: optional(decimal({ maximum: 0 })),
  dischargeLimit_L3: optional(decimal({ maximum: 0 })),
  setpoint: optional(decimal()),
  setpoint_L2: optional(decimal()),
  setpoint_L3: optional(decimal()),
  setpointReactive: optional(decimal()),
  setpointReactive_L2: optional(decimal()),
  setpointReactive_L3: optional(decimal()),
  preconditioningRequest: optional(boolean),
  evseSleep: optional(boolean),
  v2xBaseline: optional(decimal()),
  operationMode: optional(OperationModeEnum),
  v2xFreqWattCurve: optional(list(V2XFreqWattPoint, { min: 1, max: 20 })),
  v2xSignalWattCurve: optional(list(V2XSignalWattPoint, { min: 1, max: 20 })),
});
export type ChargingSchedulePeriod = Static<typeof ChargingSchedulePeriod>;

export const ChargingSchedule = extensible({
  id: integer(),
  limitAtSoC: optional(LimitAtSoC),
  startSchedule: optional(dateTime),
  duration: optional(integer()),
  chargingRateUnit: ChargingRateUnitEnum,
  minChargingRate: optional(decimal()),
  powerTolerance: optional(decimal()),
  signatureId: optional(integer({ minimum: 0 })),
  digestValue: optional(text(88)),
  useLocalTime: optional(boolean),
  chargingSchedulePeriod: list(ChargingSchedulePeriod, { min: 1, max: 1024 }),
  randomizedDelay: optional(integer({ minimum: 0 })),
  salesTariff: optional(SalesTariff),
  absolutePriceSchedule: optional(AbsolutePriceSchedule),
  priceLevelSchedule: optional(PriceLevelSchedule),
});
export type ChargingSchedule = Static<typeof ChargingSchedule>;

export const ChargingProfile = extensible({
  id: integer(),
  stackLevel: integer({ minimum: 0 }),
  chargingProfilePurpose: ChargingProfilePurposeEnum,
  chargingProfileKind: ChargingProfileKindEnum,
  recurrencyKind: optional(RecurrencyKindEnum),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  transactionId: optional(text(36)),
  maxOfflineDuration: optional(integer()),
  chargingSchedule: list(ChargingSchedule, { min: 1, max: 3 }),
  invalidAfterOfflineDuration: optional(boolean),
  dynUpdateInterval: optional(integer()),
  dynUpdateTime: optional(dateTime),
  priceScheduleSignature: optional(text(256)),
});
export type ChargingProfile = Static<typeof ChargingProfile>;
