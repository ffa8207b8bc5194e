import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCodeFor, errorCodesOf, OcppError } from './errors.ts';
import { subprotocolOf, versionOf, versions } from './version.ts';

test('1.6 keeps its two spellings', () => {
  assert.equal(errorCodeFor('1.6', 'FormatViolation'), 'FormationViolation');
  assert.equal(errorCodeFor('1.6', 'OccurrenceConstraintViolation'), 'OccurenceConstraintViolation');
  assert.equal(errorCodeFor('2.0.1', 'FormationViolation'), 'FormatViolation');
  assert.equal(errorCodeFor('2.1', 'OccurenceConstraintViolation'), 'OccurrenceConstraintViolation');
});

test('every code has a name in every version', () => {
  for (const code of versions.flatMap((version) => errorCodesOf[version])) {
    for (const version of versions)
      assert.ok(errorCodesOf[version].includes(errorCodeFor(version, code)), code);
  }
});

test('1.6 has 10 error codes, 2.x has 12', () => {
  const counts = versions.map((version) => new Set(errorCodesOf[version]).size);
  assert.deepEqual(counts, [10, 12, 12]);
});

test('an error carries its code and details', () => {
  const error = new OcppError('NotSupported', 'no reservations here', { connectorId: 1 });
  assert.equal(error.code, 'NotSupported');
  assert.equal(error.message, 'no reservations here');
  assert.deepEqual(error.details, { connectorId: 1 });
});

test('a subprotocol leads to its version and back', () => {
  for (const version of versions) assert.equal(versionOf(subprotocolOf[version]), version);
  assert.equal(versionOf('ocpp1.5'), undefined);
});
