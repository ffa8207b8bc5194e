import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configurationKeyComponent, keyOfVariable, variableOfKey } from './configuration-keys.ts';

test('a standard key is its 2.x variable, in both directions and whatever the case', () => {
  const heartbeat = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval' };
  assert.deepEqual(variableOfKey('heartbeatINTERVAL'), heartbeat);
  assert.equal(
    keyOfVariable({ component: 'ocppcommctrlr', variable: 'heartbeatinterval' }),
    'HeartbeatInterval',
  );
  const attempts = {
    component: 'OCPPCommCtrlr',
    variable: 'MessageAttempts',
    variableInstance: 'TransactionEvent',
  };
  assert.deepEqual(variableOfKey('TransactionMessageAttempts'), attempts);
  assert.equal(keyOfVariable(attempts), 'TransactionMessageAttempts');
});

test('a key without a variable of its own keeps its name, in a component for such', () => {
  for (const key of ['VoltSpecialMode', 'MeterValuesSampledDataMaxLength', 'DefaultPriceText,nl']) {
    const name = { component: configurationKeyComponent, variable: key };
    assert.deepEqual(variableOfKey(key), name);
    assert.equal(keyOfVariable(name), key);
  }
});

test('a variable that 1.6 has no key for is refused', () => {
  for (const name of [
    { component: 'OCPPCommCtrlr', variable: 'NetworkProfileConnectionAttempts' },
    { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', evseId: 1 },
    { component: 'OCPPCommCtrlr', variable: 'MessageAttempts' },
  ]) {
    assert.throws(() => keyOfVariable(name), { code: 'unsupported-by-version' });
  }
});
