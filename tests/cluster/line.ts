import { subprotocolOf, type Version } from '@busbar/ocpp';
import WebSocket from 'ws';
import type { Json } from '../support/api.ts';

/** One socket of a station to one node process, as the station sees it. */
export interface Line {
  /** Which process was dialled. */
  readonly node: string;
  readonly isOpen: boolean;
  /** Messages that were answered over it, in order. */
  readonly answered: readonly string[];
  /** Said over it and not answered yet. */
  readonly waiting: ReadonlySet<string>;
  call(messageId: string, action: string, payload: object): void;
  answer(messageId: string, answer: object): void;
  refuse(messageId: string, code: string): void;
  /** With a farewell. */
  close(): void;
  /** Without one. */
  terminate(): void;
}

export interface LineEvents {
  answered(line: Line, messageId: string, answer: Json): void;
  refused(line: Line, messageId: string, code: string, description: string): void;
  asked(line: Line, messageId: string, action: string, payload: Json): void;
  closed(line: Line, code: number): void;
}

/** A paused process takes the connection and says nothing. */
const handshakeTimeoutMs = 1_000;

/** Resolves to `undefined` when it could not be had. */
export function dial(
  at: { readonly label: string; readonly ocppUrl: string },
  station: { readonly id: string; readonly password: string; readonly version: Version },
  events: LineEvents,
): Promise<Line | undefined> {
  const { id, password, version } = station;
  // A 1.6 station has its key as bytes, and is shown it as hex digits.
  const secret = version === '1.6' ? Buffer.from(password, 'hex') : Buffer.from(password);
  const basic = Buffer.concat([Buffer.from(`${id}:`), secret]).toString('base64');
  const socket = new WebSocket(`${at.ocppUrl}/${encodeURIComponent(id)}`, [subprotocolOf[version]], {
    headers: { authorization: `Basic ${basic}` },
    handshakeTimeout: handshakeTimeoutMs,
    perMessageDeflate: false,
  });
  const answered: string[] = [];
  const waiting = new Set<string>();
  const send = (frame: readonly unknown[]) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  };
  const line: Line = {
    node: at.label,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    answered,
    waiting,
    call(messageId, action, payload) {
      waiting.add(messageId);
      send([2, messageId, action, payload]);
    },
    answer: (messageId, answer) => send([3, messageId, answer]),
    refuse: (messageId, code) => send([4, messageId, code, '', {}]),
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
  socket.on('message', (data) => {
    const [kind, messageId, third, fourth] = JSON.parse(data.toString());
    switch (kind) {
      case 2:
        return events.asked(line, messageId, third, fourth);
      case 3:
        waiting.delete(messageId);
        answered.push(messageId);
        return events.answered(line, messageId, third);
      default:
        waiting.delete(messageId);
        return events.refused(line, messageId, third, fourth);
    }
  });
  return new Promise((resolve) => {
    socket.once('open', () => {
      socket.once('close', (code) => events.closed(line, code));
      resolve(line);
    });
    socket.on('error', () => resolve(undefined));
    socket.once('close', () => resolve(undefined));
  });
}
