import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceModel, shapeOf } from './device-model.ts';
import { objection, type Variable } from './variable.ts';

const evses = [{ connectors: [{ type: 'sType2' }, { type: 'cCCS2' }], maxPowerW: 22_000 }];

function model(size = 0) {
  return new DeviceModel(
    shapeOf(evses, size),
    () => 'live',
    () => undefined,
  );
}

test('every first value is one that the variable may have', () => {
  for (const variable of shapeOf(evses, 300).variables) {
    if (variable.live || variable.mutability === 'WriteOnly') continue;
    assert.equal(objection(variable, variable.initial), undefined, JSON.stringify(variable));
  }
});

test('a device model has the size that is asked for, and every name once', () => {
  const { variables, byName } = shapeOf(evses, 300);
  const named = variables.filter(({ name }) => name);
  assert.equal(named.length, 300);
  assert.equal(byName.size, 300);
});

test('stations of one shape share it', () => {
  assert.equal(shapeOf(evses, 300), shapeOf(evses, 300));
});

test('B05.FR.04 B05.FR.05 tells an unknown component from an unknown variable', () => {
  assert.equal(model().find({ component: 'Toaster', variable: 'Interval' }), 'UnknownComponent');
  assert.equal(model().find({ component: 'TxCtrlr', variable: 'Interval' }), 'UnknownVariable');
  assert.equal(
    model().find({ component: 'Connector', evseId: 1, connectorId: 9, variable: 'Available' }),
    'UnknownComponent',
  );
});

test('names are compared without regard to case', () => {
  assert.notEqual(typeof model().find({ component: 'txctrlr', variable: 'TXSTARTPOINT' }), 'string');
});

test('B05.FR.07 B05.FR.08 B05.FR.09 refuses what is ill-formed, out of range or not to be written', () => {
  const device = model();
  const write = (component: string, variable: string, value: string) => {
    const found = device.find({ component, variable });
    assert.ok(typeof found !== 'string');
    return device.write(found, value).status;
  };
  assert.equal(write('OCPPCommCtrlr', 'HeartbeatInterval', 'soon'), 'Rejected');
  assert.equal(write('OCPPCommCtrlr', 'HeartbeatInterval', '0'), 'Rejected');
  assert.equal(write('OCPPCommCtrlr', 'HeartbeatInterval', '60'), 'Accepted');
  assert.equal(write('AuthCtrlr', 'AuthorizeRemoteStart', 'yes'), 'Rejected');
  assert.equal(write('TxCtrlr', 'TxStartPoint', 'EVConnected,Moonrise'), 'Rejected');
  assert.equal(write('TxCtrlr', 'TxStartPoint', 'EVConnected,Authorized'), 'Accepted');
  assert.equal(write('OCPPCommCtrlr', 'ActiveNetworkProfile', '2'), 'Rejected');
  assert.equal(write('OCPPCommCtrlr', 'NetworkConfigurationPriority', '1'), 'RebootRequired');
  assert.equal(device.get('OCPPCommCtrlr.HeartbeatInterval'), '60');
});

test('a 1.6 key and its variable are one', () => {
  const device = model();
  const variable = device.findKey('metervaluesampleinterval') satisfies Variable | undefined;
  assert.ok(variable);
  device.write(variable, '15');
  assert.equal(device.integer('SampledDataCtrlr.TxUpdatedInterval'), 15);
});
