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

export const EvseKindEnum = oneOf('AC', 'DC');
export type EvseKindEnum = Static<typeof EvseKindEnum>;

export const TaxRate = extensible({
  type: text(20),
  tax: decimal(),
  stack: optional(integer({ minimum: 0 })),
});
export type TaxRate = Static<typeof TaxRate>;

export const Price = extensible({
  exclTax: optional(decimal()),
  inclTax: optional(decimal()),
  taxRates: optional(list(TaxRate, { min: 1, max: 5 })),
});
export type Price = Static<typeof Price>;

export const TariffConditions = extensible({
  startTimeOfDay: optional(text()),
  endTimeOfDay: optional(text()),
  dayOfWeek: optional(list(DayOfWeekEnum, { min: 1, max: 7 })),
  validFromDate: optional(text()),
  validToDate: optional(text()),
  evseKind: optional(EvseKindEnum),
  minEnergy: optional(decimal()),
  maxEnergy: optional(decimal()),
  minCurrent: optional(decimal()),
  maxCurrent: optional(decimal()),
  minPower: optional(decimal()),
  maxPower: optional(decimal()),
  minTime: optional(integer()),
  maxTime: optional(integer()),
  minChargingTime: optional(integer()),
  maxChargingTime: optional(integer()),
  minIdleTime: optional(integer()),
  maxIdleTime: optional(integer()),
});
export type TariffConditions = Static<typeof TariffConditions>;

export const TariffConditionsFixed = extensible({
  startTimeOfDay: optional(text()),
  endTimeOfDay: optional(text()),
  dayOfWeek: optional(list(DayOfWeekEnum, { min: 1, max: 7 })),
  validFromDate: optional(text()),
  validToDate: optional(text()),
  evseKind: optional(EvseKindEnum),
  paymentBrand: optional(text(20)),
  paymentRecognition: optional(text(20)),
});
export type TariffConditionsFixed = Static<typeof TariffConditionsFixed>;

export const TariffEnergyPrice = extensible({
  priceKwh: decimal(),
  conditions: optional(TariffConditions),
});
export type TariffEnergyPrice = Static<typeof TariffEnergyPrice>;

export const TariffEnergy = extensible({
  prices: list(TariffEnergyPrice, { min: 1 }),
  taxRates: optional(list(TaxRate, { min: 1, max: 5 })),
});
export type TariffEnergy = Static<typeof TariffEnergy>;

export const TariffTimePrice = extensible({
  priceMinute: decimal(),
  conditions: optional(TariffConditions),
});
export type TariffTimePrice = Static<typeof TariffTimePrice>;

export const TariffTime = extensible({
  prices: list(TariffTimePrice, { min: 1 }),
  taxRates: optional(list(TaxRate, { min: 1, max: 5 })),
});
export type TariffTime = Static<typeof TariffTime>;

export const TariffFixedPrice = extensible({
  conditions: optional(TariffConditionsFixed),
  priceFixed: decimal(),
});
export type TariffFixedPrice = Static<typeof TariffFixedPrice>;

export const TariffFixed = extensible({
  prices: list(TariffFixedPrice, { min: 1 }),
  taxRates: optional(list(TaxRate, { min: 1, max: 5 })),
});
export type TariffFixed = Static<typeof TariffFixed>;

export const Tariff = extensible({
  tariffId: text(60),
  description: optional(list(MessageContent, { min: 1, max: 10 })),
  currency: text(3),
  energy: optional(TariffEnergy),
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
