import type { Pool } from 'pg';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { maintainPartitions, type PartitionedTable } from './partitions.ts';

/** Partitions reach a week ahead, so that an hour is often enough. */
const everyMs = 3_600_000;
/** A call's answer comes within minutes; an operation that was sent longer ago lost its node. */
const lostOperationMinutes = 10;
/** A station keeps what it has to say through weeks without a link; its repetitions are known for longer. */
const messageKeyDays = 365;
const doneJobDays = 30;
/** Rows removed in one statement: others must not wait long behind it. */
const removedAtOnce = 10_000;

/** Keeps tables in bounds while the server runs: partitions ahead, retention behind. */
export async function startMaintenance(options: {
  readonly pool: Pool;
  readonly config: Pick<Config, 'messageLogDays' | 'meterDays' | 'eventDays'>;
  readonly now: () => Date;
  readonly log: Log;
}): Promise<{ close(): Promise<void> }> {
  const { pool, config, now, log } = options;
  const tables: readonly PartitionedTable[] = [
    { name: 'message_log', column: 'received_at', retentionDays: config.messageLogDays },
    { name: 'meter_sample', column: 'received_at', retentionDays: config.meterDays },
    { name: 'outbox', column: 'created_at', retentionDays: config.eventDays },
  ];
  let running = Promise.resolve();
  await maintain();
  const timer = setInterval(() => {
    running = maintain().catch((error) => log.warn({ err: error }, 'maintenance of the database failed'));
  }, everyMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };

  async function maintain(): Promise<void> {
    await maintainPartitions({ pool, tables, now: now(), log });
    await pool.query(
      `update operation set state = 'Unknown',
         problem = '{"code": "Lost", "detail": "The node that sent it ended before the answer came"}'
       where state = 'Sent' and created_at < $1::timestamptz - make_interval(mins => $2)`,
      [now().toISOString(), lostOperationMinutes],
    );
    await removeOld('message_key', 'created_at', messageKeyDays);
    await removeOld('job', "case when state in ('Done', 'GivenUp') then created_at end", doneJobDays);
  }

  async function removeOld(table: string, age: string, days: number): Promise<void> {
    await pool.query(
      `delete from ${table} where ctid = any(array(
         select ctid from ${table} where ${age} < $1::timestamptz - make_interval(days => $2) limit ${removedAtOnce}))`,
      [now().toISOString(), days],
    );
  }
}
