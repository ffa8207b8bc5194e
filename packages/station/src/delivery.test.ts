import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Delivery } from './delivery.ts';
import type { TransactionEvent } from './evse/transaction.ts';

test('E04.FR.08 a queue that is full loses every other update, and never a start or an end', () => {
  const delivery = new Delivery({
    isReady: false,
    settings: { messageAttempts: 1, messageAttemptIntervalSeconds: 0 },
    schedule: () => ({ cancel: () => undefined }),
    translate: () => undefined,
    exchange: () => Promise.reject(new Error('not to be called')),
    delivered: () => undefined,
  });
  for (let transaction = 0; transaction < 4; transaction++) {
    delivery.add(event('Started', `t${transaction}`));
    for (let update = 0; update < 3_000; update++) delivery.add(event('Updated', `t${transaction}`));
    delivery.add(event('Ended', `t${transaction}`));
  }
  assert.ok(delivery.size > 4_000 && delivery.size <= 8_640, `${delivery.size} are left`);
  for (let transaction = 0; transaction < 4; transaction++) assert.ok(delivery.holds(`t${transaction}`));
});

function event(eventType: TransactionEvent['eventType'], id: string): TransactionEvent {
  return {
    eventType,
    transaction: {
      id,
      evseId: 1,
      startedAt: 0,
      beginReadings: [],
      connectorId: 1,
      nextSeqNo: 0,
      idTokenReported: false,
      remoteStartIdReported: false,
    },
    seqNo: 0,
    at: 0,
    trigger: 'MeterValuePeriodic',
    offline: true,
    chargingState: 'Charging',
    tellsEvse: false,
    meterMilliwattHours: 0,
    readings: [],
  };
}
