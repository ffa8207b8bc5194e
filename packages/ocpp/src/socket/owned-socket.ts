import { type RawData, WebSocket } from 'ws';

/** What a socket tells to whoever owns it. */
export interface SocketOwner {
  receiveText(text: string, bytes: number): void;
  receiveBinary(): void;
  /** The other side pinged. */
  pinged(): void;
  /** The other side answered a ping of ours. */
  ponged(): void;
  /** `closed` follows. */
  failed(error: Error): void;
  closed(code: number, reason: string): void;
}

/** A WebSocket that knows its owner, so that ten thousand of them share their listeners. */
export class OwnedSocket extends WebSocket {
  owner: SocketOwner | undefined;

  attach(owner: SocketOwner): void {
    this.owner = owner;
    this.on('message', onMessage)
      .on('ping', onPing)
      .on('pong', onPong)
      .on('error', onError)
      .on('close', onClose);
  }
}

function ownerOf(socket: WebSocket): SocketOwner | undefined {
  return socket instanceof OwnedSocket ? socket.owner : undefined;
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  const owner = ownerOf(this);
  if (isBinary) owner?.receiveBinary();
  else owner?.receiveText(textOf(data), sizeOf(data));
}

function onPing(this: WebSocket): void {
  ownerOf(this)?.pinged();
}

function onPong(this: WebSocket): void {
  ownerOf(this)?.ponged();
}

function onError(this: WebSocket, error: Error): void {
  ownerOf(this)?.failed(error);
}

function onClose(this: WebSocket, code: number, reason: Buffer): void {
  ownerOf(this)?.closed(code, reason.toString());
}

function textOf(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString();
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data).toString();
}

function sizeOf(data: RawData): number {
  return Array.isArray(data) ? data.reduce((sum, { length }) => sum + length, 0) : data.byteLength;
}

/** Close codes that OCPP-J and RFC 6455 give a meaning here. */
export const closeCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  binary: 1003,
  policy: 1008,
  tooLarge: 1009,
  internalError: 1011,
  overloaded: 1013,
} as const;

/** A close reason has room for 123 octets. */
export function cutReason(reason: string): string {
  let cut = reason.slice(0, 123);
  while (Buffer.byteLength(cut) > 123) cut = cut.slice(0, -1);
  return cut;
}
