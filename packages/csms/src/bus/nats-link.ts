import type { Log } from '../log.ts';
import { within } from './deadline.ts';
import { dial } from './nats-dial.ts';
import { explainFailure } from './nats-failure.ts';
import type { NatsLimits } from './nats-limits.ts';
import { type NatsServer, type NatsSettings, placeOf, readNatsServers } from './nats-server.ts';
import { type Heard, openSession, type Session } from './nats-session.ts';

export type BusState = 'connected' | 'away';

export interface NatsLinkOptions {
  readonly settings: NatsSettings;
  readonly name: string;
  readonly log: Log;
  readonly random: () => number;
  readonly limits: NatsLimits;
  readonly onState: (state: BusState) => void;
}

/** The way to NATS, whether it is there or not: it dials for ever, and what is listened to comes back. */
export interface NatsLink {
  readonly state: BusState;
  readonly largestMessageBytes: number;
  /** False when it was not sent. Nothing is kept for later. */
  send(subject: string, data: Uint8Array, reply?: string): boolean;
  listen(subject: string, hear: (heard: Heard) => void): () => void;
  settled(): Promise<void>;
  /** Resolves when the first connection is there or was found impossible. */
  readonly tried: Promise<void>;
  close(): Promise<void>;
}

/** @throws Error when BUSBAR_NATS_URL cannot be read. A server that cannot be reached is none. */
export function openNatsLink(options: NatsLinkOptions): NatsLink {
  const { settings, name, log, random, limits, onState } = options;
  const servers = readNatsServers(settings.natsUrl);
  const listening = new Set<Listener>();
  const closing = new AbortController();
  const tried = Promise.withResolvers<void>();
  const complaints = new Map<NatsServer, { text: string; times: number }>();
  let session: Session | undefined;
  let state: BusState = 'away';
  let next = Math.floor(random() * servers.length);
  const done = keepConnected();

  return {
    get state() {
      return state;
    },
    get largestMessageBytes() {
      return session?.largestMessageBytes ?? limits.largestMessageBytes;
    },
    send: (subject, data, reply) => session?.send(subject, data, reply) ?? false,
    listen(subject, hear) {
      const listener: Listener = { subject, hear, leave: session?.listen(subject, hear) };
      listening.add(listener);
      return () => {
        if (listening.delete(listener)) listener.leave?.();
      };
    },
    settled: async () => void (await session?.settled()),
    tried: tried.promise,
    async close() {
      closing.abort();
      await session?.end();
      // The library cannot be told to stop dialling; its connection is closed as soon as it is there.
      await within(limits.closeMs, done);
    },
  };

  async function keepConnected(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; ) {
      const server = servers[next % servers.length] ?? servers[0];
      next++;
      failures = (await connectOnce(server)) ? 0 : failures + 1;
      // Each server is tried at once; only when none is there does it wait.
      if (failures % servers.length !== 0) continue;
      tried.resolve();
      await pause(failures / servers.length);
    }
  }

  /** Resolves when the connection has ended, with whether it was one to rely on. */
  async function connectOnce(server: NatsServer): Promise<boolean> {
    try {
      const connection = await dial({
        server,
        settings,
        name,
        timeoutMs: limits.dialTimeoutMs,
        signal: closing.signal,
      });
      if (closing.signal.aborted) return await connection.close().then(() => false);
      const opened = openSession({
        connection,
        limits,
        onComplaint: ({ message }) =>
          log.error(
            `NATS at ${placeOf(server)} complains: ${message}. Busbar needs to be permitted busbar.>`,
          ),
      });
      await keep(opened, server);
      return opened.isProven;
    } catch (error) {
      complain(server, error);
      return false;
    }
  }

  async function keep(opened: Session, server: NatsServer): Promise<void> {
    for (const listener of listening) listener.leave = opened.listen(listener.subject, listener.hear);
    session = opened;
    // Only now does NATS know all of them, and nothing can be missed any more.
    if (await opened.settled()) arrived(opened, server);
    const reason = await opened.ended;
    session = undefined;
    for (const listener of listening) listener.leave = undefined;
    if (opened.isProven) complaints.clear();
    complain(server, reason);
    change('away');
  }

  function arrived({ largestMessageBytes }: Session, server: NatsServer): void {
    log.info({ server: placeOf(server) }, 'connected to NATS');
    if (largestMessageBytes < limits.largestMessageBytes) {
      log.warn(
        { server: placeOf(server), bytes: largestMessageBytes },
        'NATS takes smaller messages than Busbar may need: raise its max_payload',
      );
    }
    change('connected');
    tried.resolve();
  }

  function change(to: BusState): void {
    if (state === to) return;
    state = to;
    onState(to);
  }

  /** Logs a reason once, and again now and then while it stays. */
  function complain(server: NatsServer, error: unknown): void {
    if (closing.signal.aborted) return;
    const { level, text } = explainFailure(error, server);
    const before = complaints.get(server);
    const times = before?.text === text ? before.times + 1 : 0;
    complaints.set(server, { text, times });
    if (times % complaintEvery === 0) log[level](`no way to the other nodes: ${text}`);
  }

  async function pause(rounds: number): Promise<void> {
    const longest = Math.min(limits.longestPauseMs, limits.shortestPauseMs * 2 ** Math.min(rounds, 20));
    // Half of it by chance, so that the nodes do not come back all at once.
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, longest * (0.5 + random() / 2));
    closing.signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
}

/** Attempts between two log lines that say the same: about a minute. */
const complaintEvery = 12;

interface Listener {
  readonly subject: string;
  readonly hear: (heard: Heard) => void;
  leave: (() => void) | undefined;
}
