import { setTimeout as delay } from 'node:timers/promises';
import { CallFailed, createOcppClient, type OcppClient, type Version, versions } from '@busbar/ocpp';
import type { Api } from './api.ts';
import { bootOf } from './station.ts';

/** One message of a transaction that the server has acknowledged. */
export interface AcknowledgedFact {
  readonly kind: 'Started' | 'Updated' | 'Ended';
  readonly seqNo: number | undefined;
  readonly at: string;
  readonly registerWh: number;
}

/** What one station was told of one of its transactions. */
export interface AcknowledgedTransaction {
  readonly wireId: string;
  readonly facts: AcknowledgedFact[];
}

/** What one station knows to be recorded, because it was answered. */
export interface Ledger {
  readonly id: string;
  readonly version: Version;
  readonly transactions: AcknowledgedTransaction[];
  /** Of the last boot that was answered; each boot has another. */
  firmwareVersion: string | undefined;
  /** The last state of connector 1 that was answered. */
  connectorStatus: string | undefined;
  acknowledged: number;
  /** Meter values outside of transactions, by their time. */
  readonly clockAligned: string[];
}

/** Many stations that charge all the time, and say again what was not answered, like real ones. */
export interface Load {
  readonly ledgers: readonly Ledger[];
  /** Answers that must not be: CALLERRORs, and tokens that are refused. */
  readonly faults: readonly string[];
  /** How connections ended, by close code. */
  readonly closes: ReadonlyMap<number, number>;
  /** HTTP statuses of upgrades that were refused. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Calls that a station gave up because no answer came. */
  readonly timeouts: () => number;
  acknowledged(): number;
  /** Resolves when this many more messages were answered. */
  progress(messages: number, withinMs?: number): Promise<void>;
  /** Nothing is said until `resume`; resolves when everything that was said is answered. */
  pause(): Promise<void>;
  resume(): void;
  /** Cuts the link of every so-many-th station; they come again by themselves. */
  drop(every: number): void;
  /** No new transactions; resolves when everything that was begun is answered. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

export interface LoadOptions {
  readonly url: string;
  readonly api: Api;
  readonly stations: number;
  /** Between an answer and the next message of a station. */
  readonly pauseMs?: number;
}

/** Registers stations of all versions and sets them to work. */
export async function startLoad({ url, api, stations, pauseMs = 20 }: LoadOptions): Promise<Load> {
  const run: Run = {
    url,
    pauseMs,
    faults: [],
    closes: new Map(),
    refusals: new Map(),
    underWay: 0,
    timeouts: 0,
    paused: false,
    finishing: false,
    closed: false,
  };
  const members = await Promise.all(
    Array.from({ length: stations }, async (_, index) => {
      const version = versions[index % versions.length] ?? '1.6';
      const id = `LOAD-${index}`;
      const { password } = await api.post('/stations', { id });
      await api.post('/id-tokens', { idToken: `TAG-${index}` });
      return createMember(run, { id, version, password, idToken: `TAG-${index}` });
    }),
  );
  const working = members.map((member) => member.work());
  const acknowledged = () => members.reduce((sum, { ledger }) => sum + ledger.acknowledged, 0);
  return {
    ledgers: members.map(({ ledger }) => ledger),
    faults: run.faults,
    closes: run.closes,
    refusals: run.refusals,
    timeouts: () => run.timeouts,
    acknowledged,
    async progress(messages, withinMs = 30_000) {
      const wanted = acknowledged() + messages;
      const deadline = Date.now() + withinMs;
      while (acknowledged() < wanted) {
        if (Date.now() > deadline) {
          throw new Error(
            `only ${messages - (wanted - acknowledged())} of ${messages} messages were answered in ${withinMs} ms; ` +
              `refused: ${JSON.stringify([...run.refusals])}; faults: ${run.faults.join('; ')}`,
          );
        }
        await delay(10);
      }
    },
    async pause() {
      run.paused = true;
      while (run.underWay > 0) await delay(5);
    },
    resume() {
      run.paused = false;
    },
    drop(every) {
      const first = Math.floor(Math.random() * every);
      for (let index = first; index < members.length; index += every) members[index]?.client.drop();
    },
    async finish() {
      run.finishing = true;
      await Promise.all(working);
    },
    async close() {
      run.closed = true;
      await Promise.all(members.map(({ client }) => client.close()));
      await Promise.all(working);
    },
  };
}

interface Run {
  readonly url: string;
  readonly pauseMs: number;
  readonly faults: string[];
  readonly closes: Map<number, number>;
  readonly refusals: Map<string, number>;
  /** Messages that are not answered yet, repetitions included. */
  underWay: number;
  timeouts: number;
  paused: boolean;
  finishing: boolean;
  closed: boolean;
}

interface Member {
  readonly ledger: Ledger;
  readonly client: OcppClient;
  work(): Promise<void>;
}

interface Identity {
  readonly id: string;
  readonly version: Version;
  readonly password: string;
  readonly idToken: string;
}

class Stopped extends Error {}

function createMember(run: Run, { id, version, password, idToken }: Identity): Member {
  const ledger: Ledger = {
    id,
    version,
    transactions: [],
    firmwareVersion: undefined,
    connectorStatus: undefined,
    acknowledged: 0,
    clockAligned: [],
  };
  const client = createOcppClient({
    url: run.url,
    identity: id,
    password: version === '1.6' ? Buffer.from(password, 'hex') : password,
    versions: [version],
    backoff: { waitMinimumSeconds: 0.1, randomRangeSeconds: 0.2, repeatTimes: 0 },
    limits: { callTimeoutMs: 20_000 },
    // As real ones, which wait 10 to 30 s: a busy machine is no lost connection.
    connectTimeoutMs: 15_000,
    onCall: ({ action }) => answerTo(action),
    onClose: (code) => count(run.closes, code),
    onConnectFailed: ({ error }) =>
      count(run.refusals, 'status' in error ? String(error.status) : 'unreachable'),
  });
  void client.connect().catch(() => {});
  let boots = 0;
  let atMs = Date.now() - 30 * 24 * 3_600_000;
  let registerWh = 1_000;
  const now = () => {
    atMs += 60_000;
    return new Date(atMs).toISOString();
  };

  return { ledger, client, work };

  async function work(): Promise<void> {
    try {
      await boot();
      while (!run.finishing) {
        await status(version === '1.6' ? 'Charging' : 'Occupied');
        await (version === '1.6' ? charge16() : charge2());
        await status('Available');
        await clockAligned();
        if (Math.random() < 0.2) await boot();
      }
    } catch (error) {
      if (!(error instanceof Stopped)) run.faults.push(`${id}: ${error}`);
    }
  }

  /** Says it until it is answered: the same content, each time as a new message. */
  async function deliver(action: string, payload: object): Promise<Record<string, unknown>> {
    while (run.paused && !run.closed) await delay(20);
    run.underWay++;
    try {
      return await repeat(action, payload);
    } finally {
      run.underWay--;
      await delay(run.pauseMs * Math.random() * 2);
    }
  }

  async function repeat(action: string, payload: object): Promise<Record<string, unknown>> {
    for (;;) {
      if (run.closed) throw new Stopped();
      const { peer } = client;
      if (peer) {
        try {
          const answer = await peer.call(action, payload);
          ledger.acknowledged++;
          return { ...answer };
        } catch (error) {
          if (!(error instanceof CallFailed)) throw error;
          if (error.reason === 'Timeout') run.timeouts++;
          if (error.reason === 'CallError') {
            throw new Error(`${action} was answered ${error.code} ${error.message}`);
          }
        }
      }
      await delay(20);
    }
  }

  async function boot(): Promise<void> {
    const firmwareVersion = `1.0.${++boots}`;
    const answer = await deliver('BootNotification', bootOf(version, firmwareVersion));
    if (answer.status !== 'Accepted') throw new Error(`boot was answered ${answer.status}`);
    ledger.firmwareVersion = firmwareVersion;
  }

  async function status(word: string): Promise<void> {
    const payload =
      version === '1.6'
        ? { connectorId: 1, errorCode: 'NoError', status: word, timestamp: now() }
        : { timestamp: now(), connectorStatus: word, evseId: 1, connectorId: 1 };
    await deliver('StatusNotification', payload);
    ledger.connectorStatus = word;
  }

  async function clockAligned(): Promise<void> {
    const timestamp = now();
    const value = version === '1.6' ? String(registerWh) : registerWh;
    const meterValue = [{ timestamp, sampledValue: [{ value, context: 'Sample.Clock' }] }];
    await deliver(
      'MeterValues',
      version === '1.6' ? { connectorId: 1, meterValue } : { evseId: 1, meterValue },
    );
    ledger.clockAligned.push(timestamp);
  }

  function takeToken(answer: Record<string, unknown>): void {
    const info = (answer.idTagInfo ?? answer.idTokenInfo) as { status?: string } | undefined;
    if (info?.status !== 'Accepted') throw new Error(`its token was answered ${JSON.stringify(answer)}`);
  }

  async function charge16(): Promise<void> {
    const at = now();
    const started = await deliver('StartTransaction', {
      connectorId: 1,
      idTag: idToken,
      meterStart: registerWh,
      timestamp: at,
    });
    takeToken(started);
    const transactionId = Number(started.transactionId);
    const facts: AcknowledgedFact[] = [{ kind: 'Started', seqNo: undefined, at, registerWh }];
    ledger.transactions.push({ wireId: String(transactionId), facts });
    for (let count = Math.floor(Math.random() * 4); count > 0; count--) {
      registerWh += 100;
      const timestamp = now();
      await deliver('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp, sampledValue: [{ value: String(registerWh), unit: 'Wh' }] }],
      });
      facts.push({ kind: 'Updated', seqNo: undefined, at: timestamp, registerWh });
    }
    registerWh += 77;
    const timestamp = now();
    await deliver('StopTransaction', { transactionId, idTag: idToken, meterStop: registerWh, timestamp });
    facts.push({ kind: 'Ended', seqNo: undefined, at: timestamp, registerWh });
  }

  async function charge2(): Promise<void> {
    const wireId = crypto.randomUUID();
    const facts: AcknowledgedFact[] = [];
    let seqNo = 0;
    const tell = async (kind: AcknowledgedFact['kind'], context: string, rest: object) => {
      const at = now();
      const fact = { kind, seqNo: seqNo++, at, registerWh };
      const answer = await deliver('TransactionEvent', {
        eventType: kind,
        timestamp: at,
        seqNo: fact.seqNo,
        evse: { id: 1, connectorId: 1 },
        meterValue: [{ timestamp: at, sampledValue: [{ value: registerWh, context }] }],
        ...rest,
      });
      if (facts.length === 0) ledger.transactions.push({ wireId, facts });
      facts.push(fact);
      return answer;
    };
    const transactionInfo = { transactionId: wireId, chargingState: 'Charging' };
    const token = { idToken, type: 'ISO14443' };
    takeToken(
      await tell('Started', 'Transaction.Begin', {
        triggerReason: 'Authorized',
        transactionInfo,
        idToken: token,
      }),
    );
    for (let count = Math.floor(Math.random() * 4); count > 0; count--) {
      registerWh += 100.5;
      await tell('Updated', 'Sample.Periodic', { triggerReason: 'MeterValuePeriodic', transactionInfo });
    }
    registerWh += 77.25;
    await tell('Ended', 'Transaction.End', {
      triggerReason: 'StopAuthorized',
      transactionInfo: { transactionId: wireId, stoppedReason: 'Local' },
    });
  }
}

/** Stations obey, and have no device model worth telling. */
async function answerTo(action: string): Promise<object> {
  await delay(Math.random() * 30);
  switch (action) {
    case 'GetConfiguration':
      return { configurationKey: [] };
    case 'GetBaseReport':
      return { status: 'EmptyResultSet' };
    case 'UnlockConnector':
      return { status: 'Unlocked' };
    default:
      return { status: 'Accepted' };
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
