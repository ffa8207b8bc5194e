import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hidden } from '@busbar/ocpp';
import { askAbout, lostAtNoon } from '../../testing/lost.ts';
import { makeStation, say } from '../../testing/station.ts';
import { getVariables } from './get-variables.ts';
import { setVariables } from './set-variables.ts';

const interval = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval' };
const target = { component: 'EVSE', evseId: 1, variable: 'Power', attributeType: 'Target' as const };
const password = { component: 'SecurityCtrlr', variable: 'BasicAuthPassword' };

const lost = (...variables: object[]) => lostAtNoon(makeStation('2.1'), { variables });
const answered = (...variables: object[]) =>
  ({ state: 'Accepted', result: { status: 'Accepted', data: { variables } } }) as const;
const actual = { attributeType: 'Actual', status: 'Accepted' } as const;

test('the station is asked for the values that are no secrets, in words that every version has', () => {
  for (const version of ['1.6', '2.0.1', '2.1'] as const) {
    const station = makeStation(version);
    const input = {
      variables: [
        { ...interval, value: '60' },
        { ...password, value: hidden },
      ],
    };
    const { question } = askAbout(setVariables, lostAtNoon(station, input));
    assert.deepEqual(question, { command: 'get-variables', input: { variables: [interval] } });
    assert.equal(say(station, getVariables, question.input).requests.length, 1);
  }
  const { question } = askAbout(setVariables, lost({ ...target, value: '7' }));
  assert.deepEqual(question?.input, { variables: [target] });
  assert.equal(askAbout(setVariables, lost({ ...password, value: hidden })).question, undefined);
});

test('it took effect when every value is what it was to be', () => {
  const about = askAbout(setVariables, lost({ ...interval, value: '60' }, { ...target, value: '7.0' }));
  const other = { component: 'ocppcommctrlr', variable: 'heartbeatinterval', ...actual, value: '60' };
  const power = { ...target, status: 'Accepted', value: '7' };
  assert.deepEqual(about.judge(answered(power, other)), { is: 'done' });
  const verdict = about.judge(answered(power, { ...other, value: '300' }));
  assert.deepEqual(verdict, { is: 'not-done', seen: 'OCPPCommCtrlr.HeartbeatInterval has the value "300"' });
  assert.equal(about.judge(answered(power)).is, 'unknowable');
});

test('values are the same in whatever way the station writes them', () => {
  const judge = (wanted: string, found: string) =>
    askAbout(setVariables, lost({ ...interval, value: wanted })).judge(
      answered({ ...interval, ...actual, value: found }),
    ).is;
  for (const [wanted, found] of [
    ['10', '10.0'],
    ['true', 'True'],
    ['A,B', 'A, B'],
    ['', ''],
  ] as const)
    assert.equal(judge(wanted, found), 'done', `${wanted} and ${found}`);
  for (const [wanted, found] of [
    ['10', '100'],
    ['true', 'false'],
    ['abc', 'ABC'],
    ['A,B', 'B,A'],
    ['12345678901234567890', '12345678901234567891'],
  ] as const)
    assert.equal(judge(wanted, found), 'not-done', `${wanted} and ${found}`);
});

test('a variable that the station does not have was not set', () => {
  const about = askAbout(setVariables, lost({ ...interval, value: '60' }));
  for (const status of ['UnknownComponent', 'UnknownVariable', 'NotSupportedAttributeType']) {
    assert.equal(about.judge(answered({ ...interval, attributeType: 'Actual', status })).is, 'not-done');
  }
});

test('what can only be written, or is a secret, cannot be compared', () => {
  const about = askAbout(setVariables, lost({ ...interval, value: '60' }));
  const rejected = answered({ ...interval, attributeType: 'Actual', status: 'Rejected' });
  assert.equal(about.judge(rejected).is, 'unknowable');
  assert.equal(about.judge(answered({ ...interval, ...actual, value: hidden })).is, 'unknowable');
  const both = askAbout(setVariables, lost({ ...interval, value: '60' }, { ...password, value: hidden }));
  assert.equal(both.judge(answered({ ...interval, ...actual, value: '60' })).is, 'unknowable');
  assert.equal(both.judge(answered({ ...interval, ...actual, value: '61' })).is, 'not-done');
});

test('a question that was not answered tells nothing', () => {
  const about = askAbout(setVariables, lost({ ...interval, value: '60' }));
  const problem = { code: 'NotAnswered', detail: '' };
  assert.deepEqual(about.judge({ state: 'Failed', problem }), { is: 'not-yet' });
});
