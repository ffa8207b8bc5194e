import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CredentialsBusy, createCredentials } from './credentials.ts';
import { problemOfPassword } from './password.ts';

const pepper = Buffer.from('a pepper of the tests, 32 octets');
const credentials = createCredentials({ pepper });
const valid = { valid: true };
const invalid = { valid: false };

test('A01.FR.07 A01.FR.08 a generated password is random, fits all versions, and is not what is stored', () => {
  const { password, stored } = credentials.generate();
  assert.match(password, /^[0-9a-f]{40}$/);
  assert.equal(problemOfPassword(password), undefined);
  assert.equal(stored.scheme, 'hmac-sha256');
  assert.ok(!JSON.stringify(stored).includes(password));
  assert.notEqual(credentials.generate().password, password);
});

test('a generated password is sent as its bytes in 1.6 and as its digits in 2.x', async () => {
  const { password, stored } = credentials.generate();
  const bytes = Buffer.from(password, 'hex');
  const digits = Buffer.from(password);
  for (const mode of ['lenient', 'strict'] as const) {
    assert.deepEqual(await credentials.verify(stored, bytes, { version: '1.6', mode }), valid);
    assert.deepEqual(await credentials.verify(stored, digits, { version: '2.0.1', mode }), valid);
    assert.deepEqual(await credentials.verify(stored, digits, { version: '2.1', mode }), valid);
  }
});

test('the way of the other version is taken in lenient mode alone, and said', async () => {
  const { password, stored } = credentials.generate();
  const bytes = Buffer.from(password, 'hex');
  const digits = Buffer.from(password.toUpperCase());
  assert.deepEqual(await credentials.verify(stored, digits, { version: '1.6', mode: 'lenient' }), {
    valid: true,
    variant: 'hex-text',
  });
  assert.deepEqual(await credentials.verify(stored, bytes, { version: '2.1', mode: 'lenient' }), {
    valid: true,
    variant: 'raw-bytes',
  });
  assert.deepEqual(await credentials.verify(stored, digits, { version: '1.6', mode: 'strict' }), invalid);
  assert.deepEqual(await credentials.verify(stored, bytes, { version: '2.1', mode: 'strict' }), invalid);
});

test('A00.FR.205 a chosen password is compared as UTF-8', async () => {
  const stored = await credentials.choose('Straßenbahn-Depot 7');
  assert.equal(stored.scheme, 'scrypt');
  const how = { version: '2.1', mode: 'strict' } as const;
  assert.deepEqual(await credentials.verify(stored, Buffer.from('Straßenbahn-Depot 7'), how), valid);
  assert.deepEqual(await credentials.verify(stored, Buffer.from('Straßenbahn-Depot 8'), how), invalid);
  assert.deepEqual(await credentials.verify(stored, Buffer.alloc(0), how), invalid);
});

test('a chosen text that a station sends as hex digits is taken in lenient mode', async () => {
  const stored = await credentials.choose('sixteen or more!');
  const presented = Buffer.from(Buffer.from('sixteen or more!').toString('hex'));
  assert.deepEqual(await credentials.verify(stored, presented, { version: '1.6', mode: 'lenient' }), {
    valid: true,
    variant: 'hex-text',
  });
  assert.deepEqual(await credentials.verify(stored, presented, { version: '1.6', mode: 'strict' }), invalid);
});

test('with another pepper nothing is valid', async () => {
  const { password, stored } = credentials.generate();
  const other = createCredentials({ pepper: Buffer.from('another pepper, also of 32 octets') });
  const how = { version: '2.1', mode: 'lenient' } as const;
  assert.deepEqual(await other.verify(stored, Buffer.from(password), how), invalid);
});

test('a wrong password of any length is just wrong', async () => {
  const { stored } = credentials.generate();
  for (const presented of ['', 'a', '0'.repeat(16), '0'.repeat(40), 'f'.repeat(4_000), '\ud800']) {
    for (const version of ['1.6', '2.1'] as const) {
      assert.deepEqual(
        await credentials.verify(stored, Buffer.from(presented), { version, mode: 'lenient' }),
        invalid,
      );
    }
  }
});

test('the queue of slow hashes has an end, and works on after it was reached', async () => {
  const small = createCredentials({ pepper, limits: { hashesAtOnce: 1, hashesWaiting: 1 } });
  const results = await Promise.allSettled([1, 2, 3].map((n) => small.choose(`chosen password ${n}`)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected'],
  );
  assert.ok(results[2]?.status === 'rejected' && results[2].reason instanceof CredentialsBusy);
  assert.equal((await small.choose('chosen password 4')).scheme, 'scrypt');
});

test('A00.FR.205 a chosen password has 16 to 64 characters and no control characters', () => {
  assert.equal(problemOfPassword('0123456789abcdef'), undefined);
  assert.equal(problemOfPassword('😀'.repeat(64)), undefined);
  assert.match(problemOfPassword('0123456789abcde') ?? '', /16 to 64/);
  assert.match(problemOfPassword('x'.repeat(65)) ?? '', /16 to 64/);
  assert.match(problemOfPassword('0123456789abcde\n') ?? '', /control/);
  assert.match(problemOfPassword('0123456789abcde\ud800') ?? '', /control/);
});
