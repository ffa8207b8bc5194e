import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkIdentity } from './identity.ts';

test('an identity has the key that it is compared by, whatever its case', () => {
  assert.deepEqual(checkIdentity('CS-Berlin_01', '2.1'), { valid: true, key: 'cs-berlin_01' });
  assert.deepEqual(checkIdentity('cs-BERLIN_01'), { valid: true, key: 'cs-berlin_01' });
});

test('every character of identifierString but the colon is allowed in 2.x, up to 48 of them', () => {
  for (const version of ['2.0.1', '2.1'] as const) {
    assert.equal(checkIdentity('aZ09*-_=+|@.', version).valid, true);
    assert.equal(checkIdentity('a'.repeat(48), version).valid, true);
    for (const identity of ['', 'a'.repeat(49), 'with space', 'Füllstation', 'a/b', 'a#b']) {
      assert.equal(checkIdentity(identity, version).valid, false, identity);
    }
  }
});

test('1.6, and a station whose version is not known, may use whatever can be seen', () => {
  for (const identity of ['Füllstation 7', 'a/b', '充电桩', '😀']) {
    assert.equal(checkIdentity(identity).valid, true, identity);
    assert.equal(checkIdentity(identity, '1.6').valid, true, identity);
  }
  for (const identity of [' a', 'a ', 'a\tb', 'a\u0000', '\ud800', 'a\u200bb']) {
    assert.equal(checkIdentity(identity, '1.6').valid, false, JSON.stringify(identity));
  }
});

test('A00.FR.204 A00.FR.303 no identity has a colon, in any version', () => {
  for (const version of [undefined, '1.6', '2.0.1', '2.1'] as const) {
    const checked = checkIdentity('DE:ABC', version);
    assert.ok(!checked.valid);
    assert.match(checked.problem, /colon/);
  }
});

test('what a path would take for a step is no identity', () => {
  assert.equal(checkIdentity('.', '2.1').valid, false);
  assert.equal(checkIdentity('..').valid, false);
  assert.equal(checkIdentity('...').valid, true);
});

test('two ways to write one letter have one key', () => {
  assert.deepEqual(checkIdentity('F\u00fcr'), checkIdentity('Fu\u0308r'));
});
