import pg from 'pg';

/**
 * How the values of PostgreSQL look in JavaScript, decided here once:
 *
 * | PostgreSQL  | JavaScript                                                                               |
 * | ----------- | ---------------------------------------------------------------------------------------- |
 * | int8        | bigint (positions of the outbox and counts pass 2^53 exactly)                            |
 * | numeric     | string, as PostgreSQL prints it: never a float                                           |
 * | timestamptz | string as of `Date.toISOString()`: `2026-03-01T12:00:00.000Z`, so that text order is time order |
 * | date        | string `2026-03-01`                                                                      |
 * | timestamp, interval, time | string, as PostgreSQL prints it                                            |
 *
 * and arrays of these alike. Everything else is as `pg` has it. The session's time zone must be UTC.
 */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    const parse = format === 'binary' ? undefined : parsers.get(oid);
    return parse ?? pg.types.getTypeParser(oid, format);
  },
};

const asIs = (text: string): string => text;

const scalars = [
  { oid: 20, arrayOid: 1016, parse: BigInt },
  { oid: 1082, arrayOid: 1182, parse: asIs },
  { oid: 1083, arrayOid: 1183, parse: asIs },
  { oid: 1114, arrayOid: 1115, parse: asIs },
  { oid: 1184, arrayOid: 1185, parse: parseInstant },
  { oid: 1186, arrayOid: 1187, parse: asIs },
  { oid: 1700, arrayOid: 1231, parse: asIs },
] as const;

const parsers = new Map<number, (text: string) => unknown>(
  scalars.flatMap(({ oid, arrayOid, parse }) => [
    [oid, parse],
    [arrayOid, (text: string) => eachElement(parseTextArray(text), parse)],
  ]),
);

/** A PostgreSQL array, nested where it has more than one dimension. */
type TextArray = readonly (string | null | TextArray)[];

const textArrayOid: number = 1009;
const parseTextArray: (text: string) => TextArray = pg.types.getTypeParser(textArrayOid);

function eachElement(array: TextArray, parse: (text: string) => unknown): unknown[] {
  return array.map((element) =>
    element === null ? null : typeof element === 'string' ? parse(element) : eachElement(element, parse),
  );
}

/** `2026-03-01 12:00:00.123456+00` -> `2026-03-01T12:00:00.123Z`; `infinity` and years out of the ordinary stay. */
export function parseInstant(text: string): string {
  if (text.length < 22 || text[10] !== ' ' || !text.endsWith('+00')) return text;
  const fraction = text.slice(20, -3).slice(0, 3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}
