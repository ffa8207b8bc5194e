import { Decimal } from 'decimal.js';

/**
 * Exact decimals. Every number we read has at most `longestText` characters and a bounded exponent, so that
 * sums and differences stay far inside this precision and are never rounded.
 */
const Exact = Decimal.clone({ precision: 400, toExpNeg: -9e15, toExpPos: 9e15, defaults: true });

export type Exact = Decimal;

/** No meter prints more; a longer text is an attack or rubbish. */
const longestText = 64;
/** 10^30 Wh is more than the world has ever used; the bound keeps sums exact and texts short. */
const largestExponent = 30;

const decimalText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * Reads a decimal as stations write them: blanks around it, a sign and an exponent are accepted because they
 * leave no doubt. A comma is refused: `1,500` is one and a half to some and fifteen hundred to others.
 */
export function readDecimal(text: string): Exact | undefined {
  const trimmed = text.trim();
  if (trimmed.length > longestText || !decimalText.test(trimmed)) return undefined;
  const value = new Exact(trimmed);
  if (value.isZero()) return zero;
  return value.e > largestExponent || value.decimalPlaces() > longestText + largestExponent
    ? undefined
    : value;
}

/** `value` x 10^`multiplier`; `undefined` when the multiplier is no integer or absurd. */
export function scale(value: Exact, multiplier: number): Exact | undefined {
  if (!Number.isInteger(multiplier) || Math.abs(multiplier) > largestExponent) return undefined;
  return value.times(powerOfTen(multiplier));
}

export function powerOfTen(exponent: number): Exact {
  return new Exact(`1e${exponent}`);
}

/** Plain decimal text: no exponent, no trailing zeros after the point, no minus zero. */
export function decimalTextOf(value: Exact): string {
  return value.isZero() ? '0' : value.toFixed();
}

/** A JSON number as plain decimal text: the shortest that reads back as the same number, without exponent. */
export function textOfNumber(value: number): string {
  return Number.isFinite(value) ? decimalTextOf(new Exact(String(value))) : String(value);
}

export const zero: Exact = new Exact(0);
