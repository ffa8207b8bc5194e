import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hidden } from '@busbar/ocpp';
import { testDatabase } from '../../testing/database.ts';
import { makeStation, say, writeAll } from '../../testing/station.ts';
import { getVariables } from './get-variables.ts';
import { setVariables } from './set-variables.ts';

const heartbeat = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval' };
const password = { component: 'SecurityCtrlr', variable: 'BasicAuthPassword' };
const vendors = { component: 'ConfigurationKeys', variable: 'VoltMode' };
const answer2 = (component: string, variable: string, attributeStatus: string, attributeValue?: string) => ({
  component: { name: component },
  variable: { name: variable },
  attributeStatus,
  ...(attributeValue !== undefined && { attributeValue }),
});

describe('get-variables', () => {
  test('B06 asks for variables with their component, EVSE, instance and attribute', () => {
    const input = {
      variables: [
        heartbeat,
        {
          component: 'EVSE',
          componentInstance: 'a',
          evseId: 1,
          connectorId: 2,
          variable: 'Power',
          variableInstance: 'b',
          attributeType: 'MaxSet',
        },
      ],
    };
    for (const version of ['2.0.1', '2.1'] as const) {
      assert.deepEqual(say(makeStation(version), getVariables, input).requests, [
        {
          getVariableData: [
            { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } },
            {
              component: { name: 'EVSE', instance: 'a', evse: { id: 1, connectorId: 2 } },
              variable: { name: 'Power', instance: 'b' },
              attributeType: 'MaxSet',
            },
          ],
        },
      ]);
    }
  });

  test('B06 gives each variable its value and status; the first that failed speaks for all', () => {
    const said = say(makeStation('2.1'), getVariables, {
      variables: [heartbeat, { component: 'A', variable: 'B' }],
    });
    const result = said.answered({
      getVariableResult: [
        answer2('OCPPCommCtrlr', 'HeartbeatInterval', 'Accepted', '300'),
        {
          ...answer2('A', 'B', 'UnknownComponent'),
          attributeStatusInfo: { reasonCode: 'NotFound', additionalInfo: 'A' },
        },
      ],
    });
    assert.equal(result.accepted, false);
    assert.equal(result.status, 'UnknownComponent');
    assert.equal(result.reason, 'NotFound: A');
    assert.deepEqual(result.data, {
      variables: [
        { ...heartbeat, attributeType: 'Actual', status: 'Accepted', value: '300' },
        {
          component: 'A',
          variable: 'B',
          attributeType: 'Actual',
          status: 'UnknownComponent',
          reason: 'NotFound: A',
        },
      ],
    });
    assert.equal(result.writes?.length, 1);
  });

  test('B06.FR.13 an attribute that is not set is an empty text', () => {
    const said = say(makeStation('2.1'), getVariables, { variables: [heartbeat] });
    const { data } = said.answered({
      getVariableResult: [answer2('OCPPCommCtrlr', 'HeartbeatInterval', 'Accepted')],
    });
    assert.deepEqual(data, {
      variables: [{ ...heartbeat, attributeType: 'Actual', status: 'Accepted', value: '' }],
    });
  });

  test('1.6 section 5.4: asks for keys and understands them as variables', () => {
    const other = { component: 'ConfigurationKeys', variable: 'Nowhere' };
    const said = say(makeStation('1.6'), getVariables, { variables: [heartbeat, vendors, other] });
    assert.equal(said.action, 'GetConfiguration');
    assert.deepEqual(said.requests, [{ key: ['HeartbeatInterval', 'VoltMode', 'Nowhere'] }]);
    const { accepted, status, data } = said.answered({
      configurationKey: [
        { key: 'heartbeatinterval', readonly: false, value: '60' },
        { key: 'VoltMode', readonly: true },
      ],
      unknownKey: ['Nowhere'],
    });
    assert.deepEqual([accepted, status], [false, 'UnknownVariable']);
    assert.deepEqual(data, {
      variables: [
        { ...heartbeat, attributeType: 'Actual', status: 'Accepted', value: '60' },
        { ...vendors, attributeType: 'Actual', status: 'Accepted', value: '' },
        { ...other, attributeType: 'Actual', status: 'UnknownVariable' },
      ],
    });
  });

  test('1.6 has no target values', () => {
    const input = { variables: [{ ...heartbeat, attributeType: 'Target' }] };
    assert.throws(() => say(makeStation('1.6'), getVariables, input), { code: 'unsupported-by-version' });
  });

  test('a secret that a station gives away is neither shown nor written', () => {
    const in2 = say(makeStation('2.1'), getVariables, { variables: [password] }).answered({
      getVariableResult: [answer2('SecurityCtrlr', 'BasicAuthPassword', 'Accepted', 'open sesame')],
    });
    const in16 = say(makeStation('1.6'), getVariables, { variables: [password] }).answered({
      configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: 'open sesame' }],
    });
    for (const result of [in2, in16]) {
      assert.equal(result.status, 'Accepted');
      assert.doesNotMatch(JSON.stringify(result), /sesame/);
      assert.ok(JSON.stringify(result.data).includes(hidden));
    }
  });
});

describe('set-variables', () => {
  const input = {
    variables: [
      { ...heartbeat, value: '60' },
      { ...vendors, value: 'on' },
    ],
  };

  test('B05 sets several variables at once', () => {
    for (const version of ['2.0.1', '2.1'] as const) {
      const said = say(makeStation(version), setVariables, { variables: [{ ...heartbeat, value: '60' }] });
      assert.deepEqual(said.requests, [
        {
          setVariableData: [
            {
              component: { name: 'OCPPCommCtrlr' },
              variable: { name: 'HeartbeatInterval' },
              attributeValue: '60',
            },
          ],
        },
      ]);
    }
  });

  test('1.6 section 5.3: sets one key after the other, and joins the answers', () => {
    const said = say(makeStation('1.6'), setVariables, input);
    assert.equal(said.action, 'ChangeConfiguration');
    assert.deepEqual(said.requests, [
      { key: 'HeartbeatInterval', value: '60' },
      { key: 'VoltMode', value: 'on' },
    ]);
    const { accepted, status, data, writes } = said.answered(
      { status: 'Accepted' },
      { status: 'NotSupported' },
    );
    assert.deepEqual([accepted, status], [false, 'NotSupported']);
    assert.deepEqual(data, {
      variables: [
        { ...heartbeat, attributeType: 'Actual', value: '60', status: 'Accepted' },
        { ...vendors, attributeType: 'Actual', value: 'on', status: 'NotSupported' },
      ],
    });
    assert.equal(writes?.length, 1);
  });

  test('RebootRequired is a success, and no value yet', () => {
    const said = say(makeStation('1.6'), setVariables, { variables: [{ ...heartbeat, value: '60' }] });
    const { accepted, status, writes, events } = said.answered({ status: 'RebootRequired' });
    assert.deepEqual([accepted, status, writes, events], [true, 'RebootRequired', [], []]);
  });

  test('answers in another order belong to their variables; one that is missing was not set', () => {
    const said = say(makeStation('2.1'), setVariables, {
      variables: [...input.variables, { component: 'C', variable: 'Left', value: 'out' }],
    });
    const { accepted, data } = said.answered({
      setVariableResult: [
        answer2('configurationkeys', 'voltmode', 'Rejected'),
        { ...answer2('OCPPCommCtrlr', 'HeartbeatInterval', 'Accepted'), attributeType: 'Actual' },
      ],
    });
    assert.equal(accepted, false);
    assert.deepEqual(
      Reflect.get(data ?? {}, 'variables').map(({ status }: { status: string }) => status),
      ['Accepted', 'Rejected', 'Rejected'],
    );
  });

  test('B05.FR.13 refuses a variable that is named twice', () => {
    const twice = {
      variables: [...input.variables, { ...heartbeat, variable: 'heartbeatinterval', value: '61' }],
    };
    for (const version of ['1.6', '2.0.1', '2.1'] as const) {
      assert.throws(() => say(makeStation(version), setVariables, twice), { code: 'invalid-request' });
    }
    const target = { ...heartbeat, attributeType: 'Target', value: '61' };
    assert.ok(say(makeStation('2.1'), setVariables, { variables: [...input.variables, target] }));
  });

  test('the device model keeps one spelling of a name, that of the station or the standard', () => {
    const shouted = { component: 'OCPPCOMMCTRLR', variable: 'HEARTBEATINTERVAL', value: '60' };
    const in16 = say(makeStation('1.6'), setVariables, { variables: [shouted] }).answered({
      status: 'Accepted',
    });
    const in2 = say(makeStation('2.1'), setVariables, { variables: [shouted] }).answered({
      setVariableResult: [answer2('OCPPCommCtrlr', 'HeartbeatInterval', 'Accepted')],
    });
    for (const { writes } of [in16, in2]) {
      assert.deepEqual(
        writes?.map(({ row }) => [Reflect.get(row, 'component'), Reflect.get(row, 'name')]),
        [['OCPPCommCtrlr', 'HeartbeatInterval']],
      );
    }
  });

  test('a secret reaches the station, but no record, no table and no event', () => {
    const secret = { variables: [{ ...password, value: 'open sesame' }] };
    assert.deepEqual(setVariables.withoutSecrets?.(secret), { variables: [{ ...password, value: hidden }] });
    const in16 = say(makeStation('1.6'), setVariables, secret);
    assert.deepEqual(in16.requests, [{ key: 'AuthorizationKey', value: 'open sesame' }]);
    assert.doesNotMatch(JSON.stringify(in16.answered({ status: 'Accepted' })), /sesame/);
    const in2 = say(makeStation('2.1'), setVariables, secret);
    assert.match(JSON.stringify(in2.requests), /sesame/);
    const answered = in2.answered({
      setVariableResult: [answer2('SecurityCtrlr', 'BasicAuthPassword', 'Accepted')],
    });
    assert.doesNotMatch(JSON.stringify(answered), /sesame/);
  });

  test('what was set and read is in the device model', async (t) => {
    const { sql } = await testDatabase(t);
    const station = makeStation('1.6');
    const set = say(station, setVariables, input).answered({ status: 'Accepted' }, { status: 'Accepted' });
    await writeAll(sql, set.writes ?? []);
    const read = say(makeStation('2.1'), getVariables, {
      variables: [{ ...heartbeat, attributeType: 'Target' }],
    });
    const result = {
      ...answer2('OCPPCommCtrlr', 'HeartbeatInterval', 'Accepted', '90'),
      attributeType: 'Target',
    };
    await writeAll(sql, read.answered({ getVariableResult: [result] }).writes ?? []);
    const { rows } = await sql.query(
      'select component, name, actual, target from variable order by component',
    );
    assert.deepEqual(rows, [
      { component: 'ConfigurationKeys', name: 'VoltMode', actual: 'on', target: null },
      { component: 'OCPPCommCtrlr', name: 'HeartbeatInterval', actual: '60', target: '90' },
    ]);
  });
});
