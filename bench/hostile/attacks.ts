import { connect } from 'node:net';
import { WebSocket } from 'ws';

/** What an attack is pointed at. */
export interface Target {
  readonly url: string;
  readonly port: number;
  readonly tlsPort: number;
  /** Registered; each one is used by one attacker. */
  readonly identity: string;
  readonly password: string;
  /** The address that the attack comes from, so that limits of an address meet it alone. */
  readonly localAddress: string;
}

/** What came of it so far. */
export interface Effort {
  /** Messages, or connections, or sockets: what the kind is made of. */
  done: number;
  /** Times that it was refused, cut off or turned away. */
  stopped: number;
}

/** Goes on until it is told to stop. */
export type Attack = (target: Target, effort: Effort, signal: AbortSignal) => Promise<void>;

/** The kinds, in the order of the table. */
export const attacks = {
  'flood, one at a time': floodAnswered,
  'flood, without waiting': floodUnanswered,
  'rubbish alone': rubbish,
  'reads nothing': readNothing,
  'opens and closes': openAndClose,
  'half-open TCP': halfOpen(() => Buffer.alloc(0)),
  'half a request': halfOpen(() => Buffer.from('GET /ocpp/x HTTP/1.1\r\nHost: x\r\n')),
  'half a TLS handshake': halfOpen(() => Buffer.from('16030102000100', 'hex'), true),
  'frames of 1 MB': largeFrames,
} as const satisfies Record<string, Attack>;

export type AttackName = keyof typeof attacks;

const heartbeat = (id: number) => `[2,"${id}","Heartbeat",{}]`;
const largest = 1_048_576;

/** One station that asks as fast as it is answered. */
function floodAnswered(target: Target, effort: Effort, signal: AbortSignal): Promise<void> {
  return stayConnected(target, effort, signal, (socket) => {
    socket.on('message', () => socket.send(heartbeat(effort.done++)));
    socket.send(heartbeat(effort.done++));
  });
}

/** One station that asks as fast as the socket takes it. */
function floodUnanswered(target: Target, effort: Effort, signal: AbortSignal): Promise<void> {
  return stayConnected(target, effort, signal, (socket) => {
    push(socket, signal, () => heartbeat(effort.done++));
  });
}

function rubbish(target: Target, effort: Effort, signal: AbortSignal): Promise<void> {
  const texts = ['{"no":"frame"}', '[2,"x","NoSuchAction",{}]', '[2,"x","BootNotification",{"a":[1,2', '[9]'];
  return stayConnected(target, effort, signal, (socket) => {
    push(socket, signal, () => texts[effort.done++ % texts.length] ?? '');
  });
}

/** Asks, and lets the answers pile up. */
function readNothing(target: Target, effort: Effort, signal: AbortSignal): Promise<void> {
  return stayConnected(target, effort, signal, (socket) => {
    socket.pause();
    push(socket, signal, () => heartbeat(effort.done++));
  });
}

function largeFrames(target: Target, effort: Effort, signal: AbortSignal): Promise<void> {
  const head = '[2,"x","DataTransfer",{"vendorId":"bench","data":"';
  const tail = '"}]';
  const frame = head + 'y'.repeat(largest - head.length - tail.length) + tail;
  return stayConnected(target, effort, signal, (socket) => {
    push(socket, signal, () => {
      effort.done++;
      return frame;
    });
  });
}

async function openAndClose(target: Target, effort: Effort, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const socket = dial(target);
    await new Promise<void>((resolve) => {
      socket.once('open', () => {
        effort.done++;
        socket.close();
      });
      socket.once('error', () => {
        effort.stopped++;
        resolve();
      });
      socket.once('close', () => resolve());
    });
  }
}

/** Sockets that never come to ask for an upgrade: hundreds at a time, anew when they are closed. */
function halfOpen(first: () => Buffer, isSecure = false): Attack {
  return async (target, effort, signal) => {
    const port = isSecure ? target.tlsPort : target.port;
    const keep = async () => {
      while (!signal.aborted) {
        await new Promise<void>((resolve) => {
          const socket = connect({ port, host: '127.0.0.1', localAddress: target.localAddress });
          const leave = () => socket.destroy();
          signal.addEventListener('abort', leave);
          socket.once('connect', () => {
            effort.done++;
            socket.write(first());
          });
          socket.on('error', () => {}).resume();
          socket.once('close', () => {
            signal.removeEventListener('abort', leave);
            if (!signal.aborted) effort.stopped++;
            resolve();
          });
        });
        await pause(10);
      }
    };
    await Promise.all(Array.from({ length: halfOpenAtOnce }, keep));
  };
}

const halfOpenAtOnce = 500;

/** Connects, and connects again whenever it was cut off. */
async function stayConnected(
  target: Target,
  effort: Effort,
  signal: AbortSignal,
  speak: (socket: WebSocket) => void,
): Promise<void> {
  while (!signal.aborted) {
    const socket = dial(target);
    const leave = () => socket.terminate();
    signal.addEventListener('abort', leave);
    socket.once('open', () => speak(socket));
    await new Promise((resolve) => socket.once('close', resolve));
    signal.removeEventListener('abort', leave);
    if (signal.aborted) return;
    effort.stopped++;
    await pause(100);
  }
}

function dial({ url, identity, password, localAddress }: Target): WebSocket {
  const socket = new WebSocket(`${url}/${identity}`, 'ocpp2.0.1', {
    perMessageDeflate: false,
    localAddress,
    auth: `${identity}:${password}`,
  });
  socket.on('error', () => {});
  return socket;
}

/** Sends without end; only what the socket does not take holds it up. */
function push(socket: WebSocket, signal: AbortSignal, next: () => string): void {
  const more = () => {
    if (signal.aborted || socket.readyState !== socket.OPEN) return;
    for (let n = 0; n < 50 && socket.bufferedAmount < largest; n++) socket.send(next());
    setTimeout(more, socket.bufferedAmount < largest ? 1 : 20);
  };
  more();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
