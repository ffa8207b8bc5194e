/**
 * The two formats that the schemas use. Written by hand rather than as one expression: the work is linear
 * in the length of the input, whatever the input is.
 */

const shapeOfDateTime = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))$/;

/**
 * An instant by RFC 3339, as OCPP asks (2.x Part 2, DateTime; 1.6 section 3.14): with a zone, in the calendar,
 * seconds up to 60 because leap seconds are written so.
 */
export function isDateTime(text: string): boolean {
  const parts = shapeOfDateTime.exec(text);
  if (!parts) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = parts
    .slice(1)
    .map((digits) => Number(digits ?? 0));
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 60 &&
    zoneHour <= 23 &&
    zoneMinute <= 59
  );
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`\p{Cc}]+$/u;

/**
 * An absolute URI by RFC 3986, as far as its shape goes: a scheme, something after it, and no character that
 * a URI has to escape. Characters beyond ASCII pass, since stations and operators write them.
 */
export function isUri(text: string): boolean {
  return scheme.test(text);
}
