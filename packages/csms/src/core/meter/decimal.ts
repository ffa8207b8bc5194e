import { Decimal } from 'decimal.js';

/**
 * Exact decimals. All that is read has a bounded length and a bounded exponent (below), so that sums and
 * differences need a fraction of this precision and are never rounded.
 */
const ExactDecimal = Decimal.clone({ defaults: true, precision: 400 });

export type Exact = Decimal;

/** No meter prints more characters; a longer text is rubbish. */
const longestText = 64;
/** 10^30 Wh is more than the world has ever used; 10^-30 Wh is nothing. */
const largestExponent = 30;

const decimalText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * Reads a decimal as stations write them: blanks around it, a sign and an exponent are accepted because they
 * leave no doubt. A comma is refused: `1,500` is one and a half to some and fifteen hundred to others.
 */
export function readDecimal(text: string): Exact | undefined {
  const trimmed = text.trim();
  if (trimmed.length > longestText || !decimalText.test(trimmed)) return undefined;
  const value = new ExactDecimal(trimmed);
  if (value.isZero()) return zero;
  return Math.abs(value.e) <= largestExponent ? value : undefined;
}

/** `value` x 10^`exponent`; `undefined` when the exponent is no integer or absurd. */
export function scale(value: Exact, exponent: number): Exact | undefined {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > largestExponent) return undefined;
  return exponent === 0 ? value : value.times(powerOfTen(exponent));
}

export function powerOfTen(exponent: number): Exact {
  return new ExactDecimal(`1e${exponent}`);
}

/** An exact decimal from a number that the code itself states or has counted. */
export function exactly(value: number): Exact {
  return new ExactDecimal(value);
}

/** Plain decimal text: no exponent, no trailing zeros after the point, no minus zero. */
export function textOf(value: Exact): string {
  return value.isZero() ? '0' : value.toFixed();
}

/** A JSON number as plain decimal text: the shortest that reads back as the same number, without exponent. */
export function textOfNumber(value: number): string {
  const text = String(value);
  // Only the very large and the very small are printed with an exponent.
  return text.includes('e') ? textOf(new ExactDecimal(text)) : text;
}

export const zero: Exact = new ExactDecimal(0);
