import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runBusbar } from './testing/run-busbar.ts';

async function output(...args: readonly string[]) {
  const busbar = runBusbar(['schema', ...args]);
  return { code: await busbar.ended, text: busbar.said };
}

test('prints the JSON Schema of one payload', async () => {
  const { code, text } = await output(
    '--version',
    '2.1',
    '--action',
    'TransactionEvent',
    '--kind',
    'request',
  );
  assert.equal(code, 0);
  assert.equal(JSON.parse(text).$id, 'urn:busbar:ocpp:2.1:TransactionEvent:request');
});

test('lists every message, one a line', async () => {
  const { text } = await output('--list');
  assert.equal(text.trimEnd().split('\n').length, 39 + 64 + 91);
  assert.match(text, /^2\.1 NotifyPeriodicEventStream CS->CSMS SEND$/m);
});

test('prints all schemas as one object', async () => {
  const all = JSON.parse((await output('--all')).text);
  assert.deepEqual(Object.keys(all), ['1.6', '2.0.1', '2.1']);
  assert.deepEqual(Object.keys(all['1.6'].Heartbeat), ['request', 'response']);
});

test('says what is wrong with the question, and fails', async () => {
  const misspelt = await output('--version', '1.6', '--action', 'TransactionEvent', '--kind', 'request');
  assert.equal(misspelt.code, 1);
  assert.match(misspelt.text, /^busbar: OCPP 1\.6 has no message TransactionEvent\./);
  assert.match((await output()).text, /Name --version, --action and --kind/);
});
