import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureText } from './failure.ts';

test('what the parts throw on purpose is one sentence', () => {
  assert.equal(failureText(new Error('Port 80 is taken.')), 'busbar: Port 80 is taken.');
});

test("an error of the language's own is reported with its stack", () => {
  assert.match(
    failureText(new TypeError('x is not a function')),
    /fault of the program.*\n.*TypeError.*\n +at /,
  );
});
