import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proxyProtocolLimits, readProxyHeader } from './proxy-protocol.ts';

const rest = 'GET / HTTP/1.1\r\n';
const signature = '0d0a0d0a000d0a515549540a';

function binary(hex: string): Buffer {
  return Buffer.from(signature + hex.replaceAll(' ', ''), 'hex');
}

/** Body of an IPv4 connection from 192.0.2.7. */
const from4 = 'c0000207 0a000001 d431 2328';
const from6 = `20010db8000000000000000000000007 ${'00'.repeat(15)}01 d431 2328`;

describe('the header of the PROXY protocol', () => {
  const good: readonly [string, Buffer, string | undefined][] = [
    ['version 1, IPv4', Buffer.from('PROXY TCP4 192.0.2.7 10.0.0.1 54321 9000\r\n'), '192.0.2.7'],
    ['version 1, IPv6', Buffer.from('PROXY TCP6 2001:db8::7 ::1 54321 9000\r\n'), '2001:db8::7'],
    ['version 1, unknown', Buffer.from('PROXY UNKNOWN\r\n'), undefined],
    ['version 1, unknown with more', Buffer.from('PROXY UNKNOWN ffff:: ffff:: 65535 65535\r\n'), undefined],
    ['version 2, IPv4', binary(`21 11 000c ${from4}`), '192.0.2.7'],
    ['version 2, IPv6', binary(`21 21 0024 ${from6}`), '2001:db8::7'],
    ['version 2 with an extension', binary(`21 11 0013 ${from4} 04 0004 00000000`), '192.0.2.7'],
    ['version 2, the balancer itself', binary('20 00 0000'), undefined],
    ['version 2, the balancer itself with addresses', binary(`20 11 000c ${from4}`), undefined],
    ['version 2, a Unix socket', binary(`21 31 00d8 ${'00'.repeat(216)}`), undefined],
  ];
  for (const [name, header, address] of good) {
    it(`is read and ends where it ends: ${name}`, () => {
      assert.deepEqual(readProxyHeader(Buffer.concat([header, Buffer.from(rest)])), {
        kind: 'header',
        address,
        length: header.length,
      });
    });

    it(`is incomplete at every octet before its end: ${name}`, () => {
      for (let length = 0; length < header.length; length++)
        assert.equal(readProxyHeader(header.subarray(0, length)).kind, 'incomplete', `${length} octets`);
    });
  }

  const bad: readonly [string, Buffer][] = [
    ['a request without one', Buffer.from(rest)],
    ['the start of TLS', Buffer.from('160301', 'hex')],
    ['an address that is none', Buffer.from('PROXY TCP4 192.0.2.777 10.0.0.1 1 2\r\n')],
    ['an address of the other family', Buffer.from('PROXY TCP4 ::1 ::1 1 2\r\n')],
    ['a port that is none', Buffer.from('PROXY TCP4 192.0.2.7 10.0.0.1 65536 2\r\n')],
    ['a line that is cut short', Buffer.from('PROXY TCP4 192.0.2.7\r\n')],
    ['a line with more', Buffer.from('PROXY TCP4 192.0.2.7 10.0.0.1 1 2 3\r\n')],
    ['a line without end', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(proxyProtocolLimits.lineBytes)}`)],
    ['version 3', binary(`31 11 000c ${from4}`)],
    ['a command that is not known', binary(`22 11 000c ${from4}`)],
    ['addresses that are cut off', binary('21 11 0004 c0000207')],
    ['IPv6 in the room of IPv4', binary(`21 21 000c ${from4}`)],
    ['a length out of all reason', binary('21 11 ffff')],
  ];
  for (const [name, bytes] of bad) {
    it(`is refused: ${name}`, () => assert.equal(readProxyHeader(bytes).kind, 'invalid'));
  }
});
