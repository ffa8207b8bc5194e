import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Type } from 'typebox';
import { type Command, defineCommand } from '../../command.ts';
import type { JobOrder, JobOutcome } from '../../jobs.ts';
import { Problem } from '../../problem.ts';
import { makeDatabase, type TestDatabase } from '../../testing/database.ts';
import { insertStation, makeStation, noon, writeAll } from '../../testing/station.ts';
import type { Verdict, WhenLost } from '../../when-lost.ts';
import { lostOperation, settleOperationJob } from './lost.ts';
import { settleLimits, settleOperations } from './settle-operation.ts';
import { writeIntent, writeSettlement } from './tables.ts';
import { type OperationView, operationView } from './view.ts';

let database: TestDatabase;
before(async () => {
  database = await makeDatabase();
  await insertStation(database.sql);
});
after(() => database.drop());

const problem = { code: 'Timeout', detail: 'The station did not answer in time' };

function commandWith(whenLost: WhenLost, more: Pick<Command, 'onFailed'> = {}): Command {
  const texts = { name: 'wanted', summary: 'For tests', description: 'For tests.' };
  return {
    ...defineCommand({
      ...texts,
      permission: 'stations:operate',
      input: Type.Object({}),
      whenLost,
      dialects: [],
    }),
    ...more,
  };
}

/** An operation that was sent over the connection of this epoch and lost. */
async function lose(epoch = 1): Promise<string> {
  const id = randomUUID();
  const at = noon.toISOString();
  const given = { station_id: 'CS1', command: 'wanted', input: {}, correlation_id: 7, action: 'Wanted' };
  const by = { message_id: id, given_by: 'job', idempotency_key: undefined, input_digest: '', epoch, at };
  await writeAll(database.sql, [writeIntent({ id, ...given, ...by })]);
  await writeAll(database.sql, lostOperation({ id, ...given }, problem, at).writes);
  return id;
}

async function look(
  id: string,
  command: Command,
  given: {
    input?: object;
    afterSeconds?: number;
    epoch?: number;
    give?: (order: JobOrder) => Promise<OperationView>;
  } = {},
): Promise<JobOutcome> {
  const { input = {}, afterSeconds = 0, epoch = 1 } = given;
  const job = { id: 'j', stationId: 'CS1', kind: settleOperationJob, subject: id, input, attempts: 1 };
  return settleOperations({ pool: database.sql, commands: [command] }).run(job, {
    station: makeStation('2.1', { epoch }),
    now: new Date(noon.getTime() + afterSeconds * 1_000),
    give: given.give ?? (() => assert.fail('nothing is to be given')),
  });
}

/** What the outcome makes of the operation, and what it tells. */
async function stateAfter(id: string, outcome: JobOutcome) {
  assert.ok(outcome.done, JSON.stringify(outcome));
  const changed = outcome.change?.settle({ held: [true] });
  await writeAll(database.sql, changed?.writes ?? []);
  const { rows } = await database.sql.query('select * from operation where id = $1', [id]);
  const { state, problem: why, settledAt } = operationView(rows[0]);
  const told = changed?.events.map(({ data }) => ('state' in data ? data.state : undefined));
  changed?.apply?.();
  return { state, code: why?.code, detail: why?.detail, isSettled: settledAt !== undefined, told };
}

function waits(outcome: JobOutcome): { input: object; againInSeconds: number } {
  assert.ok(!outcome.done && outcome.waits, JSON.stringify(outcome));
  return { input: outcome.waits.input, againInSeconds: outcome.againInSeconds };
}

test('a command that only asks is failed, to be asked again', async () => {
  const id = await lose();
  const outcome = await look(id, commandWith({ kind: 'changes-nothing' }));
  const { state, code, isSettled, told } = await stateAfter(id, outcome);
  assert.deepEqual([state, code, isSettled, told], ['Failed', 'NotAnswered', true, ['Failed']]);
});

test('where only the answer tells it is waited for, as long as the connection is the same', async () => {
  const command = commandWith({ kind: 'cannot-be-known' });
  const id = await lose();
  const { input, againInSeconds } = waits(await look(id, command));
  assert.equal(againInSeconds, settleLimits.lateAnswerSeconds);
  const outcome = await look(id, command, { input, afterSeconds: againInSeconds });
  assert.deepEqual((await stateAfter(id, outcome)).code, 'NotConfirmed');
  const other = await lose();
  assert.equal((await stateAfter(other, await look(other, command, { epoch: 2 }))).code, 'NotConfirmed');
});

test('facts are waited for, and settle it when they show', async () => {
  let verdict: Verdict = { is: 'not-yet' };
  const command = commandWith({
    kind: 'shows-in-facts',
    withinSeconds: 60,
    otherwise: 'NotDone',
    look: () => verdict,
  });
  const id = await lose();
  const { input } = waits(await look(id, command));
  waits(await look(id, command, { input, afterSeconds: 59 }));
  verdict = { is: 'done' };
  const { state, code, told } = await stateAfter(id, await look(id, command, { input, afterSeconds: 59 }));
  assert.deepEqual([state, code, told], ['Accepted', undefined, ['Accepted']]);
});

test('facts that do not show in their time mean what the command says they mean, and the command is told', async () => {
  let failed = 0;
  const look60 = {
    kind: 'shows-in-facts',
    withinSeconds: 60,
    look: (): Verdict => ({ is: 'not-yet' }),
  } as const;
  for (const otherwise of ['NotDone', 'NotConfirmed'] as const) {
    const command = commandWith(
      { ...look60, otherwise },
      {
        onFailed(_input, { correlationId }) {
          assert.equal(correlationId, 7);
          failed += 1;
        },
      },
    );
    const id = await lose();
    const { input } = waits(await look(id, command));
    const outcome = await look(id, command, { input, afterSeconds: 60 });
    const { state, code, detail } = await stateAfter(id, outcome);
    assert.deepEqual([state, code], ['Failed', otherwise]);
    assert.match(detail ?? '', /^The station did not answer in time; nothing shows/);
  }
  assert.equal(failed, 2);
});

test('the time for facts begins when the station is there, however long it was away', async () => {
  const whenLost = { kind: 'shows-in-facts', withinSeconds: 60, otherwise: 'NotDone' } as const;
  const command = commandWith({ ...whenLost, look: () => ({ is: 'not-yet' }) });
  const id = await lose();
  waits(await look(id, command, { afterSeconds: 86_400 }));
});

test('a question is asked, and its answer settles the operation', async () => {
  const orders: JobOrder[] = [];
  const give = async (order: JobOrder): Promise<OperationView> => {
    orders.push(order);
    const { stationId, command, input } = order;
    const status = orders.length === 1 ? 'No' : 'Yes';
    const at = noon.toISOString();
    return {
      id: 'q',
      stationId,
      command,
      input,
      state: 'Accepted',
      result: { status },
      givenBy: 'job',
      createdAt: at,
    };
  };
  const command = commandWith({
    kind: 'ask',
    question: () => ({ command: 'question', input: { what: 1 } }),
    judge: (_lost, { result }) =>
      result?.status === 'Yes' ? { is: 'done' } : { is: 'not-done', seen: 'the station says No' },
  });
  const id = await lose();
  const { state, code, detail } = await stateAfter(id, await look(id, command, { give }));
  assert.deepEqual([state, code], ['Failed', 'NotDone']);
  assert.match(detail ?? '', /; the station says No$/);
  const other = await lose();
  assert.equal((await stateAfter(other, await look(other, command, { give }))).state, 'Accepted');
  assert.deepEqual(
    orders.map(({ stationId, command: asked, input }) => [stationId, asked, input]),
    [1, 2].map(() => ['CS1', 'question', { what: 1 }]),
  );
});

test('a station that has nothing to tell yet is asked again, but not forever', async () => {
  let asked = 0;
  const give = async (): Promise<OperationView> => {
    asked += 1;
    const of = { id: 'q', stationId: 'CS1', command: 'question', input: {}, givenBy: 'job' };
    return { ...of, state: 'Failed', createdAt: noon.toISOString() };
  };
  const question = { command: 'question', input: {} };
  const command = commandWith({ kind: 'ask', question: () => question, judge: () => ({ is: 'not-yet' }) });
  const id = await lose();
  let input: object = {};
  for (let n = 1; n < settleLimits.questions; n++)
    ({ input } = waits(await look(id, command, { input, give })));
  assert.equal((await stateAfter(id, await look(id, command, { input, give }))).code, 'NotConfirmed');
  assert.equal(asked, settleLimits.questions);
});

test('what cannot be asked is not known; a station that is away is asked later', async () => {
  const question = { command: 'question', input: {} };
  const command = commandWith({
    kind: 'ask',
    question: () => question,
    judge: () => assert.fail('no answer'),
  });
  const refusing = (code: Problem['code']) => async () => {
    throw new Problem(code, 'No.');
  };
  const id = await lose();
  await assert.rejects(look(id, command, { give: refusing('station-offline') }), { code: 'station-offline' });
  const outcome = await look(id, command, { give: refusing('unsupported-by-version') });
  assert.equal((await stateAfter(id, outcome)).code, 'NotConfirmed');
  const mute = commandWith({ kind: 'ask', question: () => undefined, judge: () => assert.fail('no answer') });
  const other = await lose();
  assert.equal((await stateAfter(other, await look(other, mute))).code, 'NotConfirmed');
});

test('what settled it first stands, and is told once more: the loss was told after it', async () => {
  const id = await lose();
  const at = noon.toISOString();
  const result = { status: 'Accepted' };
  await writeAll(database.sql, [writeSettlement({ id, state: 'Accepted', result, problem: undefined, at })]);
  const outcome = await look(id, commandWith({ kind: 'changes-nothing' }));
  const { state, told } = await stateAfter(id, outcome);
  assert.deepEqual([state, told], ['Accepted', ['Accepted']]);
});

test('an operation that was settled is not lost, and keeps its time', async () => {
  const id = await lose();
  const at = noon.toISOString();
  const settled = { id, state: 'Rejected', result: { status: 'Rejected' }, problem: undefined, at };
  await writeAll(database.sql, [writeSettlement(settled)]);
  const later = new Date(noon.getTime() + 1_000).toISOString();
  await writeAll(
    database.sql,
    lostOperation({ id, station_id: 'CS1', command: 'wanted' }, problem, later).writes,
  );
  const { rows } = await database.sql.query('select * from operation where id = $1', [id]);
  const { state, settledAt, problem: why } = operationView(rows[0]);
  assert.deepEqual([state, settledAt, why], ['Rejected', at, undefined]);
});
