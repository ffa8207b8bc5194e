import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../problem.ts';
import { createLogin } from './authentication.ts';
import type { Principal } from './permissions.ts';

const limits = { failuresMax: 2, windowMs: 1_000, addressesMax: 3 };

const operator: Principal = { id: 'operator', name: 'Operator', permissions: 'all' };
const authenticate = async (token: string) => (token === 'right' ? operator : undefined);

function loginAt(clock: { nowMs: number }) {
  const asked: string[] = [];
  const login = createLogin({
    now: () => clock.nowMs,
    limits,
    authenticate: async (token) => {
      asked.push(token);
      return await authenticate(token);
    },
  });
  const outcome = async (address: string, header: string | undefined = 'Bearer wrong') => {
    try {
      return (await login(header, address)).id;
    } catch (error) {
      assert.ok(error instanceof Problem);
      return error.code;
    }
  };
  return { outcome, asked };
}

describe('login', () => {
  it('reads the scheme in any case, and asks nobody about what is no token', async () => {
    const { outcome, asked } = loginAt({ nowMs: 0 });
    assert.equal(await outcome('192.0.2.1', 'bearer right'), 'operator');
    for (const [index, header] of [
      '',
      'Bearer',
      'Bearer  ',
      'Bearer a b',
      `Bearer ${'x'.repeat(600)}`,
    ].entries()) {
      assert.equal(await outcome(`192.0.2.${index}`, header), 'unauthenticated', header);
    }
    assert.deepEqual(asked, ['right']);
  });

  it('does not count a request without any token as a failed login', async () => {
    const login = createLogin({ now: () => 0, limits, authenticate });
    for (let n = 0; n < 5; n += 1) await assert.rejects(login(undefined, '192.0.2.1'), /unauthenticated/);
    assert.equal((await login('Bearer right', '192.0.2.1')).id, 'operator');
  });

  it('asks nobody while an address has to wait, and forgets when the window is over', async () => {
    const clock = { nowMs: 0 };
    const { outcome, asked } = loginAt(clock);
    await outcome('192.0.2.1');
    await outcome('192.0.2.1');
    assert.equal(await outcome('192.0.2.1', 'Bearer right'), 'rate-limited');
    assert.equal(asked.length, 2);
    clock.nowMs = 1_000;
    assert.equal(await outcome('192.0.2.1', 'Bearer right'), 'operator');
    await outcome('192.0.2.1');
    assert.equal(await outcome('192.0.2.1'), 'unauthenticated', 'the count began anew');
  });

  it('counts the addresses of one IPv6 network as one', async () => {
    const { outcome } = loginAt({ nowMs: 0 });
    await outcome('2001:db8:1:2::1');
    await outcome('2001:db8:1:2:ffff::9');
    assert.equal(await outcome('2001:db8:1:2:3:4:5:6'), 'rate-limited');
    assert.equal(await outcome('2001:db8:1:3::1'), 'unauthenticated');
    await outcome('2001:db8::1');
    await outcome('2001:db8:0:0:5::');
    assert.equal(await outcome('2001:db8::77'), 'rate-limited');
  });

  it('counts an IPv4 address the same when it comes mapped into IPv6', async () => {
    const { outcome } = loginAt({ nowMs: 0 });
    await outcome('::ffff:192.0.2.1');
    await outcome('192.0.2.1');
    assert.equal(await outcome('192.0.2.1'), 'rate-limited');
    assert.equal(await outcome('::ffff:192.0.2.2'), 'unauthenticated');
  });

  it('remembers only so many addresses, the newest', async () => {
    const { outcome } = loginAt({ nowMs: 0 });
    for (let n = 0; n < 2; n += 1) await outcome('192.0.2.1');
    for (let n = 2; n <= 4; n += 1) await outcome(`192.0.2.${n}`);
    assert.equal(await outcome('192.0.2.1'), 'unauthenticated');
  });
});
