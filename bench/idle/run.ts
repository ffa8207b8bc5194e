import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { registerFleet } from '../csms/fixtures.ts';
import type { LoadPlan, LoadResult } from '../load/main.ts';
import { busbarUrl, startBusbar } from '../measure/busbar.ts';
import { start } from '../measure/child.ts';
import { startBenchDatabase } from '../measure/database.ts';
import { cpuSecondsOf } from '../measure/processes.ts';
import { printTable } from '../measure/table.ts';

/** Many stations that are connected and say nothing but heartbeats: memory of each, and how fast they come back. */
const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '10000' },
    variables: { type: 'string', default: '300' },
    seconds: { type: 'string', default: '30' },
  },
});
const count = Number(options.stations);

await using database = await startBenchDatabase();
console.log(`${count} stations, ${options.variables} variables each; ${await database.settings()}\n`);
const url = await database.create('bench_idle');
const folder = await mkdtemp(join(tmpdir(), 'busbar-bench-data-'));
const startServer = () => startBusbar(url, folder, ['--expose-gc']);
const plan: LoadPlan = {
  url: busbarUrl,
  stations: count,
  versions: ['1.6', '2.0.1', '2.1'],
  variables: Number(options.variables),
  asked: true,
};

let server = startServer();
await server.next('ready');
await registerFleet(url, count);
const memoryOf = async (): Promise<NodeJS.MemoryUsage> => server.ask('memory', 'memory');
const empty = await memoryOf();
const load = start('../load/main.ts');
const started: { seconds: number } = await load.ask({ do: 'start', plan }, 'started');
await delay(3_000);
const reported = await memoryOf();
const cpuBefore = cpuSecondsOf(server.pid);
const idle: LoadResult = await load.ask({ do: 'idle', seconds: Number(options.seconds) }, 'result');
const cpu = (cpuSecondsOf(server.pid) - cpuBefore) / idle.seconds;

await server.stop('SIGKILL');
const gone = performance.now();
const returning = load.ask({ do: 'come-back' }, 'back');
server = startServer();
await server.next('ready');
const up = (performance.now() - gone) / 1_000;
const fresh = await memoryOf();
const back: { seconds: number } = await returning;
await delay(3_000);
const connected = await memoryOf();
const kilobytesEach = (more: NodeJS.MemoryUsage, less: NodeJS.MemoryUsage) =>
  (more.rss - less.rss) / count / 1_024;

printTable([
  {
    stations: count,
    'boot and report s': started.seconds,
    'kB each, after reports': kilobytesEach(reported, empty),
    'kB each, after a restart': kilobytesEach(connected, fresh),
    'heap kB each, after a restart': (connected.heapUsed - fresh.heapUsed) / count / 1_024,
    'CPU with heartbeats': cpu,
    'server up again s': up,
    'all back s': back.seconds,
    errors: idle.errors,
  },
]);
await load.stop();
await server.stop();
await rm(folder, { recursive: true, force: true });
