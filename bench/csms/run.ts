import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadPlan, LoadResult } from '../load/main.ts';
import { busbarUrl, startBusbar } from '../measure/busbar.ts';
import { start } from '../measure/child.ts';
import { type BenchDatabase, startBenchDatabase } from '../measure/database.ts';
import { cpuSecondsOf, residentBytesOf } from '../measure/processes.ts';
import { printTable } from '../measure/table.ts';
import { registerFleet } from './fixtures.ts';

const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '15' },
    variables: { type: 'string', default: '300' },
    versions: { type: 'string', default: '1.6,2.0.1,2.1' },
    only: { type: 'string' },
    statements: { type: 'boolean', default: false },
  },
});
const seconds = Number(options.seconds);
const plan = {
  stations: Number(options.stations),
  variables: Number(options.variables),
  versions: options.versions.split(',') as LoadPlan['versions'],
};

await using database = await startBenchDatabase();
console.log(
  `${plan.stations} stations, ${plan.variables} variables each, versions ${plan.versions.join(', ')}, ${seconds} s; ${await database.settings()}\n`,
);
const floor = options.only === 'busbar' ? undefined : await measure('floor', database);
const busbar = options.only === 'floor' ? undefined : await measure('busbar', database);
printTable([...(floor?.rows ?? []), ...(busbar?.rows ?? [])]);
if (floor && busbar) {
  console.log(
    `\nBusbar reaches ${((busbar.throughput / floor.throughput) * 100).toFixed(0)} % of the floor's throughput.`,
  );
}

async function measure(target: 'floor' | 'busbar', database: BenchDatabase) {
  const url = await database.create(`bench_${target}`);
  const folder = await mkdtemp(join(tmpdir(), 'busbar-bench-data-'));
  const server =
    target === 'floor'
      ? start('../floor/server.ts', { FLOOR_DATABASE_URL: url, FLOOR_PORT: '9100' })
      : startBusbar(url, folder);
  await server.next('ready');
  if (target === 'busbar') await registerFleet(url, plan.stations);
  const load = start('../load/main.ts');
  const asked = target === 'busbar';
  const loadUrl = target === 'floor' ? 'ws://127.0.0.1:9100' : busbarUrl;
  await database.statements();
  const started: { seconds: number } = await load.ask(
    { do: 'start', plan: { ...plan, url: loadUrl, asked } },
    'started',
  );
  console.log(`${target}: all booted and reported after ${started.seconds.toFixed(1)} s`);
  const flatOut = await phase(target, 'flat out', undefined);
  const half = await phase(target, 'half', flatOut.throughput / 2);
  await load.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
  return { throughput: flatOut.throughput, rows: [flatOut.row, half.row] };

  async function phase(name: string, label: string, rate: number | undefined) {
    await load.ask({ do: 'run', seconds: 3, ...(rate && { rate }) }, 'result');
    await database.statements();
    const before = { server: cpuSecondsOf(server.pid), database: cpuSecondsOf(database.pid) };
    const result: LoadResult = await load.ask({ do: 'run', seconds, ...(rate && { rate }) }, 'result');
    const used = {
      server: cpuSecondsOf(server.pid) - before.server,
      database: cpuSecondsOf(database.pid) - before.database,
    };
    const statements = await database.statements();
    if (options.statements) console.log(`${statements.top.join('\n')}\n`);
    const throughput = result.messages / result.seconds;
    const row = {
      target: name,
      load: label,
      'messages/s': Math.round(throughput),
      'p50 ms': result.p50Ms,
      'p99 ms': result.p99Ms,
      'statements/message': statements.calls / result.messages,
      'rows/s': Math.round(statements.rows / result.seconds),
      'server CPU': used.server / result.seconds,
      'database CPU': used.database / result.seconds,
      'load CPU': result.cpuSeconds / result.seconds,
      'server MB': Math.round(residentBytesOf(server.pid) / 1_048_576),
      errors: result.errors,
    };
    return { throughput, row };
  }
}
