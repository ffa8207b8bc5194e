import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { createLog } from '../log.ts';
import { makeDatabase, type TestDatabase } from '../testing/database.ts';
import { createBatchRunner } from './batch.ts';
import { createCommitter } from './committer.ts';
import { type relayLimits, startRelay } from './relay.ts';

const quick = { leaseMs: 300, leaseTryMs: 50, pollMs: 20, gatherMs: 1 } as const;
const log = createLog({ level: 'silent' });

/** A relay whose statements wait while it is held, as those of a process that is paused. */
function pausable(
  database: TestDatabase,
  holder: string,
  limits: Partial<Record<keyof typeof relayLimits, number>>,
) {
  let asked = 0;
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const connect = async (): Promise<Client> => {
    const client = await database.connectPipelined('relay');
    const query = client.query.bind(client);
    const paused = async (...query_: unknown[]) => {
      await gate.promise;
      asked += 1;
      return Reflect.apply(query, client, query_);
    };
    return Object.assign(client, { query: paused });
  };
  const relay = startRelay({ holder, connect, onPositions: () => {}, log, limits });
  return {
    relay,
    /** Statements that it has sent. */
    asked: () => asked,
    pause: () => {
      gate = Promise.withResolvers();
    },
    resume: () => gate.resolve(),
  };
}

async function setUp(t: TestContext) {
  const database = await makeDatabase();
  const committer = createCommitter({
    runner: createBatchRunner({ connect: () => database.connectPipelined('test'), probeTimeoutMs: 1_000 }),
    now: () => new Date(),
  });
  const ends: (() => Promise<unknown>)[] = [() => committer.close(), () => database.drop()];
  t.after(async () => {
    for (const end of ends) await end();
  });
  let said = 0;
  return {
    database,
    ends,
    say: () =>
      committer.commit({
        source: 'test',
        settle: () => ({
          answer: undefined,
          writes: [],
          events: Array.from({ length: 3 }, () => ({
            type: 'station.booted' as const,
            stationId: 'CS',
            at: new Date().toISOString(),
            data: { n: said++ },
          })),
        }),
      }),
    async positions(): Promise<bigint[]> {
      const { rows } = await database.sql.query(
        'select first_position, event_count from outbox where first_position is not null order by first_position',
      );
      return rows.flatMap(({ first_position, event_count }) =>
        Array.from({ length: event_count }, (_, index) => first_position + BigInt(index)),
      );
    },
    async holder(): Promise<string | null> {
      return (await database.sql.query('select holder from relay')).rows[0].holder;
    },
    async until(holds: () => Promise<boolean>) {
      for (let tries = 0; !(await holds()); tries++) {
        assert.ok(tries < 500, 'it never came to hold');
        await delay(10);
      }
    },
  };
}

test('one relay at a time; one that was paused gives no position after another has taken over', async (t) => {
  const { database, ends, say, positions, holder, until } = await setUp(t);
  const first = pausable(database, 'first', quick);
  await until(async () => (await holder()) === 'first');
  const second = pausable(database, 'second', { ...quick, leaseMs: 600_000 });
  ends.unshift(() => {
    for (const { resume } of [first, second]) resume();
    return Promise.all([first.relay.close(), second.relay.close()]);
  });
  await say();
  await until(async () => (await positions()).length === 3);
  first.pause();
  await say();
  await until(async () => (await holder()) === 'second');
  await until(async () => (await positions()).length === 6);
  second.pause();
  await say();
  const before = first.asked();
  first.resume();
  await until(async () => first.asked() > before + 2);
  assert.equal((await positions()).length, 6, 'what the first had still to say is without effect');
  second.resume();
  await until(async () => (await positions()).length === 9);
  assert.equal(await holder(), 'second');
  assert.deepEqual(
    await positions(),
    Array.from({ length: 9 }, (_, index) => BigInt(index + 1)),
  );
});

test('a relay that ends in good order leaves its lease to the next at once', async (t) => {
  const { database, ends, say, positions, holder, until } = await setUp(t);
  const options = { onPositions: () => {}, log, connect: () => database.connectPipelined('relay') };
  const long = { ...quick, leaseMs: 600_000 };
  const first = startRelay({ ...options, holder: 'first', limits: long });
  await until(async () => (await holder()) === 'first');
  const second = startRelay({ ...options, holder: 'second', limits: long });
  ends.unshift(() => second.close());
  await first.close();
  await say();
  await until(async () => (await positions()).length === 3);
  assert.equal(await holder(), 'second');
});

test('a relay whose connection is cut comes back by itself', async (t) => {
  const { database, ends, say, positions, until } = await setUp(t);
  const relay = startRelay({
    holder: 'only',
    connect: () => database.connectPipelined('cut'),
    onPositions: () => {},
    log,
    limits: quick,
  });
  ends.unshift(() => relay.close());
  await say();
  await until(async () => (await positions()).length === 3);
  await database.sql.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'busbar cut'",
  );
  await say();
  await until(async () => (await positions()).length === 6);
});
