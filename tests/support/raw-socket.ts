import WebSocket from 'ws';

/** A socket by which anything can be said, right or wrong. */
export interface RawSocket {
  readonly socket: WebSocket;
  readonly protocol: string;
  send(data: string | Buffer): void;
  /** The next text that comes. */
  next(): Promise<string>;
  /** The next answer, whatever the server asks meanwhile. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at by the tests
  answer(): Promise<any[]>;
  /** The close code, once it has ended. */
  readonly closed: Promise<number>;
}

export interface RawOptions {
  readonly id: string;
  readonly password?: string | Buffer;
  readonly user?: string;
  readonly protocols?: readonly string[];
}

/** Connects, or fails with {@link Refused}. */
export async function connectRaw(
  test: { after(end: () => void): void },
  csms: { readonly server: { readonly ocppUrl: string } },
  options: RawOptions,
): Promise<RawSocket> {
  const { id, password, user = id, protocols = [] } = options;
  const basic = Buffer.concat([Buffer.from(`${user}:`), Buffer.from(password ?? '')]).toString('base64');
  const socket = new WebSocket(`${csms.server.ocppUrl}/${encodeURIComponent(id)}`, [...protocols], {
    ...(password !== undefined && { headers: { authorization: `Basic ${basic}` } }),
  });
  const waiting: ((text: string) => void)[] = [];
  const arrived: string[] = [];
  socket.on('message', (data) => {
    const text = data.toString();
    const taker = waiting.shift();
    if (taker) taker(text);
    else arrived.push(text);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  test.after(() => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('unexpected-response', (_, response) => {
      response.resume();
      reject(new Refused(response.statusCode ?? 0));
    });
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  const raw: RawSocket = {
    socket,
    protocol: socket.protocol,
    send: (data) => socket.send(data),
    next() {
      const text = arrived.shift();
      return text === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(text);
    },
    async answer() {
      for (;;) {
        const frame = JSON.parse(await raw.next());
        if (frame[0] !== 2) return frame;
      }
    },
    closed,
  };
  return raw;
}

/** The upgrade was answered with an HTTP status. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}
