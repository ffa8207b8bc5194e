/**
 * The two formats that the schemas use. Every message carries times, so this is the hot part of validation:
 * written by hand, one pass over the text, nothing allocated.
 */

/**
 * An instant by RFC 3339, as OCPP asks (2.x Part 2, DateTime; 1.6 section 3.14): with a zone, in the calendar,
 * seconds up to 60 because leap seconds are written so.
 */
export function isDateTime(text: string): boolean {
  const year = numberAt(text, 0, 4);
  const month = numberAt(text, 5, 2);
  const day = numberAt(text, 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  if (text.charCodeAt(4) !== hyphen || text.charCodeAt(7) !== hyphen) return false;
  if ((text.charCodeAt(10) | lowerCase) !== lowerT) return false;
  return isTimeAt(text, 11) && isZoneAt(text, endOfFraction(text));
}

function isTimeAt(text: string, start: number): boolean {
  return (
    isUpTo(23, numberAt(text, start, 2)) &&
    text.charCodeAt(start + 2) === colon &&
    isUpTo(59, numberAt(text, start + 3, 2)) &&
    text.charCodeAt(start + 5) === colon &&
    isUpTo(60, numberAt(text, start + 6, 2))
  );
}

/** Where the zone starts: after the seconds, or after the digits of their fraction, which need at least one. */
function endOfFraction(text: string): number {
  const start = 19;
  if (text.charCodeAt(start) !== point) return start;
  let end = start + 1;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end === start + 1 ? start : end;
}

function isZoneAt(text: string, start: number): boolean {
  const sign = text.charCodeAt(start);
  if ((sign | lowerCase) === lowerZ) return text.length === start + 1;
  return (
    (sign === plus || sign === hyphen) &&
    text.length === start + 6 &&
    isUpTo(23, numberAt(text, start + 1, 2)) &&
    text.charCodeAt(start + 3) === colon &&
    isUpTo(59, numberAt(text, start + 4, 2))
  );
}

function isUpTo(limit: number, value: number): boolean {
  return value >= 0 && value <= limit;
}

/** The number that `count` digits make; -1 when something else is among them or the text ends before. */
function numberAt(text: string, start: number, count: number): number {
  let value = 0;
  for (let index = start; index < start + count; index += 1) {
    const code = text.charCodeAt(index);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - zero;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const [zero, nine, plus, hyphen, point, colon] = [0x30, 0x39, 0x2b, 0x2d, 0x2e, 0x3a];
const [lowerT, lowerZ] = [0x74, 0x7a];
/** The bit that tells a small letter from its capital. */
const lowerCase = 0x20;

const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\p{Cc}]+$/u;

/**
 * An absolute URI by RFC 3986, as far as its shape goes: a scheme, something after it, and no character that
 * a URI has to escape. Characters beyond ASCII pass, since stations and operators write them.
 */
export function isUri(text: string): boolean {
  return absolute.test(text);
}
