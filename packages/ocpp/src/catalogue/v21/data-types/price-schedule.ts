import { boolean, dateTime, extensible, integer, list, optional, type Static, text } from '../../schema.ts';

export const RationalNumber = extensible({
  exponent: integer(),
  value: integer(),
});
export type RationalNumber = Static<typeof RationalNumber>;

export const TaxRule = extensible({
  taxRuleID: integer({ minimum: 0 }),
  taxRuleName: optional(text(100)),
  taxIncludedInPrice: optional(boolean),
  appliesToEnergyFee: boolean,
  appliesToParkingFee: boolean,
  appliesToOverstayFee: boolean,
  appliesToMinimumMaximumCost: boolean,
  taxRate: RationalNumber,
});
export type TaxRule = Static<typeof TaxRule>;

export const PriceRule = extensible({
  parkingFeePeriod: optional(integer()),
  carbonDioxideEmission: optional(integer({ minimum: 0 })),
  renewableGenerationPercentage: optional(integer({ minimum: 0, maximum: 100 })),
  energyFee: RationalNumber,
  parkingFee: optional(RationalNumber),
  powerRangeStart: RationalNumber,
});
export type PriceRule = Static<typeof PriceRule>;

export const PriceRuleStack = extensible({
  duration: integer(),
  priceRule: list(PriceRule, { min: 1, max: 8 }),
});
export type PriceRuleStack = Static<typeof PriceRuleStack>;

export const OverstayRule = extensible({
  overstayFee: RationalNumber,
  overstayRuleDescription: optional(text(32)),
  startTime: integer(),
  overstayFeePeriod: integer(),
});
export type OverstayRule = Static<typeof OverstayRule>;

export const OverstayRuleList = extensible({
  overstayPowerThreshold: optional(RationalNumber),
  overstayRule: list(OverstayRule, { min: 1, max: 5 }),
  overstayTimeThreshold: optional(integer()),
});
export type OverstayRuleList = Static<typeof OverstayRuleList>;

export const AdditionalSelectedServices = extensible({
  serviceFee: RationalNumber,
  serviceName: text(80),
});
export type AdditionalSelectedServices = Static<typeof AdditionalSelectedServices>;

export const AbsolutePriceSchedule = extensible({
  timeAnchor: dateTime,
  priceScheduleID: integer({ minimum: 0 }),
  priceScheduleDescription: optional(text(160)),
  currency: text(3),
  language: text(8),
  priceAlgorithm: text(2000),
  minimumCost: optional(RationalNumber),
  maximumCost: optional(RationalNumber),
  priceRuleStacks: list(PriceRuleStack, { min: 1, max: 1024 }),
  taxRules: optional(list(TaxRule, { min: 1, max: 10 })),
  overstayRuleList: optional(OverstayRuleList),
  additionalSelectedServices: optional(list(AdditionalSelectedServices, { min: 1, max: 5 })),
});
export type AbsolutePriceSchedule = Static<typeof AbsolutePriceSchedule>;

export const PriceLevelScheduleEntry = extensible({
  duration: integer(),
  priceLevel: integer({ minimum: 0 }),
});
export type PriceLevelScheduleEntry = Static<typeof PriceLevelScheduleEntry>;

export const PriceLevelSchedule = extensible({
  priceLevelScheduleEntries: list(PriceLevelScheduleEntry, { min: 1, max: 100 }),
  timeAnchor: dateTime,
  priceScheduleId: integer({ minimum: 0 }),
  priceScheduleDescription: optional(text(32)),
  numberOfPriceLevels: integer({ minimum: 0 }),
});
export type PriceLevelSchedule = Static<typeof PriceLevelSchedule>;
