import { parseArgs } from 'node:util';
import { registerFleet } from '../csms/fixtures.ts';
import type { LoadPlan, LoadResult } from '../load/main.ts';
import { start } from '../measure/child.ts';
import { type BenchDatabase, startBenchDatabase } from '../measure/database.ts';
import { cpuSecondsOf } from '../measure/processes.ts';
import { printTable } from '../measure/table.ts';
import { type BenchNodes, startBenchNodes } from './cluster.ts';
import { measureCommands } from './commands.ts';

/**
 * One node and two of them on the same machine, under the load of bench/csms: flat out, and at one rate for both, which
 * tells what a message costs. Then commands, given to the node that holds the station and to the other one.
 */
const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '15' },
    variables: { type: 'string', default: '300' },
    versions: { type: 'string', default: '1.6,2.0.1,2.1' },
    /** Messages a second; without it half of what one node has reached. */
    rate: { type: 'string' },
    commands: { type: 'string', default: '1000' },
  },
});
const seconds = Number(options.seconds);
const stations = Number(options.stations);
const commands = Number(options.commands);
/** How long the load goes on before it is seen whether all commands are given. */
const stretchSeconds = 3;

await using database = await startBenchDatabase();
console.log(
  `${stations} stations, ${options.variables} variables each, versions ${options.versions}, ${seconds} s; ${await database.settings()}
The nodes, PostgreSQL, NATS and the load share one machine: two nodes show what a second one costs, not what a second machine gives.\n`,
);
const one = await measure(1, database, options.rate === undefined ? undefined : Number(options.rate));
const two = await measure(2, database, one.rate);
printTable([...one.rows, ...two.rows]);
console.log(`\n${commands} commands to each, one after the other, ms:\n`);
printTable([...one.commandRows, ...two.commandRows]);

async function measure(count: number, { pid: databasePid, create }: BenchDatabase, wanted?: number) {
  const url = await create(`bench_nodes_${count}`);
  const cluster = await startBenchNodes(url, count);
  await registerFleet(url, stations);
  const load = start('../load/main.ts');
  const [first, ...others] = cluster.nodes.map(({ ocppUrl }) => ocppUrl);
  const plan: LoadPlan = {
    url: first ?? '',
    others,
    stations,
    variables: Number(options.variables),
    versions: options.versions.split(',') as LoadPlan['versions'],
    asked: true,
  };
  await load.ask({ do: 'start', plan }, 'started');
  const flatOut = await phase('flat out');
  const rate = wanted ?? Math.round(flatOut['messages/s'] / 2);
  const fixed = await phase(`${rate}/s`, rate);
  const quiet = commandRows('none', await measureCommands(cluster, { count: commands, stations }));
  const measured = measureCommands(cluster, { count: commands, stations });
  await loadDuring(measured, rate);
  const loaded = commandRows(`${rate}/s`, await measured);
  await load.stop();
  await cluster.stop();
  return { rate, rows: [flatOut, fixed], commandRows: [...quiet, ...loaded] };

  async function loadDuring(work: Promise<unknown>, rate: number): Promise<void> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    work.then(over, over);
    while (!isOver) await load.ask({ do: 'run', seconds: stretchSeconds, rate }, 'result');
  }

  async function phase(label: string, rate?: number) {
    await load.ask({ do: 'run', seconds: 3, ...(rate && { rate }) }, 'result');
    const before = usedBy(cluster);
    const result: LoadResult = await load.ask({ do: 'run', seconds, ...(rate && { rate }) }, 'result');
    const after = usedBy(cluster);
    const microseconds = (used: number) => (used * 1e6) / result.messages;
    return {
      nodes: count,
      load: label,
      'messages/s': Math.round(result.messages / result.seconds),
      'p50 ms': result.p50Ms,
      'p99 ms': result.p99Ms,
      'nodes µs/message': microseconds(after.nodes - before.nodes),
      'database µs/message': microseconds(after.database - before.database),
      'NATS µs/message': microseconds(after.nats - before.nats),
      'load µs/message': microseconds(result.cpuSeconds),
      errors: result.errors,
    };
  }

  function usedBy({ nodes, natsPid }: BenchNodes) {
    return {
      nodes: nodes.reduce((sum, { pid }) => sum + cpuSecondsOf(pid), 0),
      database: cpuSecondsOf(databasePid),
      nats: natsPid === undefined ? 0 : cpuSecondsOf(natsPid),
    };
  }

  function commandRows(label: string, found: Awaited<ReturnType<typeof measureCommands>>) {
    const { atHolder, elsewhere, failed } = found;
    const given = [
      { to: 'the holder', histogram: atHolder },
      ...(count > 1 ? [{ to: 'the other node', histogram: elsewhere }] : []),
    ];
    return given.map(({ to, histogram }) => ({
      nodes: count,
      load: label,
      'given to': to,
      commands: histogram.count,
      p50: histogram.percentile(0.5),
      p99: histogram.percentile(0.99),
      max: histogram.max,
      failed,
    }));
  }
}
