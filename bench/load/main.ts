import { setTimeout as delay } from 'node:timers/promises';
import { subprotocolOf, type Version } from '@busbar/ocpp';
import { WebSocket } from 'ws';
import { Histogram } from './histogram.ts';
import { bootOf, configurationOf, type Message, mix, reportsOf } from './messages.ts';

/**
 * The load: many stations in one process, each with one call under way, over bare sockets, so that it takes as little
 * as possible of the processor that it shares with what it measures. Told what to do by messages from its parent.
 */
interface Station {
  readonly id: string;
  readonly version: Version;
  socket: WebSocket;
  readonly mix: Generator<Message, never, number | undefined>;
  /** Ends the wait for the answer to the call under way. */
  answered: ((payload: { transactionId?: number }) => void) | undefined;
  sentAt: number;
  reported: PromiseWithResolvers<void>;
}

export interface LoadPlan {
  readonly url: string;
  /** Further nodes: station n goes to the n-th of all, and round again. */
  readonly others?: readonly string[];
  readonly stations: number;
  readonly versions: readonly Version[];
  readonly variables: number;
  /** Whether the server asks for the device model; else it is reported unasked. */
  readonly asked: boolean;
}

export interface LoadResult {
  readonly messages: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly errors: number;
  readonly cpuSeconds: number;
}

const stations: Station[] = [];
let histogram = new Histogram();
let errors = 0;
let messageId = 0;

type Order =
  | { readonly do: 'start'; readonly plan: LoadPlan }
  | { readonly do: 'run'; readonly seconds: number; readonly rate?: number }
  | { readonly do: 'idle'; readonly seconds: number }
  | { readonly do: 'come-back' }
  | { readonly do: 'stop' };

process.on('message', async (order: Order) => {
  switch (order.do) {
    case 'start':
      return process.send?.({ started: await start(order.plan) });
    case 'run':
      return process.send?.({ result: await run(order.seconds, order.rate) });
    case 'idle':
      return process.send?.({ result: await idle(order.seconds) });
    case 'come-back':
      return process.send?.({ back: await comeBack() });
    case 'stop':
      return process.exit(0);
    default:
      return order satisfies never;
  }
});

/** Connects, boots and reports the device model. Gives the seconds until the last one was done. */
async function start(plan: LoadPlan): Promise<{ seconds: number }> {
  const from = performance.now();
  const pending = new Set<Promise<void>>();
  for (let n = 0; n < plan.stations; n++) {
    const version = plan.versions[n % plan.versions.length] ?? '2.0.1';
    const ready = connect(plan, `BENCH-${n}`, version).then(async (station) => {
      stations.push(station);
      await call(station, bootOf(version));
      if (version !== '1.6' && !plan.asked)
        for (const part of reportsOf(1, plan.variables)) await call(station, part);
      if (plan.asked) await station.reported.promise;
    });
    pending.add(ready);
    void ready.finally(() => pending.delete(ready));
    if (pending.size >= 200) await Promise.race(pending);
  }
  await Promise.all(pending);
  return { seconds: (performance.now() - from) / 1_000 };
}

let plan: LoadPlan | undefined;

function connect(wanted: LoadPlan, id: string, version: Version): Promise<Station> {
  plan = wanted;
  const socket = open(wanted, id, version);
  const station: Station = {
    id,
    version,
    socket,
    mix: mix(version, id, `TOKEN-${id.slice(6)}`),
    answered: undefined,
    sentAt: 0,
    reported: Promise.withResolvers(),
  };
  return listen(wanted, station);
}

function open({ url: first, others = [] }: LoadPlan, id: string, version: Version): WebSocket {
  const url = [first, ...others][Number(id.slice(6)) % (1 + others.length)];
  return new WebSocket(`${url}/${id}`, subprotocolOf[version], { perMessageDeflate: false });
}

/** Resolves when the socket is open; rejects when it cannot be opened. */
function listen(wanted: LoadPlan, station: Station): Promise<Station> {
  const { socket } = station;
  socket.on('message', (data) => receive(wanted, station, String(data)));
  socket.on('close', (code) => {
    if (code !== 1001 && code !== 1006) errors += 1;
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(station));
    socket.once('error', reject);
  });
}

/** Every station connects again, as soon as the server lets it, and has a heartbeat answered. Gives the seconds. */
async function comeBack(): Promise<{ seconds: number }> {
  const wanted = plan;
  if (!wanted) throw new Error('nobody was there before');
  const from = performance.now();
  await Promise.all(
    stations.map(async (station) => {
      for (;;) {
        station.socket.terminate();
        station.socket = open(wanted, station.id, station.version);
        try {
          await listen(wanted, station);
          break;
        } catch {
          await delay(200 + Math.random() * 800);
        }
      }
      await call(station, { action: 'Heartbeat', payload: {} });
    }),
  );
  return { seconds: (performance.now() - from) / 1_000 };
}

function receive(plan: LoadPlan, station: Station, text: string): void {
  const frame = JSON.parse(text);
  if (frame[0] === 2) {
    answerCall(plan, station, frame);
    return;
  }
  if (frame[0] !== 3) {
    errors += 1;
    if (errors < 5) console.error(station.id, text);
  }
  histogram.record(performance.now() - station.sentAt);
  station.answered?.(frame[2]);
}

function answerCall(
  plan: LoadPlan,
  station: Station,
  [, id, action, payload]: [number, string, string, { requestId: number }],
): void {
  const answer = action === 'GetConfiguration' ? configurationOf(plan.variables) : { status: 'Accepted' };
  station.socket.send(JSON.stringify([3, id, answer]));
  if (action === 'GetConfiguration') station.reported.resolve();
  if (action === 'GetBaseReport') {
    void (async () => {
      for (const part of reportsOf(payload.requestId, plan.variables)) await call(station, part);
      station.reported.resolve();
    })();
  }
}

function call(station: Station, { action, payload }: Message): Promise<{ transactionId?: number }> {
  station.sentAt = performance.now();
  station.socket.send(JSON.stringify([2, String(messageId++), action, payload]));
  return new Promise((resolve) => {
    station.answered = resolve;
  });
}

/** Sends the mix, as fast as it is answered or at a rate over all stations. */
async function run(seconds: number, rate: number | undefined): Promise<LoadResult> {
  histogram = new Histogram();
  errors = 0;
  const cpu = process.cpuUsage();
  const from = performance.now();
  const until = from + seconds * 1_000;
  const pauseMs = rate === undefined ? 0 : (stations.length / rate) * 1_000;
  await Promise.all(
    stations.map(async (station, index) => {
      let next = from + (pauseMs * index) / stations.length;
      let answer: number | undefined;
      while (performance.now() < until) {
        if (pauseMs > 0) {
          const wait = next - performance.now();
          if (wait > 0) await delay(wait);
          next += pauseMs;
        }
        answer = (await call(station, station.mix.next(answer).value)).transactionId;
      }
    }),
  );
  return resultOf(from, cpu);
}

/** Heartbeats alone, one a station and 30 s. */
async function idle(seconds: number): Promise<LoadResult> {
  histogram = new Histogram();
  const cpu = process.cpuUsage();
  const from = performance.now();
  const until = from + seconds * 1_000;
  await Promise.all(
    stations.map(async (station, index) => {
      await delay((30_000 * index) / stations.length);
      while (performance.now() < until) {
        await call(station, { action: 'Heartbeat', payload: {} });
        await delay(30_000);
      }
    }),
  );
  return resultOf(from, cpu);
}

function resultOf(from: number, cpu: NodeJS.CpuUsage): LoadResult {
  const used = process.cpuUsage(cpu);
  return {
    messages: histogram.count,
    seconds: (performance.now() - from) / 1_000,
    p50Ms: histogram.percentile(0.5),
    p99Ms: histogram.percentile(0.99),
    maxMs: histogram.max,
    errors,
    cpuSeconds: (used.user + used.system) / 1e6,
  };
}
