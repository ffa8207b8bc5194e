import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAddressList, siteOf } from './address-list.ts';

describe('a list of addresses', () => {
  it('has single ones and networks of both families', () => {
    const list = readAddressList('10.0.0.1, 10.1.0.0/16,fd00::/8 , 2001:db8::7');
    for (const address of ['10.0.0.1', '10.1.255.255', 'fd12::1', '2001:db8::7', '::ffff:10.1.2.3'])
      assert.equal(list.has(address), true, address);
    for (const address of ['10.0.0.2', '10.2.0.0', 'fe80::1', '2001:db8::8', '', 'nonsense'])
      assert.equal(list.has(address), false, address);
  });

  it('says what it cannot read', () => {
    for (const text of ['', '10.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', '10.0.0.0/-1', 'host.example'])
      assert.throws(() => readAddressList(text), /is no address and no network/, text);
  });
});

describe('what is counted together', () => {
  it('is an IPv4 address, however it is written, and a network of 64 bits of IPv6', () => {
    assert.equal(siteOf('192.0.2.7'), '192.0.2.7');
    assert.equal(siteOf('::ffff:192.0.2.7'), '192.0.2.7');
    assert.equal(siteOf('2001:db8:1:2:aaaa::1'), '2001:db8:1:2::/64');
    assert.equal(siteOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
    assert.equal(siteOf('2001:db8::1'), '2001:db8:0:0::/64');
    assert.equal(siteOf('::1'), '0:0:0:0::/64');
  });
});
