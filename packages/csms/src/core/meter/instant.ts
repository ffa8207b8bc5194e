const isoTime = /^\d{4}-\d{2}-\d{2}[tT ]\d{2}:\d{2}/;
const zone = /(?:[zZ]|[+-]\d{2}:?\d{2})$/;

/**
 * Milliseconds since 1970 of an ISO 8601 text, `undefined` when it is none. A time without a zone is UTC: the
 * zone of the machine that reads it must not matter.
 */
export function millisecondsOf(text: string): number | undefined {
  if (!isoTime.test(text)) return undefined;
  const milliseconds = Date.parse(zone.test(text) ? text : `${text}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
