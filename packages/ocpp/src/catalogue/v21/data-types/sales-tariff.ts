import { decimal, extensible, integer, list, oneOf, optional, type Static, text } from '../../schema.ts';

export const CostKindEnum = oneOf(
  'CarbonDioxideEmission',
  'RelativePricePercentage',
  'RenewableGenerationPercentage',
);
export type CostKindEnum = Static<typeof CostKindEnum>;

export const RelativeTimeInterval = extensible({
  start: integer(),
  duration: optional(integer()),
});
export type RelativeTimeInterval = Static<typeof RelativeTimeInterval>;

export const Cost = extensible({
  costKind: CostKindEnum,
  amount: integer(),
  amountMultiplier: optional(integer()),
});
export type Cost = Static<typeof Cost>;

export const ConsumptionCost = extensible({
  startValue: decimal(),
  cost: list(Cost, { min: 1, max: 3 }),
});
export type ConsumptionCost = Static<typeof ConsumptionCost>;

export const SalesTariffEntry = extensible({
  relativeTimeInterval: RelativeTimeInterval,
  ePriceLevel: optional(integer({ minimum: 0 })),
  consumptionCost: optional(list(ConsumptionCost, { min: 1, max: 3 })),
});
export type SalesTariffEntry = Static<typeof SalesTariffEntry>;

export const SalesTariff = extensible({
  id: integer({ minimum: 0 }),
  salesTariffDescription: optional(text(32)),
  numEPriceLevels: optional(integer({ minimum: 0 })),
  salesTariffEntry: list(SalesTariffEntry, { min: 1, max: 1024 }),
});
export type SalesTariff = Static<typeof SalesTariff>;
