import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationView } from '../../core/operation/view.ts';
import type { JobOrder } from '../../jobs.ts';
import { makeStation, noon, operationOf } from '../../testing/station.ts';
import { reportDeviceModel } from './report-device-model.ts';

async function runWith(outcome: Pick<OperationView, 'state' | 'result' | 'problem'>, attempts = 1) {
  const orders: JobOrder[] = [];
  const job = { id: 'j', stationId: 'CS1', kind: reportDeviceModel.kind, subject: '', input: {}, attempts };
  const result = await reportDeviceModel.run(job, {
    station: makeStation('2.1'),
    now: noon,
    async give(order) {
      orders.push(order);
      return operationOf(order, outcome);
    },
  });
  return { result, orders };
}

test('B07.FR.14 asks for the whole inventory', async () => {
  const { result, orders } = await runWith({ state: 'Accepted', result: { status: 'Accepted' } });
  assert.deepEqual(result, { done: true });
  assert.deepEqual(
    orders.map(({ command, input }) => [command, input]),
    [['get-base-report', { reportBase: 'FullInventory' }]],
  );
});

test('B07.FR.13 a station that cannot now is asked again; one that never can is not', async () => {
  const { result: busy } = await runWith({ state: 'Rejected', result: { status: 'Rejected' } });
  assert.equal(busy.done, false);
  const { result: unable } = await runWith({ state: 'Rejected', result: { status: 'NotSupported' } });
  assert.deepEqual(unable, { done: true });
});

const unanswered = { state: 'Failed', problem: { code: 'NotAnswered', detail: 'No answer came' } } as const;

test('a station that never answers is left alone in the end', async () => {
  assert.equal((await runWith(unanswered, 4)).result.done, false);
  assert.equal((await runWith(unanswered, 5)).result.done, true);
});
