import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromOcpp2, type SampledValue } from './meter-value.ts';
import { seriesOf } from './series.ts';

const at = '2026-03-01T10:00:00.000Z';

function sample(value: string, unit: string, multiplier = 0): SampledValue {
  return { value, unit, multiplier, measurand: 'Voltage', context: 'Sample.Periodic', location: 'Outlet' };
}

const conversions: readonly [
  value: string,
  unit: string,
  multiplier: number,
  result: string,
  base: string,
][] = [
  ['1.5', 'kWh', 0, '1500', 'Wh'],
  ['1.5', 'KWH', 0, '1500', 'Wh'],
  ['1.5', ' kwh ', 0, '1500', 'Wh'],
  ['15', 'Wh', 2, '1500', 'Wh'],
  ['1500000', 'Wh', -3, '1500', 'Wh'],
  ['0.0015', 'MWh', 0, '1500', 'Wh'],
  ['1500000', 'mWh', 0, '1500', 'Wh'],
  ['2', 'kvarh', 0, '2000', 'varh'],
  ['2', 'kVAh', 0, '2000', 'VAh'],
  ['7.4', 'kW', 0, '7400', 'W'],
  ['7.4', 'kvar', 0, '7400', 'var'],
  ['7.4', 'kVA', 0, '7400', 'VA'],
  ['16', 'A', 0, '16', 'A'],
  ['16000', 'mA', 0, '16', 'A'],
  ['0.23', 'kV', 0, '230', 'V'],
  ['49999', 'mHz', 0, '49.999', 'Hz'],
  ['55', 'Percent', 0, '55', 'Percent'],
  ['55', '%', 0, '55', 'Percent'],
  ['21.5', 'Celcius', 0, '21.5', 'Celsius'],
  ['300', 'K', 0, '26.85', 'Celsius'],
  ['212', 'Fahrenheit', 0, '100', 'Celsius'],
  ['1', 'Fahrenheit', 0, '-17.222', 'Celsius'],
  ['900', 'RPM', 0, '900', 'RPM'],
  ['9', 'Furlong', 1, '90', 'Furlong'],
  ['0.98', '', 0, '0.98', ''],
  ['-3', 'kW', 0, '-3000', 'W'],
];

for (const [value, unit, multiplier, result, base] of conversions) {
  test(`${value} ${unit} x 10^${multiplier} is ${result} ${base}`, () => {
    const [point] = seriesOf([{ at, samples: [sample(value, unit, multiplier)] }]);
    assert.equal(point?.value, result);
    assert.equal(point?.unit, base);
  });
}

test('each sample becomes a point with its labels, in the order given', () => {
  const meterValue = fromOcpp2({
    timestamp: at,
    sampledValue: [
      { value: 16, measurand: 'Current.Import', phase: 'L1', unitOfMeasure: { unit: 'A' } },
      { value: 1.25, unitOfMeasure: { unit: 'kWh' }, context: 'Transaction.End' },
    ],
  });
  const place = { at, location: 'Outlet' };
  assert.deepEqual(seriesOf([meterValue]), [
    {
      ...place,
      measurand: 'Current.Import',
      phase: 'L1',
      context: 'Sample.Periodic',
      value: '16',
      unit: 'A',
    },
    {
      ...place,
      measurand: 'Energy.Active.Import.Register',
      context: 'Transaction.End',
      value: '1250',
      unit: 'Wh',
    },
  ]);
});

test('what is no number or only signed has no point', () => {
  const signed = { ...sample('', 'Wh'), signed: { data: '0A', encodingMethod: '' } };
  assert.deepEqual(seriesOf([{ at, samples: [sample('1,5', 'Wh'), sample('1', 'Wh', 0.5), signed] }]), []);
});

test('any text and unit gives plain decimals or nothing', () => {
  const anyText = fc.oneof(fc.string(), fc.double().map(String));
  fc.assert(
    fc.property(anyText, fc.string(), fc.integer(), (value, unit, multiplier) => {
      for (const point of seriesOf([{ at, samples: [sample(value, unit, multiplier)] }])) {
        assert.match(point.value, /^-?\d+(\.\d+)?$/);
      }
    }),
  );
});
