import { decimal, extensible, integer, list, oneOf, optional, type Static, text } from '../../schema.ts';

/** What kind of figure the amount is: money, carbon dioxide, or the share of renewable energy. */
export const CostKindEnum = oneOf(
  'CarbonDioxideEmission',
  'RelativePricePercentage',
  'RenewableGenerationPercentage',
);
export type CostKindEnum = Static<typeof CostKindEnum>;

/** An interval counted from now. */
export const RelativeTimeInterval = extensible({
  /** Seconds. */
  start: integer(),
  /** Seconds. */
  duration: optional(integer()),
});
export type RelativeTimeInterval = Static<typeof RelativeTimeInterval>;

/** `amount` times ten to the power of `amountMultiplier`. */
export const Cost = extensible({
  costKind: CostKindEnum,
  amount: integer(),
  /** From -3 to 3. */
  amountMultiplier: optional(integer()),
});
export type Cost = Static<typeof Cost>;

/** What energy costs above a level of consumption. */
export const ConsumptionCost = extensible({
  /** Where this block of consumption begins; it ends where the next one does begin. */
  startValue: decimal(),
  cost: list(Cost, { min: 1, max: 3 }),
});
export type ConsumptionCost = Static<typeof ConsumptionCost>;

/** What holds during one interval of a sales tariff. */
export const SalesTariffEntry = extensible({
  relativeTimeInterval: RelativeTimeInterval,
  /** The lower, the cheaper. */
  ePriceLevel: optional(integer({ minimum: 0 })),
  consumptionCost: optional(list(ConsumptionCost, { min: 1, max: 3 })),
});
export type SalesTariffEntry = Static<typeof SalesTariffEntry>;

/** Prices over time that the EV may plan by, as in ISO 15118-2. */
export const SalesTariff = extensible({
  id: integer({ minimum: 0 }),
  salesTariffDescription: optional(text(32)),
  /** How many levels there are in all. */
  numEPriceLevels: optional(integer({ minimum: 0 })),
  salesTariffEntry: list(SalesTariffEntry, { min: 1, max: 1024 }),
});
export type SalesTariff = Static<typeof SalesTariff>;
