// Over 500 lines: a table of cases, one for each way in which readings cannot be trusted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  begin,
  type Case,
  check,
  end,
  interval,
  marked,
  minute,
  power,
  reading,
  sample,
  signedOnly,
  startedAt,
} from './energy-case.ts';
import type { EnergyReason } from './energy-reason.ts';

/** At least one case for every reason there is. */
const reasoned: Readonly<Record<EnergyReason, readonly Case[]>> = {
  BeginReadingMissing: [
    {
      title: 'a reading at the start proves nothing when the start was not seen',
      readings: [reading(0, '1000'), end('16000')],
      more: { startSeen: false },
      importedWh: '15000',
      reasons: ['BeginReadingMissing', 'StartNotSeen'],
    },
    {
      title: 'the first reading came a while after the start',
      readings: [reading(10, '2000'), end('16000')],
      importedWh: '14000',
      reasons: ['BeginReadingMissing'],
    },
    {
      title: 'a meterStop without meterStart, first reading late',
      readings: [reading(10, '2000')],
      more: { meterStopWh: 16000, startSeen: false },
      importedWh: '14000',
      reasons: ['BeginReadingMissing', 'StartNotSeen'],
    },
  ],
  EndReadingMissing: [
    {
      title: 'a reading at the end proves nothing when the end was not seen',
      readings: [begin('1000'), reading(120, '16000')],
      more: { endSeen: false },
      importedWh: '15000',
      reasons: ['EndNotSeen', 'EndReadingMissing'],
    },
    {
      title: 'the last reading came a while before the end',
      readings: [begin('1000'), reading(100, '14000')],
      importedWh: '13000',
      reasons: ['EndReadingMissing'],
    },
    {
      title: 'a 1.6 transaction that runs counts from meterStart',
      readings: [reading(15, '2000'), reading(30, '4000')],
      more: { meterStartWh: 1000, endSeen: false },
      importedWh: '3000',
      reasons: ['EndNotSeen', 'EndReadingMissing'],
    },
  ],
  ReadingsTooFew: [
    {
      title: 'no reading at all',
      readings: [],
      importedWh: undefined,
      reasons: ['BeginReadingMissing', 'EndReadingMissing', 'ReadingsTooFew'],
      method: 'none',
    },
    {
      title: 'one reading, told twice',
      readings: [begin('1000'), begin('1.000', { unit: 'kWh' })],
      importedWh: undefined,
      reasons: ['EndReadingMissing', 'ReadingsTooFew'],
      method: 'none',
    },
  ],
  ReadingsDisagree: [
    {
      title: 'a meterStart that another begin mark contradicts',
      readings: [begin('1000'), reading(105, '15000')],
      more: { meterStartWh: 0, meterStopWh: 16000 },
      importedWh: '15000',
      reasons: ['ReadingsDisagree'],
    },
    {
      title: 'a meterStop that another end mark contradicts',
      readings: [reading(15, '2000'), end('16000')],
      more: { meterStartWh: 1000, meterStopWh: 20000 },
      importedWh: '15000',
      reasons: ['ReadingsDisagree'],
    },
    {
      title: 'a meterStop of 0 against marks that show no energy',
      readings: [begin('1000'), end('1000')],
      more: { meterStartWh: 1000, meterStopWh: 0 },
      importedWh: '0',
      reasons: ['ReadingsDisagree'],
    },
    {
      title: 'two begin marks with different values',
      readings: [...marked, { ...begin('1500'), at: minute(1) }],
      importedWh: '15000',
      reasons: ['ReadingsDisagree'],
    },
    {
      title: 'meterStart and meterStop tell another energy than the marks',
      readings: marked,
      more: { meterStartWh: 0, meterStopWh: 0 },
      importedWh: '15000',
      reasons: ['ReadingsDisagree'],
    },
    {
      title: 'a meterStop of 0 against sound marks',
      readings: marked,
      more: { meterStartWh: 1000, meterStopWh: 0 },
      importedWh: '15000',
      reasons: ['ReadingsDisagree'],
    },
    {
      title: 'samples show more than meterStart and meterStop',
      readings: [reading(15, '2000'), reading(105, '14500')],
      more: { meterStartWh: 900_000, meterStopWh: 901_000 },
      importedWh: '1000',
      reasons: ['ReadingsDisagree'],
    },
    {
      title: 'a meterStart that is above the samples of a running transaction',
      readings: [reading(15, '2000'), reading(30, '4000')],
      more: { meterStartWh: 800_000, endSeen: false },
      importedWh: '2000',
      reasons: ['BeginReadingMissing', 'EndNotSeen', 'EndReadingMissing', 'ReadingsDisagree'],
    },
    {
      title: 'two end marks with different values',
      readings: [...marked, { ...end('15500'), at: minute(119) }],
      importedWh: '15000',
      reasons: ['ReadingsDisagree'],
    },
    {
      title: 'one phase told twice at one instant, differently',
      readings: [begin('100', { phase: 'L1' }), end('900', { phase: 'L1' }), end('950', { phase: 'L1' })],
      importedWh: '800',
      reasons: ['PhasesSummed', 'ReadingsDisagree'],
    },
    {
      title: 'two intervals that end at one instant',
      readings: [reading(60, '700', interval), reading(60, '900', interval), reading(120, '500', interval)],
      importedWh: '1200',
      reasons: ['IntervalsSummed', 'ReadingsDisagree'],
      method: 'interval',
    },
  ],
  RegisterReset: [
    {
      title: 'a clock that stands still hides no reset',
      readings: ['1000', '1300', '0', '200'].map((value, sequence) => ({ ...reading(0, value), sequence })),
      more: { endedAt: startedAt },
      importedWh: '500',
      reasons: ['RegisterReset'],
    },
    {
      title: 'a register of three digits is no register that wraps',
      readings: [begin('995'), end('3')],
      importedWh: '0',
      reasons: ['RegisterReset'],
    },
    {
      title: 'a misreading beside a reset is not explained away',
      readings: [begin('5000'), reading(30, '1000000000'), reading(60, '0'), end('4000')],
      importedWh: '4000',
      reasons: ['PowerImpossible', 'RegisterReset'],
    },
    {
      title: 'the register falls to zero and counts on: both sides are counted',
      readings: [begin('500000'), reading(30, '504000'), reading(40, '0'), reading(60, '3000'), end('9000')],
      importedWh: '13000',
      reasons: ['RegisterReset'],
    },
    {
      title: 'what the register showed when it was seen again is not added',
      readings: [begin('500000'), reading(30, '504000'), reading(60, '700'), end('9000')],
      importedWh: '12300',
      reasons: ['RegisterReset'],
    },
    {
      title: 'a reset seen by meterStart and meterStop alone',
      readings: [],
      more: { meterStartWh: 500_000, meterStopWh: 9_000 },
      importedWh: '0',
      reasons: ['RegisterReset'],
    },
    {
      title: 'a register that climbs over its former height after a reset counts the less',
      readings: [begin('500'), reading(30, '4500'), reading(40, '0'), end('9000')],
      importedWh: '8500',
      reasons: ['RegisterReset'],
    },
    {
      title: 'two wraps in one transaction are no wraps',
      readings: [begin('999000'), reading(30, '100'), reading(60, '995000'), reading(90, '100'), end('2000')],
      more: { maximumPowerWatts: 5_000_000 },
      importedWh: '996800',
      reasons: ['RegisterReset'],
    },
  ],
  RegisterFell: [
    {
      title: 'the register falls to something that is not near zero',
      readings: [begin('500000'), reading(30, '504000'), reading(60, '300000'), end('309000')],
      importedWh: '13000',
      reasons: ['RegisterFell'],
    },
    {
      title: 'many small steps back are one fall',
      readings: [begin('1000'), reading(10, '992'), reading(20, '984'), end('976')],
      importedWh: '0',
      reasons: ['RegisterFell', 'RegisterWavered'],
    },
  ],
  PowerImpossible: [
    {
      title: 'ten megawatt-hours in two hours',
      readings: [begin('0'), end('10000000')],
      importedWh: '10000000',
      reasons: ['PowerImpossible'],
    },
    {
      title: 'more than the EVSE can deliver',
      readings: [begin('1000'), end('51000')],
      more: { maximumPowerWatts: 22_000 },
      importedWh: '50000',
      reasons: ['PowerImpossible'],
    },
  ],
  UnitDoubtful: [
    {
      title: 'kWh told as Wh: a small count with digits after the point',
      readings: [begin('1234.567'), end('1249.602')],
      importedWh: '15.035',
      reasons: ['UnitDoubtful'],
    },
    {
      title: 'meterStart and meterStop in kWh against samples in Wh',
      readings: [begin('1234000'), end('1249000')],
      more: { meterStartWh: 1234, meterStopWh: 1249 },
      importedWh: '15000',
      reasons: ['UnitDoubtful'],
    },
    {
      title: 'the power samples say a thousand times as much',
      readings: [begin('1000'), end('1015'), ...[10, 60, 100].map((at) => reading(at, '7400', power))],
      importedWh: '15',
      reasons: ['UnitDoubtful'],
    },
    {
      title: 'the power samples say a thousandth',
      readings: [begin('0'), end('15000'), ...[10, 60, 100].map((at) => reading(at, '7.4', power))],
      importedWh: '15000',
      reasons: ['UnitDoubtful'],
    },
  ],
  IntervalsSummed: [
    {
      title: 'intervals are added when there is no register',
      readings: [60, 120].map((at) => reading(at, '7500', interval)),
      importedWh: '15000',
      reasons: ['IntervalsSummed'],
      method: 'interval',
    },
    {
      title: 'clock-aligned intervals are not added to periodic ones',
      readings: [
        reading(60, '7000', interval),
        reading(120, '8000', { ...interval, context: 'Transaction.End' }),
        reading(45, '6000', { ...interval, context: 'Sample.Clock' }),
      ],
      importedWh: '15000',
      reasons: ['IntervalsSummed'],
      method: 'interval',
    },
    {
      title: 'clock-aligned intervals serve when there are no others',
      readings: [45, 105].map((at) => reading(at, '6000', { ...interval, context: 'Sample.Clock' })),
      importedWh: '12000',
      reasons: ['IntervalsSummed'],
      method: 'interval',
    },
    {
      title: 'exported intervals',
      readings: [...marked, reading(60, '500', { measurand: 'Energy.Active.Export.Interval' })],
      importedWh: '15000',
      exportedWh: '500',
      reasons: ['IntervalsSummed'],
    },
  ],
  MeasuredAtInlet: [
    {
      title: 'nothing but the inlet was read',
      readings: [begin('1000', { location: 'Inlet' }), end('16000', { location: 'Inlet' })],
      importedWh: '15000',
      reasons: ['MeasuredAtInlet'],
    },
  ],
  MeasuredOffOutlet: [
    {
      title: 'the body goes before the inlet',
      readings: [
        ...[begin('1', { location: 'Inlet' }), end('9', { location: 'Inlet' })],
        ...[begin('1000', { location: 'Body' }), end('16000', { location: 'Body' })],
      ],
      importedWh: '15000',
      reasons: ['MeasuredOffOutlet'],
    },
    {
      title: 'one reading at the outlet is no reason to mix places',
      readings: [begin('1000', { location: 'Cable' }), end('16000', { location: 'Cable' }), end('99000')],
      importedWh: '15000',
      reasons: ['MeasuredOffOutlet'],
    },
  ],
  RegisterRolledOver: [
    {
      title: 'a register of six digits passes 999999.9',
      readings: [begin('999999.9'), end('0.3')],
      importedWh: '0.4',
      reasons: ['RegisterRolledOver', 'UnitDoubtful'],
    },
    {
      title: 'a register in kWh wraps between samples',
      readings: [
        begin('999996.5', { unit: 'kWh' }),
        reading(60, '3.5', { unit: 'kWh' }),
        end('11.5', { unit: 'kWh' }),
      ],
      importedWh: '15000',
      reasons: ['RegisterRolledOver'],
    },
    {
      title: 'meterStart and meterStop on both sides of a wrap',
      readings: [],
      more: { meterStartWh: 99_990_000, meterStopWh: 5_000 },
      importedWh: '15000',
      reasons: ['RegisterRolledOver'],
    },
  ],
  RegisterWavered: [
    {
      title: 'the last digit goes back and forth',
      readings: [...marked, reading(30, '5000'), reading(40, '4995'), reading(50, '6000')],
      importedWh: '15000',
      reasons: ['RegisterWavered'],
    },
    {
      title: 'an end a trifle below the begin is zero, not less',
      readings: [begin('1000'), end('995')],
      importedWh: '0',
      reasons: ['RegisterWavered'],
    },
  ],
  ReadingDiscarded: [
    {
      title: 'a reading of zero amid a million',
      readings: [
        begin('5000000'),
        reading(30, '5004000'),
        reading(31, '0'),
        reading(32, '5004300'),
        end('5015000'),
      ],
      importedWh: '15000',
      reasons: ['ReadingDiscarded'],
    },
    {
      title: 'a reading of a billion amid thousands',
      readings: [...marked, reading(30, '1000000000')],
      importedWh: '15000',
      reasons: ['ReadingDiscarded'],
    },
  ],
  ValueUnreadable: [
    {
      title: 'rubbish between marks',
      readings: [...marked, ...['', 'NaN', '1,5', '0x10'].map((value) => reading(60, value))],
      importedWh: '15000',
      reasons: ['ValueUnreadable'],
    },
    {
      title: 'rubbish as the end mark leaves no end',
      readings: [begin('1000'), reading(60, '8000'), end('n/a')],
      importedWh: '7000',
      reasons: ['EndReadingMissing', 'ValueUnreadable'],
    },
  ],
  ValueNegative: [
    {
      title: 'a register below zero is left out',
      readings: [...marked, reading(60, '-4')],
      importedWh: '15000',
      reasons: ['ValueNegative'],
    },
  ],
  UnitUnusable: [
    {
      title: 'energy in W is left out, not guessed',
      readings: [...marked, reading(60, '9000', { unit: 'W' })],
      importedWh: '15000',
      reasons: ['UnitUnusable'],
    },
    {
      title: 'an absurd multiplier is left out',
      readings: [begin('1000'), end('16000', { multiplier: 400 })],
      importedWh: undefined,
      reasons: ['EndReadingMissing', 'ReadingsTooFew', 'UnitUnusable'],
      method: 'none',
    },
  ],
  SignedOnly: [
    {
      title: 'marks that are signed only are kept as evidence and do not count',
      readings: [begin('', signedOnly), end('', signedOnly)],
      more: { meterStartWh: 1000, meterStopWh: 16000 },
      importedWh: '15000',
      reasons: ['SignedOnly'],
    },
  ],
  PhasesIncomplete: [
    {
      title: 'an instant that lacks a phase is left out',
      readings: [
        ...[begin('10', { phase: 'L1' }), begin('20', { phase: 'L2' })],
        reading(60, '4000', { phase: 'L2' }),
        ...[end('5010', { phase: 'L1' }), end('5020', { phase: 'L2' })],
      ],
      importedWh: '10000',
      reasons: ['PhasesIncomplete', 'PhasesSummed'],
    },
  ],
  PhasesSummed: [
    {
      title: 'three phases in three units',
      readings: [
        ...[begin('10', { phase: 'L1' }), begin('20', { phase: 'L2' }), begin('30', { phase: 'L3' })],
        end('5010', { phase: 'L1' }),
        end('5.02', { phase: 'L2', unit: 'kWh' }),
        end('503', { phase: 'L3', multiplier: 1 }),
      ],
      importedWh: '15000',
      reasons: ['PhasesSummed'],
    },
    {
      title: 'L1 and L1-N are one phase',
      readings: [
        ...[begin('10', { phase: 'L1-N' }), end('5010', { phase: 'L1-N' })],
        ...[begin('10', { phase: 'L1' }), end('5010', { phase: 'L1' })],
      ],
      importedWh: '5000',
      reasons: ['PhasesSummed'],
    },
    {
      title: 'phases to neutral are summed, neutral and line to line are not',
      readings: [
        ...[begin('10', { phase: 'L1-N' }), begin('20', { phase: 'L2-N' }), begin('30', { phase: 'N' })],
        ...[end('5010', { phase: 'L1-N' }), end('5020', { phase: 'L2-N' }), end('5030', { phase: 'L1-L2' })],
      ],
      importedWh: '10000',
      reasons: ['PhasesSummed'],
    },
  ],
  ClockUnreliable: [
    {
      title: 'an end before the start, and no energy',
      readings: [],
      more: { meterStartWh: 1000, meterStopWh: 1000, endedAt: '1970-01-01T00:00:00.000Z' },
      importedWh: '0',
      reasons: ['ClockUnreliable'],
    },
    {
      title: 'a clock set back by ten years on the way: sequence gives the order',
      readings: [
        {
          at: '2036-03-01T10:00:00.000Z',
          samples: [sample('1000', { context: 'Transaction.Begin' })],
          sequence: 0,
        },
        { ...reading(60, '8000'), sequence: 1 },
        { ...end('16000'), sequence: 2 },
      ],
      more: { startedAt: '2036-03-01T10:00:00.000Z' },
      importedWh: '15000',
      reasons: ['ClockUnreliable'],
    },
    {
      title: 'a clock set back without sequence: the marks give the ends',
      readings: [{ ...begin('1000'), at: '2036-03-01T10:00:00.000Z' }, reading(60, '8000'), end('16000')],
      importedWh: '15000',
      reasons: ['ClockUnreliable'],
    },
    {
      title: 'timestamps that are none, with sequence',
      readings: [
        { ...begin('1000'), at: 'soon', sequence: 0 },
        { ...reading(60, '8000'), at: '', sequence: 1 },
        { ...end('16000'), at: 'later', sequence: 2 },
      ],
      more: { endedAt: '1970-01-01T00:00:00.000Z' },
      importedWh: '15000',
      reasons: ['ClockUnreliable'],
    },
  ],
  StartNotSeen: [
    {
      title: 'E06 an Ended event that carries both marks makes up for a lost Started',
      readings: marked,
      more: { startSeen: false },
      importedWh: '15000',
      reasons: ['StartNotSeen'],
    },
  ],
  EndNotSeen: [
    {
      title: 'an end mark in MeterValues makes up for a lost StopTransaction',
      readings: marked,
      more: { endSeen: false },
      importedWh: '15000',
      reasons: ['EndNotSeen'],
    },
  ],
  SequenceGap: [
    {
      title: 'a register does not mind messages that are missing',
      readings: marked,
      more: { sequenceGaps: true },
      importedWh: '15000',
      reasons: ['SequenceGap'],
    },
  ],
};

for (const [reason, cases] of Object.entries(reasoned)) {
  for (const each of cases) check(`${reason}: ${each.title}`, each);
  test(`every case of ${reason} names it`, () => {
    assert.ok(cases.length > 0);
    assert.ok(cases.every((each) => each.reasons.some((name) => name === reason)));
  });
}
