import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate } from '../validate.ts';
import { type ActionOf, catalogue, findAction, type Request, type Response } from './catalogue.ts';

// Most of what is tested here is tested by the compiler: an expected error that does not occur is an error.

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

test('payload types follow from the schemas', () => {
  const event = {
    eventType: 'Started',
    timestamp: '2026-01-01T00:00:00Z',
    triggerReason: 'Authorized',
    seqNo: 0,
    transactionInfo: { transactionId: 'a', chargingState: 'EVConnected' },
    meterValue: [
      { timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: 12.5, context: 'Transaction.Begin' }] },
    ],
    customData: { vendorId: 'org.example', more: { depth: 1 } },
  } satisfies Request<'2.1', 'TransactionEvent'>;
  assert.equal(validate('2.1', 'TransactionEvent', 'request', event), undefined);

  const boot = { currentTime: '2026-01-01T00:00:00Z', interval: 300, status: 'Accepted' } satisfies Response<
    '1.6',
    'BootNotification'
  >;
  assert.equal(validate('1.6', 'BootNotification', 'response', boot), undefined);
});

test('payload types refuse what the schemas refuse', () => {
  // @ts-expect-error: not one of the enumeration
  const status: Response<'2.0.1', 'BootNotification'>['status'] = 'Perhaps';
  // @ts-expect-error: a required field is missing
  const authorize: Request<'1.6', 'Authorize'> = {};
  // @ts-expect-error: an optional field is left out, never undefined
  const start: Request<'1.6', 'RemoteStartTransaction'> = { idTag: 'a', connectorId: undefined };
  // @ts-expect-error: no such field
  const reset: Request<'2.1', 'Reset'> = { type: 'Immediate', hard: true };
  // @ts-expect-error: another type
  const meter: Request<'2.1', 'MeterValues'> = { evseId: '1', meterValue: [] };
  assert.ok([status, authorize, start, reset, meter]);
});

test('an action belongs to its versions', () => {
  const names: [ActionOf<'1.6'>, ActionOf<'2.0.1'>, ActionOf<'2.1'>] = [
    'StartTransaction',
    'TransactionEvent',
    'NotifyPeriodicEventStream',
  ];
  // @ts-expect-error: not an action of 1.6
  names[0] = 'TransactionEvent';
  // @ts-expect-error: not an action of 2.0.1
  names[1] = 'BatterySwap';
  assert.equal(findAction('1.6', 'TransactionEvent'), undefined);
  assert.equal(findAction('2.0.1', 'BatterySwap'), undefined);
  assert.equal(findAction('2.1', 'toString'), undefined);
});

test('literal names and directions survive in the types', () => {
  const sender: 'CS' = catalogue['2.1'].TransactionEvent.sentBy;
  const kind: 'SEND' = catalogue['2.1'].NotifyPeriodicEventStream.kind;
  const name: 'Authorize' = catalogue['1.6'].Authorize.action;
  const silent: Same<Response<'2.1', 'NotifyPeriodicEventStream'>, never> = true;
  assert.deepEqual([sender, kind, name, silent], ['CS', 'SEND', 'Authorize', true]);
});

test('findAction finds what the table holds', () => {
  const entry = findAction('2.0.1', 'SetVariables');
  assert.equal(entry, catalogue['2.0.1'].SetVariables);
  assert.equal(entry?.block, 'B');
  assert.equal(entry?.sentBy, 'CSMS');
  assert.equal(findAction('1.6', 'DataTransfer')?.sentBy, 'both');
});
