import { type Exact, exactly, scale } from './decimal.ts';

/** A value in the base unit of its kind: Wh, W, A, V, Hz, Celsius, ... */
export interface BaseValue {
  readonly value: Exact;
  readonly unit: string;
}

/**
 * A value in its base unit. A unit that is not in the tables stays as it is, with the multiplier applied: 2.x
 * allows custom units. `undefined` when the multiplier is unusable.
 */
export function toBaseUnit(value: Exact, unit: string, multiplier: number): BaseValue | undefined {
  const given = unit.trim();
  const known = exactUnits.get(given) ?? unitsByLowerCase.get(given.toLowerCase());
  if (known === undefined) return inUnit(scale(value, multiplier), given);
  const scaled = scale(value, multiplier);
  return inUnit(scaled && (known.convert?.(scaled) ?? scale(scaled, known.exponent)), known.base);
}

function inUnit(value: Exact | undefined, unit: string): BaseValue | undefined {
  return value && { value, unit };
}

interface KnownUnit {
  readonly base: string;
  readonly exponent: number;
  readonly convert?: (value: Exact) => Exact;
}

/** Units in the standard's lists. Stations spell them in every case: KWH, kwh, wh. */
const standardUnits: Readonly<Record<string, KnownUnit>> = {
  Wh: { base: 'Wh', exponent: 0 },
  kWh: { base: 'Wh', exponent: 3 },
  varh: { base: 'varh', exponent: 0 },
  kvarh: { base: 'varh', exponent: 3 },
  VAh: { base: 'VAh', exponent: 0 },
  kVAh: { base: 'VAh', exponent: 3 },
  W: { base: 'W', exponent: 0 },
  kW: { base: 'W', exponent: 3 },
  var: { base: 'var', exponent: 0 },
  kvar: { base: 'var', exponent: 3 },
  VA: { base: 'VA', exponent: 0 },
  kVA: { base: 'VA', exponent: 3 },
  A: { base: 'A', exponent: 0 },
  V: { base: 'V', exponent: 0 },
  Hz: { base: 'Hz', exponent: 0 },
  Percent: { base: 'Percent', exponent: 0 },
  '%': { base: 'Percent', exponent: 0 },
  Celsius: { base: 'Celsius', exponent: 0 },
  // The first editions of 1.6 spell it so.
  Celcius: { base: 'Celsius', exponent: 0 },
  K: { base: 'Celsius', exponent: 0, convert: (kelvin) => kelvin.minus(exactly(273.15)) },
  Fahrenheit: { base: 'Celsius', exponent: 0, convert: celsiusOfFahrenheit },
};

/** Units whose case carries meaning: a milli is not a mega. */
const exactUnits: ReadonlyMap<string, KnownUnit> = new Map([
  ['mWh', { base: 'Wh', exponent: -3 }],
  ['MWh', { base: 'Wh', exponent: 6 }],
  ['mW', { base: 'W', exponent: -3 }],
  ['MW', { base: 'W', exponent: 6 }],
  ['mA', { base: 'A', exponent: -3 }],
  ['mV', { base: 'V', exponent: -3 }],
  ['kV', { base: 'V', exponent: 3 }],
  ['mHz', { base: 'Hz', exponent: -3 }],
]);

const unitsByLowerCase: ReadonlyMap<string, KnownUnit> = new Map(
  Object.entries(standardUnits).map(([unit, known]) => [unit.toLowerCase(), known]),
);

/** Ninths have no end in decimals: kept to the thousandth of a degree, which no sensor tells. */
function celsiusOfFahrenheit(fahrenheit: Exact): Exact {
  return fahrenheit.minus(32).times(5).dividedBy(9).toDecimalPlaces(3);
}
