const dayMs = 86_400_000;

/** Most readers want what was said lately by a station that says something every day. */
const firstDays = 7;
const growth = 8;
/** A week, eight, more than a year, then everything. */
const windows = 3;

/**
 * Reads the latest rows of a table with a partition for each day. To plan a statement over all of two years' partitions
 * costs more than a tenth of a second, whatever it finds: so the last days are looked through first, and more of them
 * only while there are not rows enough.
 *
 * @param read gives the latest `rows` rows that came in at `from` or later, or at any time; each call stands alone.
 */
export async function readLatest<Row>(options: {
  readonly read: (from: string | undefined) => Promise<readonly Row[]>;
  readonly rows: number;
  /** Rows from before it are not wanted. */
  readonly from: string | undefined;
  /** Nothing later is wanted; the earliest that is defined counts. */
  readonly until: readonly (string | undefined)[];
  readonly now: Date;
}): Promise<readonly Row[]> {
  const { read, from } = options;
  const fromMs = from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from);
  const untilMs = Math.min(
    options.now.getTime(),
    ...options.until.flatMap((at) => (at ? [Date.parse(at)] : [])),
  );
  for (let window = 0, days = firstDays; window < windows; window++, days *= growth) {
    const startMs = untilMs - days * dayMs;
    if (startMs <= fromMs) break;
    const found = await read(new Date(startMs).toISOString());
    if (found.length >= options.rows) return found;
  }
  return read(from);
}
