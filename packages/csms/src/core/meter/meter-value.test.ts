import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromOcpp2, fromOcpp16, type Ocpp2MeterValue, type Ocpp16MeterValue } from './meter-value.ts';

const timestamp = '2026-03-01T10:00:00Z';

test('a bare 1.6 value is active import energy in Wh at the outlet, sampled periodically', () => {
  assert.deepEqual(fromOcpp16({ timestamp, sampledValue: [{ value: '1234.50' }] }), {
    at: '2026-03-01T10:00:00.000Z',
    samples: [
      {
        value: '1234.50',
        measurand: 'Energy.Active.Import.Register',
        context: 'Sample.Periodic',
        location: 'Outlet',
        unit: 'Wh',
        multiplier: 0,
      },
    ],
  });
});

test('a bare 2.x value means the same as a bare 1.6 value', () => {
  assert.deepEqual(
    fromOcpp2({ timestamp, sampledValue: [{ value: 1234.5 }] }),
    fromOcpp16({ timestamp, sampledValue: [{ value: '1234.5' }] }),
  );
});

test('J02.FR.03 to J02.FR.06 all labels that are given are kept', () => {
  const labels = {
    measurand: 'Current.Import',
    context: 'Transaction.End',
    phase: 'L1-N',
    location: 'Inlet',
  } as const;
  const sample = { value: '6.1', ...labels, unit: 'A', multiplier: 0 };
  const from16 = fromOcpp16({ timestamp, sampledValue: [{ value: '6.1', ...labels, unit: 'A' }] });
  const from2 = fromOcpp2({
    timestamp,
    sampledValue: [{ value: 6.1, ...labels, unitOfMeasure: { unit: 'A' } }],
  });
  assert.deepEqual(from16.samples, [sample]);
  assert.deepEqual(from2.samples, [sample]);
});

test('J02.FR.18 one timestamp applies to all values of a meter value', () => {
  const { at, samples } = fromOcpp2({ timestamp, sampledValue: [{ value: 1 }, { value: 2 }] });
  assert.equal(at, '2026-03-01T10:00:00.000Z');
  assert.equal(samples.length, 2);
});

test('a 2.x multiplier and a custom unit are kept apart', () => {
  const unitOfMeasure = { unit: 'Furlong', multiplier: -2 };
  const [sample] = fromOcpp2({ timestamp, sampledValue: [{ value: 7, unitOfMeasure }] }).samples;
  assert.equal(sample?.unit, 'Furlong');
  assert.equal(sample?.multiplier, -2);
});

test('a 2.x number has no exponent as text', () => {
  const { samples } = fromOcpp2({ timestamp, sampledValue: [{ value: 1e-7 }, { value: 1e21 }] });
  assert.deepEqual(
    samples.map((sample) => sample.value),
    ['0.0000001', '1000000000000000000000'],
  );
});

test('rubbish in a 1.6 value is kept as it came', () => {
  const values = ['', 'NaN', '1,5', ' 12 ', 'n/a'];
  const { samples } = fromOcpp16({ timestamp, sampledValue: values.map((value) => ({ value })) });
  assert.deepEqual(
    samples.map((sample) => sample.value),
    values,
  );
});

type Measurand16 = NonNullable<Ocpp16MeterValue['sampledValue'][number]['measurand']>;
type Measurand2 = NonNullable<Ocpp2MeterValue['sampledValue'][number]['measurand']>;

const units16: readonly [measurand: Measurand16, unit: string][] = [
  ['Energy.Active.Export.Interval', 'Wh'],
  ['Energy.Reactive.Import.Register', 'varh'],
  ['Power.Active.Import', 'W'],
  ['Power.Reactive.Export', 'var'],
  ['Power.Factor', ''],
  ['Current.Offered', 'A'],
  ['Voltage', 'V'],
  ['Frequency', 'Hz'],
  ['SoC', 'Percent'],
  ['Temperature', 'Celsius'],
  ['RPM', 'RPM'],
];

for (const [measurand, unit] of units16) {
  test(`${measurand} of 1.6 without a unit is in "${unit}"`, () => {
    assert.equal(fromOcpp16({ timestamp, sampledValue: [{ value: '1', measurand }] }).samples[0]?.unit, unit);
  });
}

const units2: readonly [measurand: Measurand2, unit: string][] = [
  ['Energy.Active.Export.Interval', 'Wh'],
  ['Energy.Active.Net', 'Wh'],
  ['Energy.Reactive.Import.Register', 'varh'],
  ['Energy.Apparent.Net', 'VAh'],
  ['EnergyRequest.Target', 'Wh'],
  ['Power.Active.Import', 'W'],
  ['Power.Reactive.Export', 'var'],
  ['Power.Factor', ''],
  ['Current.Export.Minimum', 'A'],
  ['Voltage.Minimum', 'V'],
  ['Frequency', 'Hz'],
  ['SoC', 'Percent'],
  ['Display.TargetSOC', 'Percent'],
  ['Display.RemainingTimeToTargetSOC', 's'],
  ['Display.ChargingComplete', ''],
];

for (const [measurand, unit] of units2) {
  test(`${measurand} of 2.x without a unit is in "${unit}"`, () => {
    assert.equal(fromOcpp2({ timestamp, sampledValue: [{ value: 1, measurand }] }).samples[0]?.unit, unit);
  });
}

const instants: readonly [given: string, at: string][] = [
  ['2026-03-01T11:00:00.5+01:00', '2026-03-01T10:00:00.500Z'],
  ['2026-03-01T10:00:00', '2026-03-01T10:00:00.000Z'],
  ['2026-03-01 10:00:00', '2026-03-01T10:00:00.000Z'],
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ['yesterday', 'yesterday'],
  ['2026-13-01T10:00:00Z', '2026-13-01T10:00:00Z'],
];

for (const [given, at] of instants) {
  test(`the timestamp ${given} is ${at}`, () => {
    assert.equal(fromOcpp2({ timestamp: given, sampledValue: [{ value: 1 }] }).at, at);
  });
}

test('J01.FR.21 a 2.x signed value is kept beside the plain one', () => {
  const signedMeterValue = {
    signedMeterData: 'T0NNRg==',
    encodingMethod: 'OCMF',
    signingMethod: '',
    publicKey: 'AA==',
  };
  const [sample] = fromOcpp2({ timestamp, sampledValue: [{ value: 5, signedMeterValue }] }).samples;
  assert.equal(sample?.value, '5');
  assert.deepEqual(sample?.signed, {
    data: 'T0NNRg==',
    encodingMethod: 'OCMF',
    signingMethod: '',
    publicKey: 'AA==',
  });
});

test('a 1.6 SignedData value in the form of the paper on signed meter values is taken apart', () => {
  const value = JSON.stringify({ signedMeterData: 'T0NNRg==', encodingMethod: 'OCMF', publicKey: 'AA==' });
  const [sample] = fromOcpp16({ timestamp, sampledValue: [{ value, format: 'SignedData' }] }).samples;
  assert.equal(sample?.value, '');
  assert.deepEqual(sample?.signed, { data: 'T0NNRg==', encodingMethod: 'OCMF', publicKey: 'AA==' });
});

for (const value of ['0A1B2C', '{"other":1}', 'null', '[]', '{"signedMeterData":5}']) {
  test(`a 1.6 SignedData value of another form is kept whole: ${value}`, () => {
    const [sample] = fromOcpp16({ timestamp, sampledValue: [{ value, format: 'SignedData' }] }).samples;
    assert.deepEqual(sample?.signed, { data: value, encodingMethod: '' });
  });
}
