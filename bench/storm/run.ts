import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBusbar } from '../measure/busbar.ts';
import { writeCertificates } from '../measure/certificates.ts';
import { start } from '../measure/child.ts';
import { type BenchDatabase, startBenchDatabase } from '../measure/database.ts';
import { cpuSecondsOf, peakBytesOf } from '../measure/processes.ts';
import { printTable } from '../measure/table.ts';
import { lookAtOwners, pepper, registerWithPasswords } from './fleet.ts';
import type { StormPlan, StormResult } from './stations.ts';

/** A whole fleet that comes back at once, each station with its password and the back-off of a real one. */
const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '10000' },
    processes: { type: 'string', default: '2' },
    patience: { type: 'string', default: '300' },
    only: { type: 'string' },
  },
});
const count = Number(options.stations);
const processes = Number(options.processes);
const ports = { ws: 9121, wss: 9122 } as const;

await using database = await startBenchDatabase();
console.log(`${count} stations at once, from ${processes} processes; ${await database.settings()}\n`);
const rows: Record<string, string | number>[] = [];
for (const scheme of ['ws', 'wss'] as const) {
  if (options.only === undefined || options.only === scheme) rows.push(await measure(scheme, database));
}
printTable(rows);
if (rows.some((row) => row['connected twice'] !== 0 || row['not accepted'] !== 0)) process.exitCode = 1;

async function measure(
  scheme: 'ws' | 'wss',
  database: BenchDatabase,
): Promise<Record<string, string | number>> {
  const url = await database.create(`bench_storm_${scheme}`);
  const folder = await mkdtemp(join(tmpdir(), 'busbar-bench-data-'));
  const server = startBusbar(url, folder, [], {
    ...(await writeCertificates(folder)),
    BUSBAR_OCPP_PORT: String(ports.ws),
    BUSBAR_OCPP_TLS_PORT: String(ports.wss),
    BUSBAR_PEPPER: pepper,
    BUSBAR_LOG_LEVEL: 'error',
  });
  await server.next('ready');
  const stations = await registerWithPasswords(url, {
    name: 'STORM',
    count,
    securityProfile: scheme === 'ws' ? 1 : 2,
  });
  const loads = Array.from({ length: processes }, () => start('../storm/stations.ts'));
  const before = { server: cpuSecondsOf(server.pid), database: cpuSecondsOf(database.pid) };
  const from = performance.now();
  const results: StormResult[] = await Promise.all(
    loads.map((load, part) => {
      const plan: StormPlan = {
        url: `${scheme}://127.0.0.1:${ports[scheme]}/ocpp`,
        stations: stations.filter((_, n) => n % processes === part),
      };
      return load.ask({ do: 'storm', plan, patienceSeconds: Number(options.patience) }, 'result');
    }),
  );
  const seconds = (performance.now() - from) / 1_000;
  const used = {
    server: cpuSecondsOf(server.pid) - before.server,
    database: cpuSecondsOf(database.pid) - before.database,
  };
  const peakBytes = peakBytesOf(server.pid);
  const owners = await lookAtOwners(url);
  await Promise.all(loads.map((load) => load.stop('SIGKILL')));
  await server.stop('SIGKILL');
  await rm(folder, { recursive: true, force: true });
  const after = results.flatMap(({ acceptedAfter }) => acceptedAfter).sort((a, b) => a - b);
  const sum = (of: (result: StormResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    transport: scheme,
    stations: count,
    'half accepted s': after[Math.floor(after.length / 2)] ?? 0,
    '99 % accepted s': after[Math.floor(after.length * 0.99)] ?? 0,
    'all accepted s': after.at(-1) ?? 0,
    'not accepted': count - after.length,
    'told to wait': sum(({ toldToWait }) => toldToWait),
    'refused otherwise': sum(({ refused }) => refused),
    'not answered': sum(({ failed }) => failed),
    lost: sum(({ lost }) => lost),
    'connected twice': owners.twice,
    'without owner': owners.absent,
    'server MB at most': Math.round(peakBytes / 1_048_576),
    'server CPU s': used.server,
    'database CPU s': used.database,
    'load CPU s': sum(({ cpuSeconds }) => cpuSeconds),
    'wall s': seconds,
  };
}
