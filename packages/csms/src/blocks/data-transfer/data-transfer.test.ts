import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeStation, receiveFrom, say } from '../../testing/station.ts';
import { dataTransfer, receiveDataTransfer } from './data-transfer.ts';

test('P02.FR.06 tells the station that its vendor is unknown', async () => {
  for (const version of ['1.6', '2.0.1', '2.1'] as const) {
    const payload = { vendorId: 'com.volt', messageId: 'Hello', data: '{}' };
    const outcome = await receiveFrom(makeStation(version), [receiveDataTransfer], 'DataTransfer', payload);
    assert.deepEqual(outcome, { answer: { status: 'UnknownVendorId' }, writes: [], events: [] });
  }
});

test('P01 carries any JSON in 2.x and gives back what the station answers', () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    const input = { vendorId: 'com.volt', messageId: 'Tune', data: { gain: [1, 2] } };
    const said = say(makeStation(version), dataTransfer, input);
    assert.deepEqual(said.requests, [input]);
    assert.deepEqual(said.answered({ status: 'Accepted', data: 7 }), {
      accepted: true,
      status: 'Accepted',
      data: { data: 7 },
    });
    assert.deepEqual(said.answered({ status: 'UnknownMessageId', statusInfo: { reasonCode: 'X' } }), {
      accepted: false,
      status: 'UnknownMessageId',
      reason: 'X',
    });
  }
});

test('1.6 section 5.6 carries text, and refuses what is none', () => {
  const input = { vendorId: 'com.volt', data: '{"gain":1}' };
  const said = say(makeStation('1.6'), dataTransfer, input);
  assert.deepEqual(said.requests, [input]);
  assert.deepEqual(said.answered({ status: 'Rejected' }), { accepted: false, status: 'Rejected' });
  assert.throws(() => say(makeStation('1.6'), dataTransfer, { vendorId: 'com.volt', data: { gain: 1 } }), {
    code: 'unsupported-by-version',
  });
});
