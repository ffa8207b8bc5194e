import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationView } from '../../core/operation/view.ts';
import type { TransactionTwin } from '../../core/transaction/twin.ts';
import { Problem } from '../../problem.ts';
import { testDatabase } from '../../testing/database.ts';
import { makeStation, makeTransaction, noon, operationOf, say, writeAll } from '../../testing/station.ts';
import { getTransactionStatus } from './get-transaction-status.ts';
import { askForMissing, askForMissingEvents, missingEventsJob } from './missing-events.ts';

const withGap = makeTransaction('tx-1', {
  missing: [
    [1, 1],
    [3, 5],
  ],
  lastSeqNo: 6,
});
const answered = (messagesInQueue: boolean): Pick<OperationView, 'state' | 'result'> => ({
  state: 'Accepted',
  result: { status: 'Accepted', data: { messagesInQueue, ongoing: true } },
});

async function run({
  outcome,
  known = withGap,
  attempts = 1,
}: {
  outcome: Pick<OperationView, 'state' | 'result' | 'problem'> | Problem;
  known?: TransactionTwin | undefined;
  attempts?: number;
}) {
  const asked: object[] = [];
  const handler = askForMissingEvents({
    transactions: { find: async () => known, readings: async () => [], openOf: async () => new Map() },
  });
  const input = { transactionId: withGap.id, stationTransactionId: 'tx-1' };
  const job = { id: 'j', stationId: 'CS1', kind: missingEventsJob, subject: withGap.id, input, attempts };
  const result = await handler.run(job, {
    station: makeStation('2.1'),
    now: noon,
    async give(order) {
      asked.push({ command: order.command, input: order.input });
      if (outcome instanceof Problem) throw outcome;
      return operationOf(order, outcome);
    },
  });
  return { result, asked };
}

test('E14 asks about the transaction by its id on the wire', async () => {
  const { asked } = await run({ outcome: answered(true) });
  assert.deepEqual(asked, [{ command: 'get-transaction-status', input: { transactionId: 'tx-1' } }]);
});

test('E14.FR.04 messages that wait are waited for, longer each time, but not forever', async () => {
  const first = await run({ outcome: answered(true) });
  const second = await run({ outcome: answered(true), attempts: 2 });
  assert.ok(!first.result.done && !second.result.done);
  assert.ok(second.result.againInSeconds > first.result.againInSeconds);
  assert.equal((await run({ outcome: answered(true), attempts: 8 })).result.done, true);
});

test('E14.FR.05 messages that do not wait anywhere are lost, and that is found', async (t) => {
  const { sql } = await testDatabase(t);
  const { result } = await run({ outcome: answered(false) });
  assert.ok(result.done);
  await writeAll(sql, result.writes ?? []);
  const { rows } = await sql.query('select kind, subject, detail from finding');
  assert.deepEqual(rows, [
    {
      kind: 'events-lost',
      subject: 'tx-1',
      detail: 'Events 1, 3 to 5 of transaction tx-1 are lost: the station was asked, and it has none left',
    },
  ]);
});

test('a gap that was filled meanwhile needs no question', async () => {
  const { result, asked } = await run({ outcome: answered(false), known: makeTransaction('tx-1') });
  assert.deepEqual([result, asked], [{ done: true }, []]);
});

test('a station that does not know the question is not asked again', async () => {
  const problem = { code: 'NotSupported', detail: 'What is that?' };
  assert.deepEqual((await run({ outcome: { state: 'Failed', problem } })).result, { done: true });
  const unsupported = new Problem('unsupported-by-version', '1.6');
  assert.deepEqual((await run({ outcome: unsupported })).result, { done: true });
});

test('a station that is away is asked later', async () => {
  await assert.rejects(run({ outcome: new Problem('station-offline', 'away') }), { code: 'station-offline' });
  const problem = { code: 'NotAnswered', detail: 'No answer came' };
  assert.equal((await run({ outcome: { state: 'Failed', problem } })).result.done, false);
});

test('a question is written when a gap opens or the transaction ends with one, and else not', () => {
  const whole = makeTransaction('tx-1');
  const ended: TransactionTwin = { ...withGap, state: 'Ended' };
  const written = (before: TransactionTwin | undefined, after: TransactionTwin) =>
    askForMissing(before, after, noon).length;
  assert.equal(written(whole, withGap), 1);
  assert.equal(written(undefined, withGap), 1);
  assert.equal(written(withGap, withGap), 0);
  assert.equal(written(withGap, ended), 1);
  assert.equal(written(ended, ended), 0);
  assert.equal(written(whole, { ...whole, state: 'Ended' }), 0);
});

test('E14 the command asks of one transaction or of all, in 2.x', () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    const station = makeStation(version, { transactions: new Map([['tx-1', withGap]]) });
    for (const transactionId of ['tx-1', withGap.id]) {
      assert.deepEqual(say(station, getTransactionStatus, { transactionId }).requests, [
        { transactionId: 'tx-1' },
      ]);
    }
    assert.deepEqual(say(station, getTransactionStatus, { transactionId: 'old' }).requests, [
      { transactionId: 'old' },
    ]);
    const said = say(station, getTransactionStatus, {});
    assert.deepEqual(said.requests, [{}]);
    assert.deepEqual(said.answered({ messagesInQueue: true }).data, { messagesInQueue: true });
  }
});
