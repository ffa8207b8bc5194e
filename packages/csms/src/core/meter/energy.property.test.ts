import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type EnergyInput, transactionEnergy } from './energy.ts';
import { losesTrust } from './energy-reason.ts';
import type { MeterValue, SampledValue } from './meter-value.ts';

const measurands = [
  'Energy.Active.Import.Register',
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Interval',
  'Energy.Active.Export.Interval',
  'Power.Active.Import',
  'Voltage',
] as const;
const contexts = ['Transaction.Begin', 'Sample.Periodic', 'Sample.Clock', 'Transaction.End'] as const;
const phases = [undefined, 'L1', 'L2', 'L3', 'L1-N', 'N', 'L1-L2'] as const;
const places = ['Outlet', 'Inlet', 'Body', 'EV'] as const;

const anyInstant = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map((minutes) => new Date(minutes * 600_000).toISOString()),
  fc.date().map((date) => (Number.isNaN(date.getTime()) ? 'never' : date.toISOString())),
  fc.string(),
);

const anyValue = fc.oneof(
  fc.integer({ min: 0, max: 2_000 }).map(String),
  fc.integer({ min: 0, max: 12 }).map((digits) => String(10 ** digits - 1)),
  fc.double().map(String),
  fc.constantFrom('', 'NaN', '1,5', ' 12 ', '-3', '1e3', '-0', '9'.repeat(70)),
  fc.string(),
);

const anySample: fc.Arbitrary<SampledValue> = fc
  .record({
    value: anyValue,
    measurand: fc.constantFrom(...measurands),
    context: fc.constantFrom(...contexts),
    phase: fc.constantFrom(...phases),
    location: fc.constantFrom(...places),
    unit: fc.oneof(fc.constantFrom('Wh', 'kWh', 'W', 'KWH', ''), fc.string()),
    multiplier: fc.oneof(fc.constantFrom(0, 0, 3), fc.integer(), fc.double()),
    signed: fc.boolean(),
  })
  .map(({ phase, signed, ...rest }) => ({
    ...rest,
    ...(phase && { phase }),
    ...(signed && { signed: { data: '0A', encodingMethod: '' } }),
  }));

const anyReading: fc.Arbitrary<MeterValue> = fc
  .record({
    at: anyInstant,
    samples: fc.array(anySample, { maxLength: 5 }),
    sequence: fc.option(fc.oneof(fc.nat({ max: 9 }), fc.double()), { nil: undefined }),
  })
  .map(({ sequence, ...rest }) => (sequence === undefined ? rest : { ...rest, sequence }));

const anyNumber = fc.option(fc.oneof(fc.integer({ min: -5, max: 5_000 }), fc.double()), { nil: undefined });

const anyInput: fc.Arbitrary<EnergyInput> = fc
  .record({
    readings: fc.array(anyReading, { maxLength: 12 }),
    meterStartWh: anyNumber,
    meterStopWh: anyNumber,
    maximumPowerWatts: anyNumber,
    startedAt: anyInstant,
    endedAt: anyInstant,
    startSeen: fc.boolean(),
    endSeen: fc.boolean(),
    sequenceGaps: fc.boolean(),
  })
  .map(({ meterStartWh, meterStopWh, maximumPowerWatts, ...rest }) => ({
    ...rest,
    ...(meterStartWh !== undefined && { meterStartWh }),
    ...(meterStopWh !== undefined && { meterStopWh }),
    ...(maximumPowerWatts !== undefined && { maximumPowerWatts }),
  }));

/** One register, few instants, values and places in the sequence: readings meet, and the clock contradicts. */
const crowdedReading: fc.Arbitrary<MeterValue> = fc
  .record({
    minutes: fc.nat({ max: 3 }),
    value: fc.constantFrom('0', '5.5', '9', '60', '1000', '0.06', '999995'),
    context: fc.constantFrom(...contexts),
    phase: fc.constantFrom(undefined, undefined, 'L1', 'L2'),
    unit: fc.constantFrom('Wh', 'Wh', 'kWh'),
    sequence: fc.nat({ max: 3 }),
  })
  .map(({ minutes, phase, sequence, ...rest }) => ({
    at: new Date(minutes * 600_000).toISOString(),
    samples: [
      {
        ...rest,
        ...(phase && { phase }),
        measurand: 'Energy.Active.Import.Register',
        location: 'Outlet',
        multiplier: 0,
      },
    ],
    sequence,
  }));

const crowdedInput: fc.Arbitrary<EnergyInput> = fc
  .array(crowdedReading, { maxLength: 6 })
  .map((readings) => ({ readings, startSeen: true, endSeen: true, sequenceGaps: false }));

const runs = { numRuns: 2_000 };

test('whatever comes, the answer is a plain decimal that is not negative, or none; it never throws', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const energy = transactionEnergy(input);
      for (const text of [energy.importedWh, energy.exportedWh, energy.beginWh, energy.endWh]) {
        if (text !== undefined) assert.match(text, /^\d+(\.\d*[1-9])?$/);
      }
      assert.equal(energy.method === 'none', energy.importedWh === undefined);
      assert.equal(energy.trusted, !losesTrust(energy.reasons));
    }),
    runs,
  );
});

test('the order of readings does not matter', () => {
  const shuffled = fc
    .oneof(anyInput, crowdedInput)
    .chain((input) =>
      fc.tuple(
        fc.constant(input),
        fc.shuffledSubarray([...input.readings], { minLength: input.readings.length }),
      ),
    );
  fc.assert(
    fc.property(shuffled, ([input, readings]) => {
      assert.deepEqual(transactionEnergy({ ...input, readings }), transactionEnergy(input));
    }),
    runs,
  );
});

test('duplicates do not matter', () => {
  const repeated = fc
    .oneof(anyInput, crowdedInput)
    .chain((input) => fc.tuple(fc.constant(input), fc.subarray([...input.readings])));
  fc.assert(
    fc.property(repeated, ([input, again]) => {
      const readings = [...input.readings, ...again];
      assert.deepEqual(transactionEnergy({ ...input, readings }), transactionEnergy(input));
    }),
    runs,
  );
});

test('one meter value or several of one instant do not matter', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const readings = input.readings.flatMap((reading) =>
        reading.samples.map((sample) => ({ ...reading, samples: [sample] })),
      );
      assert.deepEqual(transactionEnergy({ ...input, readings }), transactionEnergy(input));
    }),
    runs,
  );
});

const startedAtMs = Date.parse('2026-03-01T10:00:00Z');

function register(minutes: number, wattHours: number, context: (typeof contexts)[number]): MeterValue {
  return {
    at: new Date(startedAtMs + minutes * 60_000).toISOString(),
    samples: [
      {
        value: String(wattHours),
        measurand: 'Energy.Active.Import.Register',
        context,
        location: 'Outlet',
        unit: 'Wh',
        multiplier: 0,
      },
    ],
  };
}

/** A register that is read every minute, between marks, below 60 kW. */
const session = fc
  .record({
    meterStart: fc.nat({ max: 10_000_000 }),
    steps: fc.array(fc.nat({ max: 1_000 }), { minLength: 2, maxLength: 60 }),
  })
  .map(({ meterStart, steps }) => {
    let wattHours = meterStart;
    const readings = [register(0, wattHours, 'Transaction.Begin')];
    steps.forEach((step, index) => {
      wattHours += step;
      const context = index === steps.length - 1 ? 'Transaction.End' : 'Sample.Periodic';
      readings.push(register(index + 1, wattHours, context));
    });
    return { readings, energyWh: wattHours - meterStart };
  });

function energyOf(readings: readonly MeterValue[]) {
  return transactionEnergy({ readings, startSeen: true, endSeen: true, sequenceGaps: false });
}

test('a sound register between marks gives its difference, trusted, without a reason', () => {
  fc.assert(
    fc.property(session, ({ readings, energyWh }) => {
      const energy = energyOf(readings);
      assert.equal(energy.importedWh, String(energyWh));
      assert.equal(energy.trusted, true);
      assert.deepEqual(energy.reasons, []);
    }),
  );
});

test('readings between the marks that rise do not change the result', () => {
  fc.assert(
    fc.property(session, ({ readings }) => {
      const ends = readings.filter((reading) => reading.samples[0]?.context !== 'Sample.Periodic');
      assert.deepEqual(energyOf(readings), energyOf(ends));
    }),
  );
});

const spellings: readonly ((wattHours: string) => Pick<SampledValue, 'value' | 'unit' | 'multiplier'>)[] = [
  (value) => ({ value, unit: 'Wh', multiplier: 0 }),
  (value) => ({ value, unit: 'wh', multiplier: 0 }),
  (value) => ({ value: `${value}e-3`, unit: 'kWh', multiplier: 0 }),
  (value) => ({ value, unit: 'KWH', multiplier: -3 }),
  (value) => ({ value: `${value}e2`, unit: 'Wh', multiplier: -2 }),
  (value) => ({ value: ` ${value}.00 `, unit: 'Wh', multiplier: 0 }),
];

test('the spelling of units does not matter', () => {
  const spelt = session.chain(({ readings }) =>
    fc.tuple(
      fc.constant(readings),
      fc.array(fc.constantFrom(...spellings), { minLength: readings.length, maxLength: readings.length }),
    ),
  );
  fc.assert(
    fc.property(spelt, ([readings, chosen]) => {
      const respelt = readings.map((reading, index) => ({
        ...reading,
        samples: reading.samples.map((sample) => ({ ...sample, ...chosen[index]?.(sample.value) })),
      }));
      assert.deepEqual(energyOf(respelt), energyOf(readings));
    }),
  );
});

test('one register told by its phases gives the sum of their differences', () => {
  const perPhase = fc.array(fc.tuple(fc.nat({ max: 1_000_000 }), fc.nat({ max: 10_000 })), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(
    fc.property(perPhase, (registers) => {
      const names = ['L1', 'L2', 'L3'] as const;
      const readings = registers.flatMap(([start, energy], index) => {
        const phase = names[index] ?? 'L1';
        return [register(0, start, 'Transaction.Begin'), register(60, start + energy, 'Transaction.End')].map(
          (reading) => ({ ...reading, samples: reading.samples.map((sample) => ({ ...sample, phase })) }),
        );
      });
      const total = registers.reduce((sum, [, energy]) => sum + energy, 0);
      const energy = energyOf(readings);
      assert.equal(energy.importedWh, String(total));
      assert.equal(energy.trusted, true);
    }),
  );
});

test('a wrap anywhere in a session does not change the result', () => {
  const digits = fc.integer({ min: 6, max: 9 });
  fc.assert(
    fc.property(
      digits,
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 100, max: 5_000 }),
      (n, before, after) => {
        const capacity = 10 ** n;
        const readings = [
          register(0, capacity - before, 'Transaction.Begin'),
          register(30, after, 'Sample.Periodic'),
          register(60, after + 500, 'Transaction.End'),
        ];
        const energy = energyOf(readings);
        assert.equal(energy.importedWh, String(before + after + 500));
        assert.deepEqual(energy.reasons, ['RegisterRolledOver']);
        assert.equal(energy.trusted, true);
      },
    ),
  );
});
