import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  begin,
  type Case,
  check,
  end,
  energyOf,
  exported,
  marked,
  minute,
  power,
  reading,
  signedOnly,
  startedAt,
} from './energy-case.ts';

const plain: readonly Case[] = [
  { title: 'end mark minus begin mark', readings: marked, importedWh: '15000', reasons: [] },
  {
    title: 'fractions of a Wh are exact',
    readings: [begin('1000.1'), end('16000.3')],
    importedWh: '15000.2',
    reasons: [],
  },
  {
    title: 'readings between the marks do not matter',
    readings: [...marked, reading(30, '5000'), reading(60, '9000')],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'readings before the begin mark and after the end mark are not of the transaction',
    readings: [...marked, reading(-10, '900'), reading(130, '17000')],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'no energy is zero and is trusted',
    readings: [begin('1000'), end('1000')],
    importedWh: '0',
    reasons: [],
  },
  {
    title: 'unmarked readings taken at the start and at the end stand for marks',
    readings: [reading(0, '1000'), reading(60, '9000'), reading(120, '16000')],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'Wh, kWh and multipliers are mixed freely',
    readings: [
      begin('1.0', { unit: 'kWh' }),
      reading(60, '90', { multiplier: 2 }),
      end('16', { unit: 'KWH' }),
    ],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'an exponent in the text is understood',
    readings: [begin('1e3'), end('1.6E+4')],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'the value over all phases is not added to those of the phases',
    readings: [...marked, begin('400', { phase: 'L1' }), end('9000', { phase: 'L1' })],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'the outlet goes before the inlet, and the two are never added',
    readings: [begin('5000', { location: 'Inlet' }), end('99000', { location: 'Inlet' }), ...marked],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'other measurands do not matter',
    readings: [...marked, reading(60, 'rubbish', { measurand: 'Voltage' })],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'a signed value beside a plain one changes nothing',
    readings: [...marked, begin('', signedOnly), end('16000', signedOnly)],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: '1.6 meterStart and meterStop alone tell the energy',
    readings: [],
    more: { meterStartWh: 1000, meterStopWh: 16000 },
    importedWh: '15000',
    reasons: [],
  },
  {
    title: '1.6 fields stand where samples have no marks',
    readings: [reading(15, '2000'), reading(105, '15000')],
    more: { meterStartWh: 1000, meterStopWh: 16000 },
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'marked samples are finer than 1.6 fields that agree',
    readings: [begin('1000.7'), end('16000.2')],
    more: { meterStartWh: 1000, meterStopWh: 16000 },
    importedWh: '14999.5',
    reasons: [],
  },
  {
    title: '1.6 samples that count from zero do not disturb fields that do not',
    readings: [reading(15, '1000'), reading(105, '14500')],
    more: { meterStartWh: 800_000, meterStopWh: 815_000 },
    importedWh: '15000',
    reasons: [],
  },
  {
    title: '1.6 samples of the inlet do not disturb fields',
    readings: [begin('5000', { location: 'Inlet' }), end('21000', { location: 'Inlet' })],
    more: { meterStartWh: 1000, meterStopWh: 16000 },
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'energy given back is counted apart',
    readings: [...marked, begin('50', exported), end('4050', exported)],
    importedWh: '15000',
    exportedWh: '4000',
    reasons: [],
  },
  {
    title: 'an export register that stands still casts no doubt',
    readings: [...marked, reading(30, '50', exported), reading(60, '50', exported)],
    importedWh: '15000',
    exportedWh: '0',
    reasons: [],
  },
  {
    title: 'a clock that is set right by years on the way, forwards, changes nothing',
    readings: [{ ...begin('1000'), at: '1970-01-01T00:00:09.000Z' }, reading(60, '8000'), end('16000')],
    more: { startedAt: '1970-01-01T00:00:09.000Z' },
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'E06 an Ended event that repeats readings of the whole transaction changes nothing',
    readings: [
      { ...begin('1000'), sequence: 0 },
      { ...reading(30, '5000'), sequence: 1 },
      { ...reading(60, '9000'), sequence: 2 },
      ...[begin('1000'), reading(15, '3000'), reading(60, '9000'), end('16000')].map((each) => ({
        ...each,
        sequence: 3,
      })),
    ],
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'of readings of one instant sequence gives the order',
    readings: [
      { ...reading(0, '1000'), sequence: 0 },
      { ...reading(0, '1300'), sequence: 2 },
      { ...reading(0, '1200'), sequence: 1 },
    ],
    more: { endedAt: startedAt },
    importedWh: '300',
    reasons: [],
  },
  {
    title: 'J02.FR.14 the phases of one instant may come in several meter values of one message',
    readings: [
      ...[begin('10', { phase: 'L1' }), end('5010', { phase: 'L1' })],
      ...[begin('20', { phase: 'L2' }), end('5020', { phase: 'L2' })],
    ],
    importedWh: '10000',
    reasons: ['PhasesSummed'],
  },
  {
    title: 'an inch back from rounding is not worth a word',
    readings: [reading(15, '999.6'), reading(105, '15000')],
    more: { meterStartWh: 1000, meterStopWh: 16000 },
    importedWh: '15000',
    reasons: [],
  },
  {
    title: 'one value over all phases does not replace the phases that tell begin and end',
    readings: [begin('10', { phase: 'L1' }), end('5010', { phase: 'L1' }), reading(60, '99000')],
    importedWh: '5000',
    reasons: ['PhasesSummed'],
  },
  {
    title: 'exported intervals of nothing cast no doubt',
    readings: [...marked, reading(60, '0', { measurand: 'Energy.Active.Export.Interval' })],
    importedWh: '15000',
    exportedWh: '0',
    reasons: [],
  },
  {
    title: 'a short count with digits after the point raises no doubt about the unit',
    readings: [begin('1000'), { ...end('1015.5'), at: minute(4) }],
    importedWh: '15.5',
    reasons: [],
  },
  {
    title: 'two power samples are too few to contradict a register',
    readings: [begin('1000'), end('1015'), ...[10, 60].map((at) => reading(at, '7400', power))],
    importedWh: '15',
    reasons: [],
  },
  {
    title: 'a small count of whole Wh raises no doubt about the unit',
    readings: [begin('1000'), end('1015')],
    importedWh: '15',
    reasons: [],
  },
];

for (const each of plain) check(each.title, each);

test('the register at both ends is told', () => {
  const { beginWh, endWh } = energyOf([begin('1.0005', { unit: 'kWh' }), end('16000')]);
  assert.equal(beginWh, '1000.5');
  assert.equal(endWh, '16000');
});

test('one end alone is told as the end that it is', () => {
  assert.equal(energyOf([begin('1000')]).beginWh, '1000');
  assert.equal(energyOf([begin('1000')]).endWh, undefined);
  assert.equal(energyOf([end('1000')]).beginWh, undefined);
  assert.equal(energyOf([end('1000')]).endWh, '1000');
});

test('what the EV or the premises measure is never billed', () => {
  for (const location of ['EV', 'Upstream'] as const) {
    assert.equal(energyOf([begin('1000', { location }), end('16000', { location })]).importedWh, undefined);
  }
});

test('a limit of power that is none is not used', () => {
  for (const maximumPowerWatts of [0, -22_000, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.deepEqual(energyOf(marked, { maximumPowerWatts }).reasons, []);
    assert.deepEqual(energyOf([begin('0'), end('10000000')], { maximumPowerWatts }).reasons, [
      'PowerImpossible',
    ]);
  }
});
