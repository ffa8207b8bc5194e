import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Log } from '../log.ts';
import { maintainedTables, type RetentionConfig } from './maintained-tables.ts';
import type { MaintenanceMetrics } from './maintenance-metrics.ts';
import { maintainPartitions } from './partitions.ts';
import { overdueSeconds, type RetainedTable, sweep, trim } from './retention.ts';

export const maintenanceLimits = {
  /** Partitions reach a week ahead, so that an hour is often enough. */
  everyMs: 3_600_000,
  /** When something was held up, by a dump for example. */
  soonMs: 300_000,
  /** A server that starts has other things to do first. */
  removalAfterMs: 60_000,
  /** Tables that are looked through from end to end are so once a day. */
  runsPerSweep: 24,
  /** What a statement under way may take when we end; a frozen server's would take for ever. */
  farewellMs: 2_000,
} as const;

const dayMs = 86_400_000;

/** Rows that are still there a day after their time mean that something is wrong. */
const overdueComplaintSeconds = dayMs / 1_000;

/** What is old is said by the database's clock. By more than this ours must not differ, as it stamps the rows. */
const clockDifferenceMs = 60_000;

export interface MaintenanceOptions {
  readonly pool: Pool;
  readonly config: RetentionConfig;
  readonly now: () => Date;
  readonly log: Log;
  readonly metrics?: MaintenanceMetrics;
  readonly limits?: Partial<Record<keyof typeof maintenanceLimits, number>>;
}

/**
 * Keeps tables in bounds while the server runs: partitions ahead, retention behind. Every node does so; what one has
 * done, or is at, the others leave alone. Old is what the clock of the database says is old: a node whose own is wrong
 * removes nothing for it. The partitions are there when this resolves.
 */
export async function startMaintenance(options: MaintenanceOptions): Promise<{ close(): Promise<void> }> {
  const { pool, now, log, metrics } = options;
  const limits: Record<keyof typeof maintenanceLimits, number> = { ...maintenanceLimits, ...options.limits };
  const tables = maintainedTables(options.config);
  const ending = new AbortController();
  const { signal } = ending;
  let runs = 0;
  const next = await keepPartitions();
  const loops = [repeat(keepPartitions, next), repeat(removeOld, limits.removalAfterMs)];
  return {
    async close() {
      ending.abort();
      await Promise.race([Promise.all(loops), delay(limits.farewellMs, undefined, { ref: false })]);
    },
  };

  /** @param work says after how long it wants to be done again. */
  async function repeat(work: () => Promise<number>, firstMs: number): Promise<void> {
    let waitMs = firstMs;
    while (await delay(waitMs, true, { signal, ref: false }).catch(() => false)) {
      waitMs = await work().catch((error) => {
        if (!signal.aborted) log.warn({ err: error }, 'maintenance of the database failed');
        return limits.soonMs;
      });
    }
  }

  async function keepPartitions(): Promise<number> {
    const today = await databaseNow();
    let putOff = false;
    for (const table of tables.partitioned) {
      const state = await maintainPartitions({ pool, table, now: today, log });
      putOff ||= state.putOff;
      metrics?.inDefault(table.name, state.rowsInDefault);
      tellOverdue(table.name, (state.overdueDays * dayMs) / 1_000);
    }
    return putOff ? limits.soonMs : limits.everyMs;
  }

  async function removeOld(): Promise<number> {
    const today = await databaseNow();
    const before = (days: number) => new Date(today.getTime() - days * dayMs);
    for (const table of tables.trimmed) {
      if (table.days === undefined) continue;
      metrics?.removed(table.name, await trim(table, { pool, before: before(table.days), signal }));
      tellOverdue(table.name, await overdueSeconds(table, pool, before(table.days)));
    }
    if (runs++ % limits.runsPerSweep !== 0) return limits.everyMs;
    for (const table of tables.swept) {
      if (table.days === undefined) continue;
      metrics?.removed(table.of, await sweep(table, { pool, before: before(table.days), signal }));
    }
    return limits.everyMs;
  }

  function tellOverdue(table: RetainedTable, seconds: number): void {
    metrics?.overdue(table, seconds);
    if (seconds < overdueComplaintSeconds) return;
    log.warn({ table, overdueSeconds: Math.round(seconds) }, 'rows are kept for longer than they should be');
  }

  async function databaseNow(): Promise<Date> {
    const { rows } = await pool.query('select clock_timestamp() as now');
    const said = new Date(rows[0].now);
    const differenceMs = now().getTime() - said.getTime();
    if (Math.abs(differenceMs) > clockDifferenceMs) {
      log.warn({ differenceMs }, 'the clocks of this node and of the database differ: set them by NTP');
    }
    return said;
  }
}
