import type { Config } from '../config.ts';
import { defaultName, type PartitionedTable } from './partitions.ts';
import type { RetainedTable, SweptTable, TrimmedTable } from './retention.ts';

/** For how long things are kept. */
export type RetentionConfig = Pick<
  Config,
  | 'messageLogDays'
  | 'meterDays'
  | 'eventDays'
  | 'messageKeyDays'
  | 'operationDays'
  | 'findingDays'
  | 'transactionDays'
>;

/** Undefined keeps rows for ever. */
interface Kept {
  readonly days: number | undefined;
}

export interface MaintainedTables {
  readonly partitioned: readonly (PartitionedTable & { readonly name: RetainedTable })[];
  readonly trimmed: readonly (TrimmedTable & Kept)[];
  readonly swept: readonly (SweptTable & Kept)[];
}

/** Jobs that are done are looked at when something went wrong, which is noticed within a month. */
const doneJobDays = 30;

/** How each table that grows with time is kept in bounds. The others grow with the network: see README.md. */
export function maintainedTables(config: RetentionConfig): MaintainedTables {
  const partitioned = [
    { name: 'message_log', column: 'received_at', retentionDays: config.messageLogDays },
    { name: 'meter_sample', column: 'received_at', retentionDays: config.meterDays },
    { name: 'outbox', column: 'created_at', retentionDays: config.eventDays },
  ] as const;
  return {
    partitioned,
    trimmed: [
      { name: 'message_key', age: 'created_at', days: config.messageKeyDays },
      { name: 'job', age: 'created_at', only: "state in ('Done', 'GivenUp')", days: doneJobDays },
      {
        name: 'operation',
        age: 'created_at',
        only: "state in ('Accepted', 'Rejected', 'Failed')",
        days: config.operationDays,
      },
      {
        name: 'transaction',
        age: 'started_received_at',
        only: "state = 'Ended'",
        with: { name: 'transaction_event', column: 'transaction_id' },
        days: config.transactionDays,
      },
    ],
    swept: [
      { name: 'finding', of: 'finding', age: 'last_seen_at', days: config.findingDays },
      // They may hold facts of transactions, and are kept for as long.
      { name: 'quarantine', of: 'quarantine', age: 'received_at', days: config.transactionDays },
      ...partitioned.map((table) => ({
        name: defaultName(table),
        of: table.name,
        age: table.column,
        days: table.retentionDays,
      })),
    ],
  };
}
