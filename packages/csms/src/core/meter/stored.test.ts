import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { SampledValue } from './meter-value.ts';
import { meterValueOf, storedText } from './stored.ts';

const sample: fc.Arbitrary<SampledValue> = fc.record(
  {
    value: fc.string(),
    measurand: fc.constantFrom('Energy.Active.Import.Register', 'Voltage'),
    context: fc.constantFrom('Sample.Periodic', 'Transaction.End'),
    location: fc.constantFrom('Outlet', 'Inlet'),
    unit: fc.constantFrom('Wh', 'V', ''),
    multiplier: fc.constantFrom(0, 3),
    phase: fc.constantFrom('L1', 'L1-N'),
    signed: fc.record({ data: fc.string(), encodingMethod: fc.constant('OCMF') }, { noNullPrototype: true }),
  },
  {
    requiredKeys: ['value', 'measurand', 'context', 'location', 'unit', 'multiplier'],
    noNullPrototype: true,
  },
);

it('samples come out of the database as they went in', () => {
  fc.assert(
    fc.property(fc.array(sample), (samples) => {
      const at = '2026-03-01T12:00:00.000Z';
      assert.deepEqual(meterValueOf({ at, samples: storedText(samples), sequence: null }), { at, samples });
    }),
  );
});

it('what is the default of the standard takes no room', () => {
  const text = storedText([
    {
      value: '7',
      measurand: 'Energy.Active.Import.Register',
      context: 'Sample.Periodic',
      location: 'Outlet',
      unit: 'Wh',
      multiplier: 0,
    },
  ]);
  assert.equal(text, '[{"value":"7","unit":"Wh"}]');
});
