import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { powerOfTen, readDecimal, scale, textOf, textOfNumber, zero } from './decimal.ts';

const readable: readonly [text: string, meaning: string][] = [
  ['12', '12'],
  [' 12 ', '12'],
  ['+5', '5'],
  ['-5.50', '-5.5'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['007', '7'],
  ['-0', '0'],
  ['0e999', '0'],
  ['1e3', '1000'],
  ['1.5E-7', '0.00000015'],
  ['0.1', '0.1'],
  ['123456789012345678901234567890.123456789', '123456789012345678901234567890.123456789'],
];

for (const [text, meaning] of readable) {
  test(`"${text}" reads as ${meaning}`, () => {
    const value = readDecimal(text);
    assert.equal(value && textOf(value), meaning);
  });
}

const unreadable = [
  '',
  ' ',
  'NaN',
  'Infinity',
  '1,5',
  '1.234,5',
  '0x10',
  '1_000',
  '12 Wh',
  '1e',
  '--1',
  '1e999',
  '1e-99',
];

for (const text of [...unreadable, '9'.repeat(65), '9'.repeat(40)]) {
  test(`"${text}" is no number that a meter shows`, () => assert.equal(readDecimal(text), undefined));
}

test('a JSON number becomes the shortest plain decimal text', () => {
  assert.equal(textOfNumber(0.1), '0.1');
  assert.equal(textOfNumber(-0), '0');
  assert.equal(textOfNumber(1e-7), '0.0000001');
  assert.equal(textOfNumber(1e21), '1000000000000000000000');
  assert.equal(textOfNumber(123456.789), '123456.789');
});

test('the text of any number reads back as that number and has no exponent', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = textOfNumber(value);
      assert.match(text, /^-?\d+(\.\d+)?$/);
      assert.equal(Number(text), value === 0 ? 0 : value);
    }),
  );
});

test('what is no number stays text that is no decimal', () => {
  assert.equal(readDecimal(textOfNumber(Number.NaN)), undefined);
  assert.equal(readDecimal(textOfNumber(Number.POSITIVE_INFINITY)), undefined);
});

test('sums do not round where floats do', () => {
  const tenth = readDecimal('0.1') ?? zero;
  const sum = Array.from({ length: 10 }, () => tenth).reduce((total, value) => total.plus(value), zero);
  assert.equal(textOf(sum), '1');
});

test('the largest and the smallest that are read keep every digit side by side', () => {
  const large = readDecimal('9e30') ?? zero;
  const small = readDecimal('9e-30') ?? zero;
  assert.equal(textOf(large.plus(small)), `9${'0'.repeat(30)}.${'0'.repeat(29)}9`);
});

test('a multiplier that is no integer, or absurd, is refused', () => {
  const one = powerOfTen(0);
  assert.equal(textOf(scale(one, 3) ?? zero), '1000');
  assert.equal(textOf(scale(one, -3) ?? zero), '0.001');
  for (const multiplier of [0.5, 31, -31, Number.NaN, 1e9]) assert.equal(scale(one, multiplier), undefined);
});
