import type { Socket } from 'node:net';
import { type ProxyHeader, readProxyHeader } from './proxy-protocol.ts';

/**
 * Takes the header of the PROXY protocol off a connection and leaves the rest in it, unread. Resolves to undefined
 * when the connection ends before; throws a sentence when there is no such header. The caller limits the time.
 */
export function takeProxyHeader(socket: Socket): Promise<ProxyHeader | undefined> {
  return new Promise((resolve, reject) => {
    let taken: Buffer = Buffer.alloc(0);
    const finish = () => {
      socket.off('readable', read).off('close', gone).off('end', gone);
    };
    const gone = () => {
      finish();
      resolve(undefined);
    };
    const read = () => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      taken = Buffer.concat([taken, chunk]);
      const reading = readProxyHeader(taken);
      if (reading.kind === 'incomplete') return;
      finish();
      if (reading.kind === 'invalid') {
        reject(new Error(reading.reason));
        return;
      }
      const rest = taken.subarray(reading.length);
      if (rest.length > 0) socket.unshift(rest);
      resolve(reading);
    };
    socket.on('readable', read).once('close', gone).once('end', gone);
  });
}

/** From now on the socket says that it comes from there, to all who ask it. */
export function pretendAddress(socket: Socket, address: string): void {
  Object.defineProperty(socket, 'remoteAddress', { value: address, configurable: true });
}
