import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

/** A table whose old rows are removed, found by an index on `age`. */
export interface TrimmedTable {
  readonly name: RetainedTable;
  readonly age: string;
  /** SQL: rows that it does not hold for are kept. */
  readonly only?: string;
  /** A table whose rows belong to those of this one, by its column. */
  readonly with?: { readonly name: string; readonly column: string };
}

/** A table that is looked through from end to end, as no index says which of its rows are old. */
export interface SweptTable {
  readonly name: string;
  /** What it is a part of, or the same. */
  readonly of: RetainedTable;
  readonly age: string;
}

export const retainedTables = [
  'message_log',
  'meter_sample',
  'outbox',
  'message_key',
  'job',
  'operation',
  'transaction',
  'finding',
  'quarantine',
] as const;
export type RetainedTable = (typeof retainedTables)[number];

export const retentionLimits = {
  /** Rows removed in one statement: some 50 ms of work. */
  stepRows: 5_000,
  /** Blocks (of 8 kB) looked through in one statement: as long. */
  stepBlocks: 2_000,
  /** After each statement twice its time is left to the others. */
  restFactor: 2,
  restLeastMs: 10,
} as const;

export interface RetentionOptions {
  readonly pool: Pool;
  /** Rows from before this instant are removed. */
  readonly before: Date;
  /** Ends it between two steps. */
  readonly signal: AbortSignal;
  readonly limits?: Partial<Record<keyof typeof retentionLimits, number>>;
}

/**
 * Removes all old rows, the oldest first, in small steps. Of several nodes that are at it only one goes on; each step
 * is a statement of its own, so that a node that ends or is paused leaves nothing behind and keeps nobody out.
 *
 * @returns how many rows were removed.
 */
export async function trim(
  table: TrimmedTable,
  { pool, before, signal, limits: given }: RetentionOptions,
): Promise<number> {
  const limits: Record<keyof typeof retentionLimits, number> = { ...retentionLimits, ...given };
  const text = trimSql(table);
  let removed = 0;
  let reached: string | undefined;
  for (;;) {
    const startedMs = performance.now();
    const { rows } = await pool.query(text, [lockOf(table), before.toISOString(), reached, limits.stepRows]);
    const [{ ours, removed: now, reached: last }] = rows;
    removed += now;
    // Entries of an index whose rows are gone stay for a while: the next step need not look through them again.
    reached = last ?? reached;
    const isDone = !ours || now < limits.stepRows;
    if (isDone || !(await rest(performance.now() - startedMs, limits, signal))) return removed;
  }
}

/** As {@link trim}, block by block through the whole table. */
export async function sweep(
  table: SweptTable,
  { pool, before, signal, limits: given }: RetentionOptions,
): Promise<number> {
  const limits: Record<keyof typeof retentionLimits, number> = { ...retentionLimits, ...given };
  const { rows: sizes } = await pool.query(
    `select (pg_relation_size($1::regclass) / current_setting('block_size')::integer)::integer as blocks`,
    [table.name],
  );
  let removed = 0;
  for (let block = 0; block < sizes[0].blocks; block += limits.stepBlocks) {
    const startedMs = performance.now();
    const { rows } = await pool.query(
      `with turn as materialized (select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as ours),
       gone as (
         delete from ${table.name} where (select ours from turn) and ${table.age} < $2
           and ctid >= $3::tid and ctid < $4::tid
         returning 1
       )
       select (select ours from turn), (select count(*)::integer from gone) as removed`,
      [lockOf(table), before.toISOString(), `(${block},0)`, `(${block + limits.stepBlocks},0)`],
    );
    const [{ ours, removed: now }] = rows;
    removed += now;
    if (!ours || !(await rest(performance.now() - startedMs, limits, signal))) return removed;
  }
  return removed;
}

/** By how much the oldest row that is not wanted any more has outlived its time; 0 where there is none. */
export async function overdueSeconds(
  { name, age, only = 'true' }: TrimmedTable,
  pool: Pool,
  before: Date,
): Promise<number> {
  const { rows } = await pool.query(
    `select coalesce(extract(epoch from $1 - min(${age})), 0)::float8 as seconds
     from ${name} where ${age} < $1::timestamptz and ${only}`,
    [before.toISOString()],
  );
  return rows[0].seconds;
}

function trimSql({ name, age, only = 'true', with: also }: TrimmedTable): string {
  const belonging =
    also === undefined
      ? ''
      : `belonging as (
           delete from ${also.name} using old where ${also.name}.${also.column} = old.id and (select ours from turn)
         ),`;
  return `with turn as materialized (select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as ours),
    old as materialized (
      select ctid as place${also === undefined ? '' : ', id'} from ${name}
      where ${age} < $2 and ($3::timestamptz is null or ${age} >= $3) and ${only}
      order by ${age} limit $4
    ),
    ${belonging}
    gone as (
      delete from ${name} where ctid = any(array(select place from old)) and (select ours from turn)
      returning ${age} as age
    )
    select (select ours from turn), count(*)::integer as removed, max(age) as reached from gone`;
}

function lockOf({ name }: { readonly name: string }): string {
  return `retention of ${name}`;
}

/** @returns whether to go on. */
async function rest(
  tookMs: number,
  { restFactor, restLeastMs }: { readonly restFactor: number; readonly restLeastMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  const restMs = Math.max(restLeastMs, tookMs * restFactor);
  return delay(restMs, true, { signal, ref: false }).catch(() => false);
}
