import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Connection, createOcppServer, OcppError, type Version } from '@busbar/ocpp';

/** A CSMS for tests: says yes to everything until a test teaches it otherwise, and remembers all it heard. */
export interface TestCsms {
  /** The endpoint for stations. */
  readonly url: string;
  /** All CALLs in the order in which they came. */
  readonly received: readonly Received[];
  /** Faults and findings of the peers: a station that speaks well leaves none. */
  readonly complaints: string[];
  /** Answers an action otherwise: with a payload, or by throwing an OcppError. */
  on(action: string, answer: Answering): void;
  /** Calls the station. */
  call(action: string, payload: object, stationId?: string): Promise<object>;
  /** The payloads of one action, in order. */
  payloads(action: string): Payload[];
  /** The next CALL of this kind, counted from the last time that one was waited for. */
  next(action: string, matches?: (payload: Payload) => boolean): Promise<Payload>;
  /** The password of a station's last login, octet for octet (latin1). */
  passwordOf(stationId: string): string | undefined;
  /** Resolves with the station's next connection. */
  reconnected(stationId: string): Promise<void>;
  forget(): void;
  /** Cuts all connections. */
  cut(): void;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there
export type Payload = any;
export type Answering = (payload: Payload, stationId: string) => object | Promise<object>;

export interface Received {
  readonly stationId: string;
  readonly version: Version;
  readonly action: string;
  readonly payload: Payload;
}

const patienceMs = 5_000;

export async function createTestCsms(options: { versions?: readonly Version[] } = {}): Promise<TestCsms> {
  const received: Received[] = [];
  const complaints: string[] = [];
  const answers = new Map<string, Answering>();
  const connections = new Map<string, Connection<undefined>>();
  const arrivals = new EventEmitter();
  const passwords = new Map<string, string>();
  const listeners = new Set<() => void>();
  let transactions = 0;
  let waitedFor = 0;

  const defaults: Record<string, Answering> = {
    BootNotification: () => ({ status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 }),
    Heartbeat: () => ({ currentTime: new Date().toISOString() }),
    Authorize: (_payload, stationId) =>
      connections.get(stationId)?.version === '1.6'
        ? { idTagInfo: { status: 'Accepted' } }
        : { idTokenInfo: { status: 'Accepted' } },
    StartTransaction: () => ({ transactionId: ++transactions, idTagInfo: { status: 'Accepted' } }),
    TransactionEvent: ({ idToken }) => (idToken ? { idTokenInfo: { status: 'Accepted' } } : {}),
  };

  const server = createOcppServer<undefined>({
    ...(options.versions && { versions: options.versions }),
    async authenticate({ identity, basic }) {
      if (basic) passwords.set(identity, basic.password.toString('latin1'));
      return { admit: true, mode: 'strict', state: undefined };
    },
    connected(connection) {
      const stationId = connection.identity;
      connections.set(stationId, connection);
      arrivals.emit(stationId);
      return {
        async onCall({ action, payload, version }) {
          received.push({ stationId, version, action, payload });
          for (const listener of [...listeners]) listener();
          const answer = answers.get(action) ?? defaults[action];
          return answer ? await answer(payload, stationId) : {};
        },
        onFault(fault) {
          // A test that refuses on purpose is no complaint about the station.
          if (fault.kind !== 'Refused')
            complaints.push(`${fault.kind} ${fault.action ?? ''} ${fault.detail}`);
        },
        onFinding: (finding) => complaints.push(`${finding.kind} ${finding.action ?? ''} ${finding.detail}`),
      };
    },
  });
  const http = createServer();
  http.on('upgrade', (request, socket, head) => server.handleUpgrade(request, socket, head));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;

  function find(action: string, matches: (payload: Payload) => boolean): Payload | undefined {
    const index = received.findIndex(
      (call, at) => at >= waitedFor && call.action === action && matches(call.payload),
    );
    if (index < 0) return undefined;
    waitedFor = index + 1;
    return received[index]?.payload;
  }

  return {
    url: `ws://127.0.0.1:${port}/ocpp`,
    received,
    complaints,
    on: (action, answer) => answers.set(action, answer),
    async call(action, payload, stationId) {
      const connection = stationId ? connections.get(stationId) : [...connections.values()].at(-1);
      if (!connection) throw new Error('no such station is connected');
      return connection.peer.call(action, payload);
    },
    payloads: (action) => received.filter((call) => call.action === action).map(({ payload }) => payload),
    next: (action, matches = () => true) =>
      new Promise((resolve, reject) => {
        const limit = setTimeout(() => {
          listeners.delete(look);
          const heard = received.slice(waitedFor).map((call) => call.action);
          reject(new Error(`no ${action} came; heard since: ${heard.join(', ')}`));
        }, patienceMs);
        const look = () => {
          const payload = find(action, matches);
          if (payload === undefined) return;
          clearTimeout(limit);
          listeners.delete(look);
          resolve(payload);
        };
        listeners.add(look);
        look();
      }),
    passwordOf: (stationId) => passwords.get(stationId),
    async reconnected(stationId) {
      await once(arrivals, stationId, { signal: AbortSignal.timeout(patienceMs) });
    },
    forget() {
      received.length = 0;
      waitedFor = 0;
    },
    cut() {
      for (const connection of server.connections) connection.terminate();
    },
    async close() {
      await server.close();
      http.close();
      http.closeAllConnections();
    },
  };
}

/** An answering that refuses so often before it lets the default be given. */
export function refuseFirst(times: number, then: Answering): Answering {
  let left = times;
  return (payload, stationId) => {
    if (left-- > 0) throw new OcppError('InternalError', 'not now');
    return then(payload, stationId);
  };
}
