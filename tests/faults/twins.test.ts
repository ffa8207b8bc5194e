import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOwnership } from '../../packages/csms/src/core/station/ownership.ts';
import { createTransactionStore } from '../../packages/csms/src/core/transaction/store.ts';
import { startCommander } from '../support/commander.ts';
import { type Csms, startCsms } from '../support/csms.ts';
import { eventually } from '../support/eventually.ts';
import { checkLedgers } from '../support/ledger-check.ts';
import { startLoad } from '../support/load.ts';
import { plainTwin } from '../support/plain-twin.ts';

const stations = 45;
const rounds = 8;

test('twins equal the database, whatever was cut under them', async (t) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));

  const csms = await startCsms(t);
  const load = await startLoad({ url: csms.server.ocppUrl, api: csms.api, stations, pauseMs: 5 });
  t.after(() => load.close());
  const commander = startCommander(
    csms.api,
    load.ledgers.map(({ id }) => id),
  );
  for (let round = 0; round < rounds; round++) {
    await load.progress(stations * 2);
    await cutDatabaseConnections(csms, round % 2 === 0 ? 'committer' : 'decisions');
    await load.progress(stations);
    load.drop(3);
  }
  await load.progress(stations * 3);
  await commander.stop();
  await load.pause();
  await eventually(() => csms.server.held.size === stations, 'all to be connected');
  const open = [...csms.server.held.values()].filter(({ station }) => station.transactions.size > 0);
  assert.ok(open.length > 0, 'some are in the middle of a transaction');
  const differences = await compareTwins(csms);
  assert.deepEqual(differences, []);

  load.resume();
  await load.finish();
  await checkLedgers(csms.database.sql, load);
  assert.deepEqual(unhandled, []);
});

test('all stations come back at once, and no batch waits for a deadlock to be found', async (t) => {
  const csms = await startCsms(t);
  const load = await startLoad({ url: csms.server.ocppUrl, api: csms.api, stations: 150, pauseMs: 5 });
  t.after(() => load.close());
  for (let round = 0; round < 6; round++) {
    await load.progress(300);
    load.drop(1);
  }
  await load.progress(300);
  const { rows } = await csms.database.sql.query(
    'select deadlocks::integer from pg_stat_database where datname = current_database()',
  );
  assert.deepEqual(rows, [{ deadlocks: 0 }]);
  assert.deepEqual(load.faults, []);
  assert.deepEqual(csms.complaints, []);
});

async function cutDatabaseConnections({ database }: Csms, name: string): Promise<void> {
  await database.sql.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'busbar ' || $1`,
    [name],
  );
}

/** Where a twin and what a new connection would load differ, by station and field. */
async function compareTwins({ server, database }: Csms): Promise<readonly string[]> {
  const before = new Map([...server.held].map(([id, { station }]) => [id, plainTwin(station)]));
  const load = createOwnership({
    pool: database.sql,
    node: 'the test',
    transactions: createTransactionStore(database.sql),
    now: () => new Date(),
  });
  const stored = await Promise.all([...before.keys()].map(async (id) => (await load(id))?.twin));
  return stored.flatMap((twin) => {
    assert.ok(twin);
    const { epoch, ...held } = before.get(twin.id) ?? { epoch: undefined };
    const { epoch: next, ...fresh } = plainTwin(twin);
    assert.equal(epoch, Number(next) - 1);
    return Object.keys(fresh)
      .filter((name) => !same(held[name as keyof typeof held], fresh[name as keyof typeof fresh]))
      .map(
        (name) =>
          `${twin.id} ${name}: ${JSON.stringify(held[name as keyof typeof held])} is ${JSON.stringify(fresh[name as keyof typeof fresh])} in the database`,
      );
  });
}

function same(one: unknown, other: unknown): boolean {
  try {
    assert.deepStrictEqual(one, other);
    return true;
  } catch {
    return false;
  }
}
