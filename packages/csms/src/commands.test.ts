import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type Bus, BusAway, BusFull, BusTimeout, Declined, NoHearer } from './bus/bus.ts';
import { createInProcessBus } from './bus/in-process.ts';
import { type CommandOrder, createGiveCommand } from './commands.ts';
import { writeIntent } from './core/operation/tables.ts';
import type { Problem } from './problem.ts';
import { makeDatabase, type TestDatabase } from './testing/database.ts';
import { insertStation, noon, writeAll } from './testing/station.ts';

let database: TestDatabase;
before(async () => {
  database = await makeDatabase();
  await insertStation(database.sql);
});
after(() => database.drop());
beforeEach(() => database.sql.query('delete from station_owner; delete from operation'));

const order: CommandOrder = { stationId: 'CS1', command: 'reset', input: {}, givenBy: 'operator', waitMs: 0 };
const operation = {
  id: '00000000-0000-4000-8000-000000000001',
  stationId: 'CS1',
  command: 'reset',
  state: 'Accepted',
  input: {},
  givenBy: 'operator',
  createdAt: noon.toISOString(),
};

/** Gives the order over a bus whose requests come to this, one after the other. */
function giveOver(...outcomes: (() => object | Promise<object>)[]) {
  let asked = 0;
  const bus: Bus = {
    ...createInProcessBus(),
    async request() {
      const outcome = outcomes[asked++];
      assert.ok(outcome, 'it was asked too often');
      return outcome();
    },
  };
  const give = createGiveCommand({ bus, pool: database.sql, digest: () => 'digest' });
  return { give: (more: Partial<CommandOrder> = {}) => give({ ...order, ...more }), asked: () => asked };
}

function fail(error: Error): () => never {
  return () => {
    throw error;
  };
}

const noHearer = fail(new NoHearer('nobody'));

async function connectedTo(node: string | null): Promise<void> {
  await database.sql.query("insert into station_owner (station_id, epoch, node) values ('CS1', 1, $1)", [
    node,
  ]);
}

test('a station that nobody serves is offline, when the database knows of no node that holds it', async () => {
  await assert.rejects(giveOver(noHearer).give(), { code: 'station-offline' });
  await connectedTo(null);
  const { give, asked } = giveOver(noHearer);
  await assert.rejects(give(), { code: 'station-offline' });
  assert.equal(asked(), 1);
  await assert.rejects(giveOver(noHearer).give({ stationId: 'CS9' }), { code: 'not-found' });
});

test('a node that has just taken the station is looked for a second time', async () => {
  await connectedTo('other');
  const { give } = giveOver(noHearer, () => ({ operation }));
  assert.deepEqual(await give(), operation);
});

test('where the node that holds the station cannot be reached that is said, with a time to try again', async () => {
  await connectedTo('other');
  const { give, asked } = giveOver(noHearer, noHearer);
  await assert.rejects(give(), (problem: Problem) => {
    assert.deepEqual([problem.code, problem.status], ['node-unreachable', 503]);
    assert.ok(Number(problem.headers['retry-after']) > 0);
    return true;
  });
  assert.equal(asked(), 2);
  const away = giveOver(fail(new BusAway('no NATS')));
  await assert.rejects(away.give(), { code: 'node-unreachable', detail: /\/stations\/CS1\/operations/ });
});

test('one that declines is believed: its problem is the outcome', async () => {
  const problem = { code: 'database-unavailable', detail: 'The database does not answer' };
  await assert.rejects(giveOver(fail(new Declined('not mine', { problem }))).give(), problem);
});

test('a bus that is full refuses the command', async () => {
  await assert.rejects(giveOver(fail(new BusFull('full'))).give(), { code: 'overloaded' });
});

test('when no answer comes the operation may exist: the caller is told where to look', async () => {
  const late = fail(new BusTimeout('late'));
  await assert.rejects(giveOver(late).give(), {
    code: 'operation-timeout',
    detail: /look at GET \/api\/v1\/stations\/CS1\/operations first/,
  });
  await assert.rejects(giveOver(late).give({ idempotencyKey: 'k' }), {
    code: 'operation-timeout',
    detail: /again with the same Idempotency-Key/,
  });
});

test('with an Idempotency-Key the operation is found when its answer was lost', async () => {
  await connectedTo('other');
  const record = async () => {
    const { id } = operation;
    const at = noon.toISOString();
    const given = {
      id,
      station_id: 'CS1',
      command: 'reset',
      input: {},
      correlation_id: undefined,
      action: 'Reset',
    };
    const by = {
      message_id: id,
      given_by: 'operator',
      idempotency_key: 'k',
      input_digest: 'digest',
      epoch: 1,
      at,
    };
    await writeAll(database.sql, [writeIntent({ ...given, ...by })]);
  };
  for (const error of [new BusTimeout('late'), new BusAway('cut')]) {
    await database.sql.query('delete from operation');
    const { give, asked } = giveOver(async () => {
      await record();
      throw error;
    });
    assert.equal((await give({ idempotencyKey: 'k' })).id, operation.id);
    assert.equal((await give({ idempotencyKey: 'k' })).state, 'Sent');
    assert.equal(asked(), 1);
  }
});
