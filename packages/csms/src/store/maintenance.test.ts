import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { type TestDatabase, testDatabase } from '../testing/database.ts';
import { type MaintenanceOptions, startMaintenance } from './maintenance.ts';
import { maintenanceMetrics } from './maintenance-metrics.ts';

const config = readConfig({ BUSBAR_OPERATION_DAYS: '10', BUSBAR_TRANSACTION_DAYS: '100' });
const quick = { everyMs: 20, soonMs: 20, removalAfterMs: 1, runsPerSweep: 1 };
const aged = (days: number) => `now() - interval '${days} days'`;

/** With what it says in the log and in the metrics. */
async function start({ sql }: TestDatabase, limits: MaintenanceOptions['limits'] = {}) {
  const complaints: string[] = [];
  const log = createLog({ level: 'warn', destination: { write: (line: string) => complaints.push(line) } });
  const metrics = createMetrics({ processMetrics: false });
  const running = await startMaintenance({
    pool: sql,
    config,
    now: () => new Date(),
    log,
    metrics: maintenanceMetrics(metrics),
    limits,
  });
  return { running, complaints, exposed: async () => (await metrics.expose()).text };
}

/** Runs until nothing old is left. */
async function maintain(t: TestContext, database: TestDatabase, left: string): Promise<string[]> {
  const { running, complaints, exposed } = await start(database, quick);
  t.after(() => running.close());
  while ((await database.sql.query(left)).rowCount !== 0);
  await running.close();
  return [
    ...complaints,
    ...(await exposed()).split('\n').filter((line) => /^busbar_retention_removed/.test(line)),
  ];
}

test('each kind of row is kept for its days', async (t) => {
  const database = await testDatabase(t);
  await database.sql.query(`
    insert into operation (id, station_id, command, state, input, given_by, input_digest, created_at)
      select gen_random_uuid(), 'CS1', 'reset', state, '{}', 'me', '', ${aged(11)}
      from unnest(array['Accepted', 'Failed', 'Unknown']) state;
    insert into operation (id, station_id, command, state, input, given_by, input_digest, created_at)
      values (gen_random_uuid(), 'CS1', 'reset', 'Accepted', '{}', 'me', '', ${aged(9)});
    insert into job (id, station_id, kind, input, state, run_after, created_at)
      select gen_random_uuid(), 'CS1', state, '{}', state, ${aged(31)}, ${aged(31)}
      from unnest(array['Open', 'Done', 'GivenUp']) state;
    insert into finding (station_id, kind, subject, detail, first_seen_at, last_seen_at, count)
      values ('CS1', 'clock-wrong', 'old', '', ${aged(400)}, ${aged(366)}, 1), ('CS1', 'clock-wrong', 'seen again', '', ${aged(400)}, ${aged(364)}, 2);
    insert into quarantine (station_id, received_at, action, payload, reason) values ('CS1', ${aged(101)}, 'x', '{}', 'y');
    insert into message_log (received_at, station_id, sent_by, kind) values (${aged(40)}, 'CS1', 'CS', 'CALL');
    insert into message_key (station_id, kind, key, digest, answer, created_at) values ('CS1', 'x', 'y', '', '{}', ${aged(366)})`);
  const said = await maintain(
    t,
    database,
    `select from operation where state = 'Failed' union all select from job where state = 'Done'
     union all select from message_log union all select from message_key union all select from quarantine
     union all select from finding where subject = 'old'`,
  );
  const { rows } = await database.sql.query(
    `select state from operation union all select state from job union all select subject from finding order by 1`,
  );
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['Accepted', 'Open', 'Unknown', 'seen again'],
  );
  assert.deepEqual(said.sort(), [
    'busbar_retention_removed_rows_total{table="finding"} 1',
    'busbar_retention_removed_rows_total{table="job"} 2',
    'busbar_retention_removed_rows_total{table="message_key"} 1',
    'busbar_retention_removed_rows_total{table="message_log"} 1',
    'busbar_retention_removed_rows_total{table="meter_sample"} 0',
    'busbar_retention_removed_rows_total{table="operation"} 2',
    'busbar_retention_removed_rows_total{table="outbox"} 0',
    'busbar_retention_removed_rows_total{table="quarantine"} 1',
    'busbar_retention_removed_rows_total{table="transaction"} 0',
  ]);
});

test('a node whose clock is wrong says so, and removes nothing for it', async (t) => {
  const { sql } = await testDatabase(t);
  await sql.query(
    `insert into message_key (station_id, kind, key, digest, answer, created_at) values ('CS1', 'x', 'y', '', '{}', now())`,
  );
  const complaints: string[] = [];
  const log = createLog({ level: 'warn', destination: { write: (line: string) => complaints.push(line) } });
  const inTwoYears = () => new Date(Date.now() + 730 * 86_400_000);
  let sweeps = 0;
  const metrics = { overdue() {}, inDefault() {}, removed: () => sweeps++ };
  const running = await startMaintenance({ pool: sql, config, now: inTwoYears, log, metrics, limits: quick });
  t.after(() => running.close());
  while (sweeps < 10) await new Promise((resolve) => setImmediate(resolve));
  await running.close();
  assert.match(complaints[0] ?? '', /the clocks of this node and of the database differ/);
  assert.equal((await sql.query('select from message_key')).rowCount, 1);
});

test('what retention could not drop is told: in the metrics, and in the log when it is a day behind', async (t) => {
  const database = await testDatabase(t);
  const { sql } = database;
  await sql.query(
    `create table outbox_p20200101 partition of outbox for values from ('2020-01-01T00:00Z') to ('2020-01-02T00:00Z')`,
  );
  const reader = await sql.connect();
  await reader.query('begin; select count(*) from outbox_p20200101');
  const { running, complaints, exposed } = await start(database);
  await running.close();
  await reader.query('commit');
  reader.release();
  assert.match(await exposed(), /busbar_retention_overdue_seconds{table="outbox"} 86400/);
  assert.match(complaints.join('\n'), /"table":"outbox","overdueSeconds":86400.*kept for longer/);
});
