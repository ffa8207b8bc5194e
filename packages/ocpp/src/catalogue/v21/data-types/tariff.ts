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
import { MessageContent } from './message-content.ts';

export const DayOfWeekEnum = oneOf(
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
);
export type DayOfWeekEnum = Static<typeof DayOfWeekEnum>;

/** The kind of EVSE that a tariff is for. */
export const EvseKindEnum = oneOf('AC', 'DC');
export type EvseKindEnum = Static<typeof EvseKindEnum>;

/** A tax and its rate. */
export const TaxRate = extensible({
  type: text(20),
  /** Percent. */
  tax: decimal(),
  /** 0 is levied on the net price, each further one on everything below it. */
  stack: optional(integer({ minimum: 0 })),
});
export type TaxRate = Static<typeof TaxRate>;

/** An amount: with tax, without, or both ways. */
export const Price = extensible({
  exclTax: optional(decimal()),
  inclTax: optional(decimal()),
  taxRates: optional(list(TaxRate, { min: 1, max: 5 })),
});
export type Price = Static<typeof Price>;

/** All that are given have to be met. For discharging, energy, power and current count as negative. */
export const TariffConditions = extensible({
  /** `HH:MM`, local time. */
  startTimeOfDay: optional(text()),
  /** `HH:MM`, local time; before the start it means the next day. */
  endTimeOfDay: optional(text()),
  dayOfWeek: optional(list(DayOfWeekEnum, { min: 1, max: 7 })),
  /** `YYYY-MM-DD`, local, inclusive. */
  validFromDate: optional(text()),
  /** `YYYY-MM-DD`, local, exclusive. */
  validToDate: optional(text()),
  evseKind: optional(EvseKindEnum),
  /** Wh, inclusive. */
  minEnergy: optional(decimal()),
  /** Wh, exclusive. */
  maxEnergy: optional(decimal()),
  /** A over all phases, now. */
  minCurrent: optional(decimal()),
  /** A over all phases, now. */
  maxCurrent: optional(decimal()),
  /** W, now. */
  minPower: optional(decimal()),
  /** W, now. */
  maxPower: optional(decimal()),
  /** Seconds of transaction, inclusive. */
  minTime: optional(integer()),
  /** Seconds of transaction, exclusive. */
  maxTime: optional(integer()),
  /** Seconds of charging, inclusive. */
  minChargingTime: optional(integer()),
  /** Seconds of charging, exclusive. */
  maxChargingTime: optional(integer()),
  /** Seconds of not charging, inclusive. */
  minIdleTime: optional(integer()),
  /** Seconds of not charging, exclusive. */
  maxIdleTime: optional(integer()),
});
export type TariffConditions = Static<typeof TariffConditions>;

/** All that are given have to be met when the transaction starts. */
export const TariffConditionsFixed = extensible({
  /** `HH:MM`, local time. */
  startTimeOfDay: optional(text()),
  /** `HH:MM`, local time; before the start it means the next day. */
  endTimeOfDay: optional(text()),
  dayOfWeek: optional(list(DayOfWeekEnum, { min: 1, max: 7 })),
  /** `YYYY-MM-DD`, local, inclusive. */
  validFromDate: optional(text()),
  /** `YYYY-MM-DD`, local, exclusive. */
  validToDate: optional(text()),
  evseKind: optional(EvseKindEnum),
  paymentBrand: optional(text(20)),
  paymentRecognition: optional(text(20)),
});
export type TariffConditionsFixed = Static<typeof TariffConditionsFixed>;

/** A price by energy, while its conditions hold. */
export const TariffEnergyPrice = extensible({
  /** Per kWh, without tax. */
  priceKwh: decimal(),
  conditions: optional(TariffConditions),
});
export type TariffEnergyPrice = Static<typeof TariffEnergyPrice>;

export const TariffEnergy = extensible({
  prices: list(TariffEnergyPrice, { min: 1 }),
  taxRates: optional(list(TaxRate, { min: 1, max: 5 })),
});
export type TariffEnergy = Static<typeof TariffEnergy>;

/** A price by time, while its conditions hold. */
export const TariffTimePrice = extensible({
  /** Per minute, without tax. */
  priceMinute: decimal(),
  conditions: optional(TariffConditions),
});
export type TariffTimePrice = Static<typeof TariffTimePrice>;

export const TariffTime = extensible({
  prices: list(TariffTimePrice, { min: 1 }),
  taxRates: optional(list(TaxRate, { min: 1, max: 5 })),
});
export type TariffTime = Static<typeof TariffTime>;

/** A price asked once, where its conditions hold at the start. */
export const TariffFixedPrice = extensible({
  conditions: optional(TariffConditionsFixed),
  /** Once, without tax. */
  priceFixed: decimal(),
});
export type TariffFixedPrice = Static<typeof TariffFixedPrice>;

export const TariffFixed = extensible({
  prices: list(TariffFixedPrice, { min: 1 }),
  taxRates: optional(list(TaxRate, { min: 1, max: 5 })),
});
export type TariffFixed = Static<typeof TariffFixed>;

/**
 * What charging costs: prices for energy, time and starting, each with the conditions under which it holds.
 * The first element whose conditions are met counts.
 */
export const Tariff = extensible({
  tariffId: text(60),
  description: optional(list(MessageContent, { min: 1, max: 10 })),
  /** ISO 4217. */
  currency: text(3),
  energy: optional(TariffEnergy),
  /** Absent means at once. */
  validFrom: optional(dateTime),
  chargingTime: optional(TariffTime),
  idleTime: optional(TariffTime),
  fixedFee: optional(TariffFixed),
  reservationTime: optional(TariffTime),
  reservationFixed: optional(TariffFixed),
  minCost: optional(Price),
  maxCost: optional(Price),
});
export type Tariff = Static<typeof Tariff>;
