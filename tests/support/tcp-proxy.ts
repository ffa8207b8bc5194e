import { once } from 'node:events';
import { createConnection, createServer, type NetConnectOpts, type Socket } from 'node:net';

/** How a link treats what wants to pass. */
export type LinkState = 'open' | 'cut' | 'silent';

/** A link between two programs that a test can break in the ways in which networks break. */
export interface TcpProxy {
  readonly port: number;
  readonly state: LinkState;
  /** How often it was cut or silenced. */
  readonly breaks: number;
  /** Connections that stand now. */
  readonly connections: number;
  /** Resets what stands, and refuses what is new. */
  cut(): void;
  /** Nothing passes in either direction, and nobody is told: sockets stay open, new ones get no answer. */
  silence(): void;
  /**
   * Lets everything through again. What was stuck either goes on where it was, nothing lost, as when packets are sent
   * again after a short while; or is reset, as by a router that has forgotten it meanwhile.
   */
  heal(stuck: 'goes-on' | 'is-reset'): void;
  close(): Promise<void>;
}

/** Listens on a free local port and passes on to `target`, another port or a Unix socket. */
export async function startTcpProxy(target: NetConnectOpts): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let state: LinkState = 'open';
  let breaks = 0;
  // Half-open, so that the end of one direction is passed on as such, after what was sent before it.
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (near) => {
    if (state === 'cut') {
      reset(near);
      return;
    }
    const pair = new Pair(near, target, () => pairs.delete(pair));
    pairs.add(pair);
    if (state === 'open') pair.open();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const resetAll = () => {
    for (const pair of pairs) pair.reset();
  };

  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get state() {
      return state;
    },
    get breaks() {
      return breaks;
    },
    get connections() {
      return pairs.size;
    },
    cut() {
      state = 'cut';
      breaks++;
      resetAll();
    },
    silence() {
      state = 'silent';
      breaks++;
      for (const pair of pairs) pair.hold();
    },
    heal(stuck) {
      if (state === 'open') return;
      if (stuck === 'is-reset' && state === 'silent') resetAll();
      state = 'open';
      for (const pair of pairs) pair.open();
    },
    async close() {
      resetAll();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Both ends of one connection. What waits while it is held waits in the kernel, and its senders see no difference. */
class Pair {
  readonly #near: Socket;
  readonly #target: NetConnectOpts;
  readonly #gone: () => void;
  #far: Socket | undefined;

  constructor(near: Socket, target: NetConnectOpts, gone: () => void) {
    this.#near = near;
    this.#target = target;
    this.#gone = gone;
    this.#watch(near);
  }

  open(): void {
    if (this.#far === undefined) {
      this.#far = createConnection({ ...this.#target, allowHalfOpen: true, noDelay: true });
      this.#watch(this.#far);
    }
    this.#near.pipe(this.#far);
    this.#far.pipe(this.#near);
  }

  hold(): void {
    for (const socket of [this.#near, this.#far]) socket?.unpipe().pause();
  }

  reset(): void {
    this.#gone();
    reset(this.#near);
    // A Unix socket knows no reset: its end is all that the other side hears.
    if ('path' in this.#target) this.#far?.destroy();
    else if (this.#far) reset(this.#far);
  }

  /** An end that is lost takes the other one with it. */
  #watch(socket: Socket): void {
    socket.on('error', () => this.reset());
    socket.on('close', () => {
      this.#gone();
      if (this.#near.destroyed && (this.#far?.destroyed ?? true)) return;
      if (socket.errored) this.reset();
    });
  }
}

/** Node never closes a socket that is reset in the middle of its farewell, and its process then spins when it ends. */
function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
