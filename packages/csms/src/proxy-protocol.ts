import { isIPv4, isIPv6, SocketAddress } from 'node:net';

/** Who a balancer says is behind a connection; no address where it speaks for itself (a health check). */
export interface ProxyHeader {
  readonly kind: 'header';
  readonly address: string | undefined;
  /** Octets; what follows is the station's. */
  readonly length: number;
}

export type ProxyReading =
  | ProxyHeader
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid'; readonly reason: string };

export const proxyProtocolLimits = {
  /** The longest line of version 1, its end included, as HAProxy's specification has it. */
  lineBytes: 107,
  /** Addresses of version 2 take 36 octets; the rest is for extensions that balancers add, a certificate's name included. */
  bodyBytes: 2_048,
} as const;

/** Reads the header of the PROXY protocol, version 1 or 2, from the first octets of a connection. */
export function readProxyHeader(bytes: Buffer): ProxyReading {
  if (startsAs(bytes, signature)) return readBinary(bytes);
  if (startsAs(bytes, linePrefix)) return readLine(bytes);
  return invalid('the connection does not start with a header of the PROXY protocol');
}

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const linePrefix = Buffer.from('PROXY ');

/** True also while too little is there to tell. */
function startsAs(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.subarray(0, length).equals(start.subarray(0, length));
}

function readLine(bytes: Buffer): ProxyReading {
  const end = bytes.subarray(0, proxyProtocolLimits.lineBytes).indexOf('\r\n');
  if (end === -1) {
    return bytes.length < proxyProtocolLimits.lineBytes
      ? { kind: 'incomplete' }
      : invalid(`the line is longer than ${proxyProtocolLimits.lineBytes} octets`);
  }
  const length = end + 2;
  const [, family, source = '', target = '', sourcePort = '', targetPort = '', ...more] = bytes
    .toString('latin1', 0, end)
    .split(' ');
  if (family === 'UNKNOWN') return { kind: 'header', address: undefined, length };
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : undefined;
  const isWhole =
    isAddress?.(source) && isAddress(target) && isPort(sourcePort) && isPort(targetPort) && more.length === 0;
  if (!isWhole) return invalid('the line does not name two addresses and two ports');
  return { kind: 'header', address: source, length };
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

const fixedBytes = 16;
/** Family and transport: those that stations come by. */
const tcp4 = 0x11;
const tcp6 = 0x21;

function readBinary(bytes: Buffer): ProxyReading {
  if (bytes.length < fixedBytes) return { kind: 'incomplete' };
  const versionAndCommand = bytes.readUInt8(12);
  const bodyLength = bytes.readUInt16BE(14);
  if (versionAndCommand >> 4 !== 2) return invalid(`version ${versionAndCommand >> 4} is not known`);
  if (bodyLength > proxyProtocolLimits.bodyBytes)
    return invalid(`the header says that it is ${bodyLength} octets long`);
  const length = fixedBytes + bodyLength;
  if (bytes.length < length) return { kind: 'incomplete' };
  const body = bytes.subarray(fixedBytes, length);
  switch (versionAndCommand & 0x0f) {
    case 0:
      return { kind: 'header', address: undefined, length };
    case 1:
      return readSource(bytes.readUInt8(13), body, length);
    default:
      return invalid(`command ${versionAndCommand & 0x0f} is not known`);
  }
}

function readSource(family: number, body: Buffer, length: number): ProxyReading {
  switch (family) {
    case tcp4:
      if (body.length < 12) return invalid('the addresses are cut off');
      return { kind: 'header', address: [...body.subarray(0, 4)].join('.'), length };
    case tcp6:
      if (body.length < 36) return invalid('the addresses are cut off');
      return { kind: 'header', address: addressOf6(body), length };
    // What is behind has no address that we know how to read.
    default:
      return { kind: 'header', address: undefined, length };
  }
}

function addressOf6(body: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, n) => body.readUInt16BE(n * 2).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

function invalid(reason: string): ProxyReading {
  return { kind: 'invalid', reason };
}
