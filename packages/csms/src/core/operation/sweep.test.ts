import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { reset } from '../../blocks/provisioning/reset.ts';
import { getTransactionStatus } from '../../blocks/transactions/get-transaction-status.ts';
import { createBatchRunner } from '../../store/batch.ts';
import { createCommitter } from '../../store/committer.ts';
import { type TestDatabase, withDatabase } from '../../testing/database.ts';
import { insertStation, noon, writeAll } from '../../testing/station.ts';
import { lostOperation } from './lost.ts';
import { sweepLimits, sweepLostOperations } from './sweep.ts';
import { writeIntent } from './tables.ts';

function withSweep(
  use: (database: TestDatabase, sweep: () => Promise<void>) => Promise<void>,
): Promise<void> {
  return withDatabase(async (database) => {
    await insertStation(database.sql);
    const committer = createCommitter({
      runner: createBatchRunner({ connect: () => database.connectPipelined('sweep'), probeTimeoutMs: 500 }),
      now: () => noon,
    });
    try {
      const commands = [reset, getTransactionStatus];
      await use(database, () =>
        sweepLostOperations({ pool: database.sql, committer, commands, now: () => noon }),
      );
    } finally {
      await committer.close();
    }
  });
}

/** An operation that was sent so many minutes before noon. */
async function sent({ sql }: TestDatabase, minutesAgo: number, command = 'reset'): Promise<string> {
  const id = randomUUID();
  const at = new Date(noon.getTime() - minutesAgo * 60_000).toISOString();
  const given = { id, station_id: 'CS1', command, input: {}, correlation_id: undefined, action: 'A' };
  const by = { message_id: id, given_by: 'job', idempotency_key: undefined, input_digest: '', epoch: 1, at };
  await writeAll(sql, [writeIntent({ ...given, ...by })]);
  return id;
}

async function lost(database: TestDatabase, minutesAgo: number, command = 'reset'): Promise<string> {
  const id = await sent(database, minutesAgo, command);
  const problem = { code: 'Timeout', detail: 'No answer' };
  await writeAll(
    database.sql,
    lostOperation({ id, station_id: 'CS1', command }, problem, noon.toISOString()).writes,
  );
  return id;
}

async function standing({ sql }: TestDatabase, id: string) {
  const { rows } = await sql.query(
    `select state, problem ->> 'code' as code,
       (select count(*)::integer from job where subject = operation.id::text and job.state = 'Open') as jobs,
       (select count(*)::integer from outbox where position(operation.id::text in events) > 0) as told
     from operation where id = $1`,
    [id],
  );
  return rows[0];
}

test('what was sent long ago is lost, with its event and its job; what was sent just now is not', () =>
  withSweep(async (database, sweep) => {
    const old = await sent(database, sweepLimits.lostAfterMinutes + 1);
    const fresh = await sent(database, sweepLimits.lostAfterMinutes - 1);
    await sweep();
    assert.deepEqual(await standing(database, old), { state: 'Unknown', code: 'Lost', jobs: 1, told: 1 });
    assert.deepEqual(await standing(database, fresh), { state: 'Sent', code: null, jobs: 0, told: 0 });
  }));

test('a question that was lost fails without its station', () =>
  withSweep(async (database, sweep) => {
    const id = await lost(database, 1, 'get-transaction-status');
    await sweep();
    const { state, code, told } = await standing(database, id);
    assert.deepEqual([state, code, told], ['Failed', 'NotAnswered', 1]);
  }));

test('nobody waits for ever for a station that does not come back', () =>
  withSweep(async (database, sweep) => {
    const days = sweepLimits.givenUpAfterDays * 24 * 60;
    const old = await lost(database, days + 1);
    const young = await lost(database, days - 1);
    await sweep();
    const { state, code, told } = await standing(database, old);
    assert.deepEqual([state, code, told], ['Failed', 'NotConfirmed', 1]);
    assert.deepEqual(await standing(database, young), {
      state: 'Unknown',
      code: 'Timeout',
      jobs: 1,
      told: 0,
    });
  }));

test('one that is Unknown and has no job gets one', () =>
  withSweep(async (database, sweep) => {
    const none = await lost(database, 1);
    const givenUp = await lost(database, 1);
    await database.sql.query('delete from job where subject = $1', [none]);
    await database.sql.query("update job set state = 'GivenUp' where subject = $1", [givenUp]);
    await sweep();
    await sweep();
    assert.equal((await standing(database, none)).jobs, 1);
    assert.equal((await standing(database, givenUp)).jobs, 1);
  }));

test('several nodes sweep at once: each operation is settled and told once, however many there are', () =>
  withSweep(async (database, sweep) => {
    const count = sweepLimits.atOnce + 20;
    await database.sql.query(
      `insert into operation (id, station_id, command, state, input, given_by, input_digest, created_at)
       select gen_random_uuid(), 'CS1', 'reset', 'Sent', '{}', 'job', '', $1::timestamptz - interval '1 hour'
       from generate_series(1, $2::integer)`,
      [noon.toISOString(), count],
    );
    await Promise.all([sweep(), sweep(), sweep()]);
    const { rows } = await database.sql.query(
      `select count(*)::integer as told, count(distinct event -> 'data' ->> 'operationId')::integer as operations
       from outbox, json_array_elements(events::json) as event`,
    );
    assert.deepEqual(rows, [{ told: count, operations: count }]);
    const { rows: jobs } = await database.sql.query('select count(*)::integer as jobs from job');
    assert.deepEqual(jobs, [{ jobs: count }]);
  }));
