import { BlockList, isIP, isIPv4 } from 'node:net';

/** Addresses and networks, as a setting names them. */
export interface AddressList {
  has(address: string): boolean;
}

/** Reads `10.0.0.1, 10.1.0.0/16, fd00::/8`. Throws a sentence for what is neither. */
export function readAddressList(text: string): AddressList {
  const list = new BlockList();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [address = '', prefix, ...more] = entry.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const bits = family === 'ipv4' ? 32 : 128;
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
    if (isIP(address) === 0 || more.length > 0 || length < 0 || length > bits)
      throw new Error(`"${entry}" is no address and no network such as 10.1.0.0/16`);
    list.addSubnet(address, length, family);
  }
  return {
    has(address) {
      const plain = plainAddress(address);
      return isIP(plain) !== 0 && list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
    },
  };
}

/** An IPv4 address is written as one also where the listener hears IPv6. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

/** What is counted together: an IPv4 address, and the /64 that one IPv6 site has for itself. */
export function siteOf(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? 0 : tail.split(':').length;
    while (groups.length + after < 8) groups.push('0');
    if (tail !== '') groups.push(...tail.split(':'));
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
