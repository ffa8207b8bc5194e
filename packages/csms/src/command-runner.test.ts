import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CallFailed, type CallFailure, type Peer } from '@busbar/ocpp';
import { getBaseReport } from './blocks/provisioning/get-base-report.ts';
import { reset } from './blocks/provisioning/reset.ts';
import { getTransactionStatus } from './blocks/transactions/get-transaction-status.ts';
import { Declined } from './bus/bus.ts';
import { type CommandTarget, createCommandRunner } from './command-runner.ts';
import type { OrderReply } from './commands.ts';
import { settleOperation } from './core/operation/settle.ts';
import { type OperationView, operationView } from './core/operation/view.ts';
import { createLog } from './log.ts';
import { createBatchRunner } from './store/batch.ts';
import { type Committer, createCommitter, DatabaseAway } from './store/committer.ts';
import { makeDatabase, type TestDatabase } from './testing/database.ts';
import { insertStation, makeStation } from './testing/station.ts';

let database: TestDatabase;
let committer: Committer;
before(async () => {
  database = await makeDatabase();
  committer = createCommitter({
    runner: createBatchRunner({ connect: () => database.connectPipelined('runner'), probeTimeoutMs: 500 }),
    now: () => new Date(),
  });
  await insertStation(database.sql);
  await database.sql.query("insert into station_owner (station_id, epoch, node) values ('CS1', 1, 'n')");
});
after(async () => {
  await committer.close();
  await database.drop();
});

const order = {
  stationId: 'CS1',
  command: 'reset',
  input: { type: 'Immediate' },
  givenBy: 'operator',
  inputDigest: '',
  waitMs: 5_000,
};

/** A station that answers calls like this. */
function target(call: Peer['call'], epoch = 1): CommandTarget {
  const peer: Pick<Peer, 'call'> = { call };
  // Of a peer the runner only calls.
  return { station: makeStation('2.1', { epoch }), peer: peer as Peer, overdue: new Map() };
}

function runner(commit: Committer['commit'] = committer.commit) {
  return createCommandRunner({
    commands: [reset, getTransactionStatus, getBaseReport],
    committer: { ...committer, commit },
    requestNumbers: { take: async () => 1 },
    ask: () => assert.fail('nothing is asked'),
    now: () => new Date(),
    log: createLog({ level: 'silent' }),
    messageLog: false,
  });
}

function failing(reason: CallFailure, sent = true): Peer['call'] {
  return async (_action: string, _payload: object, options?: { readonly messageId?: string }) => {
    throw new CallFailed({ reason, message: reason, sent, messageId: options?.messageId ?? '' });
  };
}

function operationOf(reply: OrderReply): OperationView {
  assert.ok('operation' in reply, JSON.stringify(reply));
  return reply.operation;
}

/** How the operation stands, its open jobs, and the states that were told of it. */
async function standing(id: string) {
  const { rows } = await database.sql.query(
    'select state, problem, result, settled_at from operation where id = $1',
    [id],
  );
  const jobs = await database.sql.query("select from job where kind = 'settle-operation' and subject = $1", [
    id,
  ]);
  const told = await database.sql.query<{ state: string }>(
    `select event -> 'data' ->> 'state' as state from outbox, json_array_elements(events::json) as event
     where event -> 'data' ->> 'operationId' = $1 order by seq`,
    [id],
  );
  const [row] = rows;
  return {
    state: row?.state,
    code: row?.problem?.code,
    status: row?.result?.status,
    isSettled: row?.settled_at !== null,
    jobs: jobs.rows.length,
    told: told.rows.map(({ state }) => state),
  };
}

test('a connection that has lost its station declines, having sent nothing', async () => {
  const call = () => assert.fail('nothing is sent');
  await assert.rejects(runner().run(target(call, 0), order), (error: unknown) => {
    assert.ok(error instanceof Declined);
    assert.equal(
      'problem' in error.reply && JSON.stringify(error.reply.problem).includes('node-unreachable'),
      true,
    );
    return true;
  });
  const { rows } = await database.sql.query('select from operation');
  assert.equal(rows.length, 0);
});

test('a node whose database is away declines, having sent nothing', async () => {
  const call = () => assert.fail('nothing is sent');
  const away = runner(() => Promise.reject(new DatabaseAway('away')));
  await assert.rejects(away.run(target(call), order), Declined);
});

test('what is wrong with the command itself is a problem, whoever holds the station', async () => {
  const call = () => assert.fail('nothing is sent');
  const reply = await runner().run(target(call), { ...order, command: 'dance' });
  assert.ok('problem' in reply);
  assert.equal(reply.problem.code, 'not-found');
});

for (const reason of ['Timeout', 'Closed', 'InvalidResponse'] as const) {
  test(`${reason}: what became of a command that left is to be found out`, async () => {
    const { id, state } = operationOf(await runner().run(target(failing(reason)), order));
    assert.equal(state, 'Unknown');
    const expected = { state: 'Unknown', code: reason, status: undefined, isSettled: false, jobs: 1 };
    assert.deepEqual(await standing(id), { ...expected, told: ['Sent', 'Unknown'] });
  });

  test(`${reason}: a command that did not leave has failed`, async () => {
    const { id } = operationOf(await runner().run(target(failing(reason, false)), order));
    const expected = { state: 'Failed', code: reason, status: undefined, isSettled: true, jobs: 0 };
    assert.deepEqual(await standing(id), { ...expected, told: ['Sent', 'Failed'] });
  });

  test(`${reason}: a command that only asks has failed, with nothing to be found out`, async () => {
    const question = { ...order, command: 'get-transaction-status', input: {} };
    const { id } = operationOf(await runner().run(target(failing(reason)), question));
    const code = reason === 'InvalidResponse' ? reason : 'NotAnswered';
    const expected = { state: 'Failed', code, status: undefined, isSettled: true, jobs: 0 };
    assert.deepEqual(await standing(id), { ...expected, told: ['Sent', 'Failed'] });
  });
}

test('a late answer settles what was given up', async () => {
  const late = target(failing('Timeout'));
  const commands = runner();
  const { id } = operationOf(await commands.run(late, order));
  await commands.lateAnswer(late, { messageId: id, action: 'Reset', payload: { status: 'Scheduled' } });
  const expected = { state: 'Accepted', code: undefined, status: 'Scheduled', isSettled: true, jobs: 1 };
  assert.deepEqual(await standing(id), { ...expected, told: ['Sent', 'Unknown', 'Accepted'] });
});

/** As another node would, to which the station has gone meanwhile. */
async function settleElsewhere(operation: OperationView): Promise<void> {
  const problem = { code: 'NotConfirmed', detail: 'Nobody knows' };
  const change = settleOperation({ ...operation, state: 'Failed', problem }, new Date());
  await committer.commit({
    source: 'test',
    claims: change.claims,
    settle: (found) => ({ answer: undefined, ...change.settle(found) }),
  });
}

test('a late answer to what was settled meanwhile is added to it, and changes nothing else', async () => {
  const late = target(failing('Timeout'));
  const commands = runner();
  const operation = operationOf(await commands.run(late, order));
  await settleElsewhere(operation);
  const { id } = operation;
  await commands.lateAnswer(late, { messageId: id, action: 'Reset', payload: { status: 'Accepted' } });
  const expected = { state: 'Failed', code: 'NotConfirmed', status: 'Accepted', isSettled: true, jobs: 1 };
  assert.deepEqual(await standing(id), { ...expected, told: ['Sent', 'Unknown', 'Failed'] });
});

test('who waits is not told an outcome that another has forestalled, but to follow the operation', async () => {
  const answer: Peer['call'] = async () => {
    const { rows } = await database.sql.query("select * from operation where state = 'Sent'");
    for (const row of rows) await settleElsewhere(operationView(row));
    return { status: 'Accepted' };
  };
  const { id, state } = operationOf(await runner().run(target(answer), order));
  assert.equal(state, 'Sent');
  assert.equal((await standing(id)).state, 'Failed');
});

test('an operation whose answer cannot be recorded is given back open: it was sent', async () => {
  let commits = 0;
  const commands = runner((entry) => {
    commits += 1;
    return commits === 1 ? committer.commit(entry) : Promise.reject(new DatabaseAway('away'));
  });
  const answer: Peer['call'] = async () => ({ status: 'Accepted' });
  const { id, state } = operationOf(await commands.run(target(answer), order));
  assert.equal(state, 'Sent');
  assert.equal((await standing(id)).state, 'Sent');
});

test('a report that comes over a connection which has lost its station is kept, but not for what the next one has loaded', async (t) => {
  const { sql } = database;
  t.after(() => sql.query('update station_owner set epoch = 1'));
  const configuration = { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '60' }] };
  const inventoryOf = async () => (await sql.query('select inventory_of from station')).rows[0].inventory_of;
  const ask = { ...order, command: 'get-base-report', input: { reportBase: 'FullInventory' } };
  const old = target(async () => {
    await sql.query('update station_owner set epoch = 2');
    return configuration;
  });
  const station = makeStation('1.6');
  const { id, state } = operationOf(await runner().run({ ...old, station }, ask));
  assert.equal(state, 'Accepted');
  assert.equal((await standing(id)).state, 'Accepted');
  assert.equal((await sql.query('select from variable')).rowCount, 1);
  assert.equal(await inventoryOf(), null);
  assert.equal(station.inventoryOf, undefined);

  const present = makeStation('1.6', { epoch: 2 });
  await runner().run({ ...target(async () => configuration), station: present }, ask);
  assert.equal(await inventoryOf(), '');
  assert.equal(present.inventoryOf, '');
});
