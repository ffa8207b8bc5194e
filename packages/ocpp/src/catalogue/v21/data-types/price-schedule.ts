import { boolean, dateTime, extensible, integer, list, optional, type Static, text } from '../../schema.ts';

/** `value` times ten to the power of `exponent` (ISO 15118-20). */
export const RationalNumber = extensible({ exponent: integer(), value: integer() });
export type RationalNumber = Static<typeof RationalNumber>;

/** A tax and which fees it is levied on (ISO 15118-20). */
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

/** What energy and parking cost from a level of power on (ISO 15118-20). */
export const PriceRule = extensible({
  /** Seconds. */
  parkingFeePeriod: optional(integer()),
  /** Grams per kWh. */
  carbonDioxideEmission: optional(integer({ minimum: 0 })),
  /** Percent. */
  renewableGenerationPercentage: optional(integer({ minimum: 0, maximum: 100 })),
  energyFee: RationalNumber,
  parkingFee: optional(RationalNumber),
  powerRangeStart: RationalNumber,
});
export type PriceRule = Static<typeof PriceRule>;

/** The price rules that hold together for a time (ISO 15118-20). */
export const PriceRuleStack = extensible({
  /** Seconds. */
  duration: integer(),
  priceRule: list(PriceRule, { min: 1, max: 8 }),
});
export type PriceRuleStack = Static<typeof PriceRuleStack>;

/** What staying after charging costs (ISO 15118-20). */
export const OverstayRule = extensible({
  overstayFee: RationalNumber,
  overstayRuleDescription: optional(text(32)),
  /** Seconds after the rules have begun to apply. */
  startTime: integer(),
  /** Seconds after which the fee is due again. */
  overstayFeePeriod: integer(),
});
export type OverstayRule = Static<typeof OverstayRule>;

/** The rules for staying on, and when they begin to bite (ISO 15118-20). */
export const OverstayRuleList = extensible({
  overstayPowerThreshold: optional(RationalNumber),
  overstayRule: list(OverstayRule, { min: 1, max: 5 }),
  /** Seconds. */
  overstayTimeThreshold: optional(integer()),
});
export type OverstayRuleList = Static<typeof OverstayRuleList>;

/** A service that is charged on top (ISO 15118-20). */
export const AdditionalSelectedServices = extensible({ serviceFee: RationalNumber, serviceName: text(80) });
export type AdditionalSelectedServices = Static<typeof AdditionalSelectedServices>;

/**
 * Prices over time in the form of ISO 15118-20: the fields mirror the standard's, so that a signed schedule
 * survives the way to EXI and back.
 */
export const AbsolutePriceSchedule = extensible({
  /** When the schedule begins. */
  timeAnchor: dateTime,
  priceScheduleID: integer({ minimum: 0 }),
  priceScheduleDescription: optional(text(160)),
  /** ISO 4217. */
  currency: text(3),
  /** ISO 639. */
  language: text(8),
  /** URN of ISO 15118-20 that says how the fee is worked out. */
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
  /** Seconds. */
  duration: integer(),
  /** The lower, the cheaper. */
  priceLevel: integer({ minimum: 0 }),
});
export type PriceLevelScheduleEntry = Static<typeof PriceLevelScheduleEntry>;

/** Price levels over time, without amounts, in the form of ISO 15118-20. */
export const PriceLevelSchedule = extensible({
  priceLevelScheduleEntries: list(PriceLevelScheduleEntry, { min: 1, max: 100 }),
  /** When the schedule begins. */
  timeAnchor: dateTime,
  priceScheduleId: integer({ minimum: 0 }),
  priceScheduleDescription: optional(text(32)),
  numberOfPriceLevels: integer({ minimum: 0 }),
});
export type PriceLevelSchedule = Static<typeof PriceLevelSchedule>;
