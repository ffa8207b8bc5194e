import { CallFailed, createOcppClient, type OcppClient, OcppError, type Version } from '@busbar/ocpp';
import type { Acknowledged } from '../core.ts';
import { seededRandom } from '../random.ts';
import { LatencyHistogram } from './histogram.ts';
import { messagesOf, Script, type Step } from './script.ts';

export interface LoadOptions {
  readonly url: string;
  readonly count: number;
  /** Given to the stations in turn. Default: 2.0.1. */
  readonly versions?: readonly Version[];
  /** Default `LOAD-00000` and so on. */
  idOf?(index: number): string;
  passwordOf?(stationId: string): string | Buffer | undefined;
  /** The token that each station uses; the CSMS should know it. */
  readonly idToken: string;
  /** How many are reported after the boot; 0 reports nothing. Default 300. */
  readonly variables?: number;
  readonly connectionsPerSecond?: number;
  readonly seed?: number;
  readonly onAcknowledged?: (record: Acknowledged) => void;
}

export interface RunOptions {
  readonly seconds: number;
  /**
   * How many messages are under way at once, each from another station. Default: one of every station.
   * With a rate it is the most.
   */
  readonly inFlight?: number;
  /** Without it as fast as they are answered. With it a latency counts from when the message was due. */
  readonly messagesPerSecond?: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly byAction: Readonly<Record<string, number>>;
  /** By the reason of `CallFailed`, with the code of a CALLERROR. */
  readonly failures: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Stations without a life of their own: connections that say what they are told to, as fast as it goes. */
export interface Load {
  /** Connects all, boots, and reports; resolves when the last report is answered. */
  prepare(): Promise<LoadResult>;
  run(options: RunOptions): Promise<LoadResult>;
  /** How many are connected now. */
  readonly connected: number;
  stop(): Promise<void>;
}

export function createLoad(options: LoadOptions): Load {
  const { count, versions = ['2.0.1'], seed = 1, idOf = defaultId } = options;
  const stations = Array.from({ length: count }, (_, index) => {
    const version = versions[index % versions.length] ?? '2.0.1';
    return new LoadStation(idOf(index), version, options, seed + index);
  });

  return {
    async prepare() {
      const tally = new Tally();
      const { connectionsPerSecond = 500, variables = defaultVariables } = options;
      const beganAt = performance.now();
      await Promise.all(
        stations.map(async (station, index) => {
          await pause((index / connectionsPerSecond) * 1000);
          await station.prepare(tally, variables);
        }),
      );
      return tally.result(performance.now() - beganAt);
    },
    run: (how) => run(stations, how),
    get connected() {
      return stations.filter((station) => station.isConnected).length;
    },
    async stop() {
      await Promise.all(stations.map((station) => station.stop()));
    },
  };
}

const defaultVariables = 300;

function defaultId(index: number): string {
  return `LOAD-${String(index).padStart(5, '0')}`;
}

/** How often a paced run looks at what is due. */
const paceTickMs = 2;

async function run(stations: readonly LoadStation[], options: RunOptions): Promise<LoadResult> {
  const { seconds, inFlight = stations.length, messagesPerSecond } = options;
  const tally = new Tally();
  const idle = [...stations];
  const beganAt = performance.now();
  const endAt = beganAt + seconds * 1000;
  const finished = Promise.withResolvers<void>();
  let head = 0;
  let underWay = 0;
  let sent = 0;
  let pace: NodeJS.Timeout | undefined;

  /** The station that has been quiet longest. */
  function takeIdle(): LoadStation | undefined {
    const station = idle[head];
    if (!station) return undefined;
    head++;
    if (head > 4096 && head * 2 > idle.length) {
      idle.splice(0, head);
      head = 0;
    }
    return station;
  }

  function send(dueAt: number): boolean {
    const station = underWay < inFlight ? takeIdle() : undefined;
    if (!station) return false;
    underWay++;
    sent++;
    station.say(tally, dueAt, () => {
      underWay--;
      idle.push(station);
      if (performance.now() >= endAt) end();
      else if (messagesPerSecond === undefined) send(performance.now());
    });
    return true;
  }

  function end() {
    clearInterval(pace);
    if (underWay === 0) finished.resolve();
  }

  if (messagesPerSecond === undefined) {
    while (send(performance.now()));
  } else {
    pace = setInterval(() => {
      const now = performance.now();
      if (now >= endAt) return end();
      while (sent < ((now - beganAt) / 1000) * messagesPerSecond) {
        if (!send(beganAt + (sent / messagesPerSecond) * 1000)) return;
      }
    }, paceTickMs);
  }
  await finished.promise;
  return tally.result(performance.now() - beganAt);
}

/** How long a station waits before it tries again what was refused or lost. */
const retryMs = 250;

/** One connection. A message that was not answered well is said again until it is. */
class LoadStation {
  readonly #id: string;
  readonly #version: Version;
  readonly #client: OcppClient;
  readonly #script: Script;
  readonly #onAcknowledged: LoadOptions['onAcknowledged'];
  #unanswered: Step | undefined;

  constructor(id: string, version: Version, options: LoadOptions, seed: number) {
    const random = seededRandom(seed);
    const password = options.passwordOf?.(id);
    const answers = messagesOf(version).answers(options.variables ?? defaultVariables);
    this.#id = id;
    this.#version = version;
    this.#script = new Script(id, options.idToken, version, random);
    this.#onAcknowledged = options.onAcknowledged;
    this.#client = createOcppClient({
      url: options.url,
      identity: id,
      versions: [version],
      random,
      // A server that was killed is up again in seconds; the load should be back as soon.
      backoff: { waitMinimumSeconds: 0.2, randomRangeSeconds: 1, repeatTimes: 2 },
      ...(password !== undefined && { password }),
      onCall({ action }) {
        const answer = Object.hasOwn(answers, action) ? answers[action] : undefined;
        if (!answer) throw new OcppError('NotSupported', `a station for load does not do ${action}`);
        return answer;
      },
    });
  }

  get isConnected(): boolean {
    return this.#client.peer !== undefined;
  }

  async prepare(tally: Tally, variables: number): Promise<void> {
    const messages = messagesOf(this.#version);
    await this.#client.connect();
    for (const step of [messages.boot(this.#script.plot), ...messages.report(variables)]) {
      while (!(await this.#try(step, tally, performance.now()))) await pause(retryMs);
    }
  }

  /** Says its next message; `done` is called when there is an answer, good or bad. */
  say(tally: Tally, dueAt: number, done: () => void): void {
    const step = this.#unanswered ?? this.#script.next(presentInstant());
    this.#unanswered = step;
    void this.#try(step, tally, dueAt).then((isGood) => {
      if (!isGood) {
        setTimeout(done, retryMs);
        return;
      }
      this.#unanswered = undefined;
      done();
    });
  }

  async #try(step: Step, tally: Tally, dueAt: number): Promise<boolean> {
    const { peer } = this.#client;
    if (!peer) {
      tally.failed('NotConnected');
      return false;
    }
    try {
      const answer = await peer.call(step.action, step.payload);
      step.answered?.(answer);
      tally.answered(step.action, performance.now() - dueAt);
      this.#onAcknowledged?.({
        stationId: this.#id,
        version: this.#version,
        action: step.action,
        payload: step.payload,
        answer,
        at: Date.now(),
      });
      return true;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      tally.failed(error.code ? `${error.reason} ${error.code}` : error.reason);
      return false;
    }
  }

  async stop(): Promise<void> {
    await this.#client.close();
  }
}

class Tally {
  readonly #latency = new LatencyHistogram();
  readonly #byAction = new Map<string, number>();
  readonly #failures = new Map<string, number>();

  answered(action: string, ms: number): void {
    this.#latency.record(ms);
    this.#byAction.set(action, (this.#byAction.get(action) ?? 0) + 1);
  }

  failed(reason: string): void {
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
  }

  result(tookMs: number): LoadResult {
    const seconds = tookMs / 1000;
    return {
      seconds,
      messages: this.#latency.count,
      messagesPerSecond: this.#latency.count / seconds,
      byAction: Object.fromEntries(this.#byAction),
      failures: Object.fromEntries(this.#failures),
      p50Ms: this.#latency.quantileMs(0.5),
      p99Ms: this.#latency.quantileMs(0.99),
      maxMs: this.#latency.maxMs,
    };
  }
}

let instantMs = 0;
let instantText = '';

/** The present as a timestamp, made once a millisecond. */
function presentInstant(): string {
  const now = Date.now();
  if (now !== instantMs) {
    instantMs = now;
    instantText = new Date(now).toISOString();
  }
  return instantText;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
