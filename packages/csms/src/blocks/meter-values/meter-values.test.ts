import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { createAsk } from '../../core/queries.ts';
import { createTransactionStore, type TransactionStore } from '../../core/transaction/store.ts';
import { writeTransaction } from '../../core/transaction/tables.ts';
import type { TransactionTwin } from '../../core/transaction/twin.ts';
import { testDatabase } from '../../testing/database.ts';
import { makeStation, makeTransaction, noon, receiveFrom, writeAll } from '../../testing/station.ts';
import { meterValues } from './meter-values.ts';

const nothingStored: TransactionStore = {
  find: async () => undefined,
  readings: async () => [],
  openOf: async () => new Map(),
};

function receivers(transactions: TransactionStore = nothingStored) {
  return meterValues({ transactions, ask: createAsk(() => []), newId: randomUUID });
}

const meterValue = [{ timestamp: '2026-03-01T11:58:00Z', sampledValue: [{ value: '1500' }] }];
const values16 = (connectorId: number, transactionId?: number) => ({
  connectorId,
  meterValue,
  ...(transactionId !== undefined && { transactionId }),
});
const withOpen = (...open: TransactionTwin[]) =>
  makeStation('1.6', {
    transactions: new Map(open.map((transaction) => [transaction.stationTransactionId, transaction])),
  });
const typesOf = (events: readonly { type: string }[]) => events.map(({ type }) => type);

test('J01.FR.18 2.x values are samples of their EVSE', async () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    const payload = {
      evseId: 1,
      meterValue: [
        { timestamp: '2026-03-01T12:00:00Z', sampledValue: [{ value: 12.5, measurand: 'Voltage' }] },
      ],
    };
    const { answer, writes, events } = await receiveFrom(
      makeStation(version),
      receivers(),
      'MeterValues',
      payload,
    );
    assert.deepEqual(answer, {});
    assert.deepEqual(
      writes.map(({ kind }) => kind.name),
      ['meter_sample'],
    );
    assert.deepEqual(typesOf(events), ['meter-values.received']);
  }
});

test('1.6 section 4.7: values without a transaction are samples of their connector, 0 being the station', async () => {
  for (const [connectorId, at] of [
    [2, { evse_id: 2, connector_id: 1 }],
    [0, { evse_id: 0, connector_id: 0 }],
  ] as const) {
    const { writes } = await receiveFrom(withOpen(), receivers(), 'MeterValues', values16(connectorId));
    const [write] = writes;
    assert.ok(write);
    assert.deepEqual({ ...write.row, ...at }, write.row);
    assert.deepEqual({ ...write.row, transaction_id: undefined }, write.row);
  }
});

test('1.6 values of an open transaction are an event of it', async () => {
  const station = withOpen(makeTransaction('7', { version: '1.6' }));
  const { writes, events, findings, apply } = await receiveFrom(
    station,
    receivers(),
    'MeterValues',
    values16(1, 7),
  );
  assert.deepEqual(writes.map(({ kind }) => kind.name).sort(), ['meter_sample', 'transaction_event']);
  assert.deepEqual(typesOf(events), ['transaction.updated']);
  assert.deepEqual(findings, []);
  apply?.();
  assert.equal(station.transactions.get('7')?.events, 2);
});

for (const number of [-1, 0, 4711]) {
  test(`1.6 values of the unknown transaction ${number} are of the one that is open at the connector`, async () => {
    const station = withOpen(
      makeTransaction('7', { version: '1.6' }),
      makeTransaction('8', { version: '1.6', id: randomUUID(), evseId: 2 }),
    );
    const { events, findings } = await receiveFrom(station, receivers(), 'MeterValues', values16(2, number));
    assert.deepEqual(typesOf(events), ['transaction.updated']);
    assert.equal(Reflect.get(events[0]?.data ?? {}, 'stationTransactionId'), '8');
    assert.deepEqual(
      findings?.map(({ kind, subject }) => [kind, subject]),
      [['transaction-unknown', String(number)]],
    );
  });
}

test('1.6 values of an unknown transaction are kept where none is open, with a finding', async () => {
  const { answer, writes, events, findings } = await receiveFrom(
    withOpen(),
    receivers(),
    'MeterValues',
    values16(1, 99),
  );
  assert.deepEqual(answer, {});
  assert.deepEqual(
    writes.map(({ kind }) => kind.name),
    ['meter_sample'],
  );
  assert.deepEqual(typesOf(events), ['meter-values.received']);
  assert.equal(findings?.[0]?.kind, 'transaction-unknown');
});

test('values that come after the end of their 1.6 transaction settle its energy again', async () => {
  const ended = makeTransaction('7', { version: '1.6', state: 'Ended', endSeen: true });
  const stored = receivers({
    ...nothingStored,
    find: async (_station, id) => (id === '7' ? ended : undefined),
  });
  const { writes, events } = await receiveFrom(withOpen(), stored, 'MeterValues', values16(1, 7));
  assert.ok(writes.some(({ kind }) => kind.name === 'transaction_event'));
  assert.deepEqual(typesOf(events), ['transaction.updated']);
});

test('a repetition has the same key whatever the order of its members', () => {
  const [receiver] = receivers();
  const message = (payload: object) => ({
    station: withOpen(),
    version: '1.6' as const,
    action: 'MeterValues',
    messageId: Math.random().toString(),
    payload,
    received: payload,
    mode: 'lenient' as const,
    receivedAt: noon,
  });
  const keyOf = (payload: object) => {
    const decided = receiver?.decide(message(payload), undefined);
    return decided && 'settle' in decided ? decided.key?.key : undefined;
  };
  const one = keyOf(values16(1));
  assert.ok(one);
  assert.equal(keyOf({ meterValue, connectorId: 1 }), one);
  assert.notEqual(keyOf(values16(2)), one);
});

test('values that cannot be read are put aside and acknowledged', () => {
  for (const receiver of receivers()) assert.deepEqual(receiver.acknowledgeUnread?.(), {});
});

test('samples and events of a transaction are kept in the database', async (t) => {
  const { sql } = await testDatabase(t);
  const open = makeTransaction('7', { version: '1.6' });
  const store = createTransactionStore(sql);
  const station = withOpen(open);
  await writeAll(sql, [writeTransaction(open)]);
  for (const payload of [values16(1, 7), values16(1), values16(1, 4711)]) {
    const { writes, apply } = await receiveFrom(station, receivers(store), 'MeterValues', payload);
    await writeAll(sql, writes);
    apply?.();
  }
  const { rows } = await sql.query(
    'select evse_id, connector_id, transaction_id is not null as in_transaction from meter_sample order by 3',
  );
  assert.deepEqual(rows, [
    { evse_id: 1, connector_id: 1, in_transaction: false },
    { evse_id: 1, connector_id: 1, in_transaction: true },
    { evse_id: 1, connector_id: 1, in_transaction: true },
  ]);
  const readings = await store.readings(open);
  assert.deepEqual(
    readings.map(({ samples }) => samples.map(({ value }) => value)),
    [['1500'], ['1500']],
  );
});
