import assert from 'node:assert/strict';
import { test } from 'node:test';
import { versions } from '@busbar/ocpp';
import type { Acknowledged } from '../core.ts';
import { createTestCsms, type Payload } from '../testing/csms.ts';
import { LatencyHistogram } from './histogram.ts';
import { createLoad } from './load.ts';

test('the load is valid in all versions: boots, reports, and transactions whose numbers fit', async () => {
  const csms = await createTestCsms();
  const acknowledged: Acknowledged[] = [];
  const load = createLoad({
    url: csms.url,
    count: 9,
    versions,
    idToken: 'CARD-1',
    onAcknowledged: (record) => acknowledged.push(record),
  });
  const prepared = await load.prepare();
  assert.equal(prepared.byAction.BootNotification, 9);
  assert.equal(prepared.byAction.NotifyReport, 6 * 6);
  assert.equal(csms.payloads('NotifyReport').flatMap(({ reportData }) => reportData).length, 6 * 300);
  csms.forget();
  acknowledged.length = 0;
  const result = await load.run({ seconds: 0.5 });
  assert.deepEqual(result.failures, {});
  assert.equal(result.messages, csms.received.length);
  assert.equal(result.messages, acknowledged.length);
  const share = (actions: string[]) =>
    actions.reduce((sum, action) => sum + (result.byAction[action] ?? 0), 0) / result.messages;
  const others = share(['Authorize', 'StatusNotification', 'BootNotification']);
  assert.ok(Math.abs(others - 0.1) < 0.04, `${others} of the messages are none of metering`);
  for (const events of Map.groupBy(csms.payloads('TransactionEvent'), idOf).values()) {
    assert.deepEqual(
      events.map(({ seqNo }) => seqNo),
      events.map((_, index) => index),
    );
    assert.equal(events[0].eventType, 'Started');
    assert.equal(events.filter(({ eventType }) => eventType === 'Ended').length <= 1, true);
  }
  await load.stop();
  assert.deepEqual(csms.complaints, []);
  await csms.close();
});

test('a paced load keeps its rate', async () => {
  const csms = await createTestCsms();
  const load = createLoad({ url: csms.url, count: 20, idToken: 'CARD-1', variables: 0 });
  await load.prepare();
  const { messagesPerSecond } = await load.run({ seconds: 1, messagesPerSecond: 400 });
  assert.ok(Math.abs(messagesPerSecond - 400) < 60, `${messagesPerSecond} messages a second`);
  await load.stop();
  await csms.close();
});

test('what was not answered is said again, the same, on the next connection', async () => {
  const csms = await createTestCsms();
  const load = createLoad({ url: csms.url, count: 3, idToken: 'CARD-1', variables: 0 });
  await load.prepare();
  csms.forget();
  const running = load.run({ seconds: 2.5 });
  setTimeout(() => csms.cut(), 300);
  const { failures } = await running;
  assert.ok(failures.Closed || failures.NotConnected, JSON.stringify(failures));
  for (const events of Map.groupBy(csms.payloads('TransactionEvent'), idOf).values()) {
    const bySeqNo = Map.groupBy(events, ({ seqNo }) => seqNo);
    assert.equal(bySeqNo.size, Math.max(...bySeqNo.keys()) + 1, 'no gap');
    for (const [first, ...again] of bySeqNo.values())
      for (const event of again) assert.deepEqual(event, first);
  }
  await load.stop();
  await csms.close();
});

test('a histogram tells quantiles to within 3 percent', () => {
  const histogram = new LatencyHistogram();
  for (let ms = 1; ms <= 10_000; ms++) histogram.record(ms / 10);
  for (const part of [0.5, 0.99]) {
    const wanted = 1_000 * part;
    assert.ok(
      Math.abs(histogram.quantileMs(part) - wanted) < wanted * 0.035,
      String(histogram.quantileMs(part)),
    );
  }
  assert.equal(histogram.maxMs, 1_000);
  assert.equal(histogram.quantileMs(1), 1_000);
});

function idOf({ transactionInfo }: Payload): string {
  return transactionInfo.transactionId;
}
