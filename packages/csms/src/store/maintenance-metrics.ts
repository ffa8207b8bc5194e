import type { Metrics } from '../metrics.ts';
import { type RetainedTable, retainedTables } from './retention.ts';

/** What is counted about keeping tables in bounds. */
export interface MaintenanceMetrics {
  /** By how much the oldest row outlives the time for which it was to be kept. */
  overdue(table: RetainedTable, seconds: number): void;
  removed(table: RetainedTable, rows: number): void;
  /** Rows that have no partition of their own day. */
  inDefault(table: RetainedTable, rows: number): void;
}

export function maintenanceMetrics(metrics: Metrics): MaintenanceMetrics {
  const overdue = metrics.gauge({
    name: 'busbar_retention_overdue_seconds',
    help: 'By how much the oldest row of a table outlives the time for which it is to be kept',
    labels: { table: retainedTables },
  });
  const removed = metrics.counter({
    name: 'busbar_retention_removed_rows_total',
    help: 'Rows that this node removed as they were older than they are to be kept; dropped partitions are not counted',
    labels: { table: retainedTables },
  });
  const inDefault = metrics.gauge({
    name: 'busbar_partition_default_rows',
    help: 'Rows that have no partition of their own day, at most 100,000',
    labels: { table: retainedTables },
  });
  return {
    overdue: (table, seconds) => overdue.at({ table }).set(seconds),
    removed: (table, rows) => removed.at({ table }).inc(rows),
    inDefault: (table, rows) => inDefault.at({ table }).set(rows),
  };
}
