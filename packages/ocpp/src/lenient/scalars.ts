import { isDateTime } from '../validate/formats.ts';

/** `"true"` is true; everything else stays. */
export function mendBoolean(value: unknown): unknown {
  if (value === 'true') return true;
  return value === 'false' ? false : value;
}

const decimal = /^\s*[+-]?\d{1,15}(?:\.\d{1,15})?\s*$/;

/** `"12.5"` is 12.5, and 16.099999999999998 is 16.1 where tenths are asked for; everything else stays. */
export function mendNumber(value: unknown, multipleOf: number | undefined): unknown {
  const number = typeof value === 'string' && decimal.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || multipleOf === undefined) return number;
  const perUnit = Math.round(1 / multipleOf);
  const nearest = Math.round(number * perUnit) / perUnit;
  return Math.abs(nearest - number) <= noise * Math.max(1, Math.abs(number)) ? nearest : number;
}

/** Single-precision arithmetic of a station leaves about this much, relative to the value. */
const noise = 1e-6;

export interface MendedTime {
  readonly text: string;
  readonly isZoneAssumed: boolean;
  readonly isRewritten: boolean;
}

const almostDateTime =
  /^\s*(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,12}))?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?\s*$/;

/**
 * Makes an instant of RFC 3339 out of what ISO 8601 allows besides: no zone, a space for the `T`, no seconds, a
 * comma, a zone without its colon. Undefined for what is right already and for what stays unclear.
 */
export function mendDateTime(text: string): MendedTime | undefined {
  if (isDateTime(text)) return undefined;
  const parts = almostDateTime.exec(text);
  if (parts === null) return undefined;
  const [, date, minutes, seconds = ':00', fraction, zone] = parts;
  const written = `${date}T${minutes}${seconds}${fraction === undefined ? '' : `.${fraction}`}`;
  const mended = `${written}${fullZone(zone)}`;
  if (!isDateTime(mended)) return undefined;
  const isZoneAssumed = zone === undefined;
  return { text: mended, isZoneAssumed, isRewritten: mended !== (isZoneAssumed ? `${text}Z` : text) };
}

function fullZone(zone = 'Z'): string {
  if (zone.length === 3) return `${zone}:00`;
  return zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
}
