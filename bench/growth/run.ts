import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { registerFleet } from '../csms/fixtures.ts';
import type { LoadPlan, LoadResult } from '../load/main.ts';
import { busbarUrl, startBusbar } from '../measure/busbar.ts';
import { type Child, start } from '../measure/child.ts';
import { startBenchDatabase } from '../measure/database.ts';
import { cpuSecondsOf } from '../measure/processes.ts';
import { printTable } from '../measure/table.ts';
import { fill, type Growth, makeTemplates } from './fill.ts';
import { apiOf, findCursors, findPlaces, measureQueries, type QueryCost, usualQueries } from './queries.ts';

/**
 * What a message and a query cost on an almost empty database, and on one with so many million sampled values in it.
 * The history is made in the database itself, from what the server wrote before.
 */
const { values: options } = parseArgs({
  options: {
    million: { type: 'string', default: '100' },
    folder: { type: 'string', default: tmpdir() },
    stations: { type: 'string', default: '10000' },
    'load-stations': { type: 'string', default: '300' },
    rate: { type: 'string', default: '1500' },
    seconds: { type: 'string', default: '30' },
    calls: { type: 'string', default: '400' },
    'log-days': { type: 'string', default: '3' },
    statements: { type: 'boolean', default: false },
  },
});
const [seconds, rate, calls] = [Number(options.seconds), Number(options.rate), Number(options.calls)];
const stations = Number(options.stations);
const sampledValues = Number(options.million) * 1e6;
const plan: LoadPlan = {
  url: busbarUrl,
  stations: Number(options['load-stations']),
  versions: ['1.6', '2.0.1', '2.1'],
  variables: 20,
  asked: true,
};
const sessionsPerDay = 3;
/** Of room on the disk for each sampled value, with everything that comes with it. */
const bytesPerValue = 230;
const sparedBytes = 2e9;

const disk = await statfs(options.folder);
const needed = sampledValues * bytesPerValue + sparedBytes;
if (disk.bavail * disk.bsize < needed) {
  throw new Error(`${options.folder} has no room for ${(needed / 1e9).toFixed(0)} GB: give another --folder`);
}
await using database = await startBenchDatabase(options.folder);
const dataFolder = await mkdtemp(join(options.folder, 'busbar-growth-'));
const url = await database.create('growth');
const client = new pg.Client({ connectionString: url });
// The database is ended below while this is connected.
client.on('error', () => {});
await client.connect();
try {
  await compare();
} finally {
  await client.end();
  await rm(dataFolder, { recursive: true, force: true });
}

interface Measured {
  readonly message: Readonly<Record<string, number>>;
  readonly queries: ReadonlyMap<string, QueryCost>;
}

async function compare(): Promise<void> {
  say(`${await database.settings()}`);
  const first = startBusbar(url, dataFolder);
  const { httpUrl, operatorToken }: { httpUrl: string; operatorToken: string } = await first.next('ready');
  await registerFleet(url, stations);
  await client.query(
    `insert into station (id, identity_key, admission, security_profile, created_at) values ('QUIET-1', 'quiet-1', 'Accepted', 0, now())`,
  );
  const before = await measure(first, plan, { httpUrl, token: operatorToken });
  await first.stop();

  const values = await makeTemplates(client, plan.versions);
  const days = Math.max(1, Math.ceil(sampledValues / (values * stations * sessionsPerDay)));
  const today = Date.parse(`${new Date().toISOString().slice(0, 10)}T00:00:00Z`);
  const logDays = Math.min(days, Number(options['log-days']));
  // Of a year's keys half the days' are enough to be far larger than what is cached.
  const keyDays = Math.ceil(days / 2);
  const growth: Growth = {
    stations,
    days,
    sessionsPerDay,
    logDays,
    keyDays,
    from: new Date(today - days * 86_400_000),
  };
  say(
    `${stations} stations, ${days} days, ${sessionsPerDay} sessions a day of ${values.toFixed(0)} sampled values each`,
  );
  await fill(client, { ...growth, versions: plan.versions, say });
  await client.query('vacuum (analyze)');
  await tellSizes();

  const second = startBusbar(url, dataFolder);
  const ready: { httpUrl: string } = await second.next('ready');
  // Their device models are known by now, and not asked for again.
  const known = { ...plan, asked: false, variables: 0 };
  const after = await measure(second, known, { httpUrl: ready.httpUrl, token: operatorToken });
  await second.stop();
  console.log('');
  printTable(comparison(before, after));
}

/** The load at a fixed rate, then the queries with nothing beside them. */
async function measure(
  server: Child,
  plan: LoadPlan,
  { httpUrl, token }: { readonly httpUrl: string; readonly token: string },
): Promise<Measured> {
  const load = start('../load/main.ts');
  const { seconds: took }: { seconds: number } = await load.ask({ do: 'start', plan }, 'started');
  say(`all booted and reported after ${took.toFixed(1)} s`);
  const message = await measureMessages(server, load);
  await load.stop();
  const api = apiOf(httpUrl, token);
  const places = await findPlaces(client, (await isGrown()) ? stations : plan.stations);
  const cursors = await findCursors(api, await instantsBack());
  const queries = await measureQueries(api, usualQueries({ ...places, cursors }), {
    calls,
    blocks: async () => (await database.statements()).blocks,
  });
  say('queries measured');
  return { message, queries };
}

async function measureMessages(server: Child, load: Child): Promise<Record<string, number>> {
  // Each version has to end a transaction, and caches have to be as they would be.
  await load.ask({ do: 'run', seconds, rate }, 'result');
  await database.statements();
  const before = { server: cpuSecondsOf(server.pid), database: cpuSecondsOf(database.pid) };
  const result: LoadResult = await load.ask({ do: 'run', seconds, rate }, 'result');
  const used = {
    server: cpuSecondsOf(server.pid) - before.server,
    database: cpuSecondsOf(database.pid) - before.database,
  };
  const statements = await database.statements();
  if (options.statements) console.log(`${statements.top.join('\n')}\n`);
  return {
    'messages/s': result.messages / result.seconds,
    'p50 ms': result.p50Ms,
    'p99 ms': result.p99Ms,
    'statements a message': statements.calls / result.messages,
    'rows a message': statements.rows / result.messages,
    'blocks a message': statements.blocks / result.messages,
    'server CPU a message, µs': (used.server / result.messages) * 1e6,
    'database CPU a message, µs': (used.database / result.messages) * 1e6,
    errors: result.errors,
  };
}

async function isGrown(): Promise<boolean> {
  const { rows } = await client.query(`select to_regnamespace('growth') is not null as grown`);
  return rows[0].grown;
}

/** Instants in the older half of what there is. */
async function instantsBack(): Promise<Date[]> {
  const { rows } = await client.query(
    'select min(started_received_at) as first, max(started_received_at) as last from transaction',
  );
  const [{ first, last }] = rows;
  const firstMs = new Date(first).getTime();
  const halfMs = (new Date(last).getTime() - firstMs) / 2;
  return Array.from({ length: 50 }, (_, n) => new Date(firstMs + (halfMs * (n + 2)) / 52));
}

async function tellSizes(): Promise<void> {
  const { rows } = await client.query(
    `select coalesce(inhparent, c.oid)::regclass::text as table, sum(c.reltuples)::float8 as rows,
       sum(pg_table_size(c.oid))::float8 / 1e6 as "MB", sum(pg_indexes_size(c.oid))::float8 / 1e6 as "indexes MB"
     from pg_class c left join pg_inherits on inhrelid = c.oid
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
     group by 1 having sum(pg_total_relation_size(c.oid)) > 1e6 order by 3 desc`,
  );
  printTable(
    rows.map((row) => ({ ...row, MB: Math.round(row.MB), 'indexes MB': Math.round(row['indexes MB']) })),
  );
  const { rows: values } = await client.query(
    `select sum(json_array_length(samples::json))::float8 / count(*) as each, (select sum(reltuples)::float8 from pg_class
       where relname like 'meter\\_sample\\_p%' and relkind = 'r') as rows
     from (select samples from meter_sample tablesample system (1)) as part`,
  );
  say(`about ${((values[0].each * values[0].rows) / 1e6).toFixed(1)} million sampled values`);
}

function comparison(before: Measured, after: Measured): Record<string, string | number>[] {
  const rows = Object.entries(before.message).map(([what, value]) =>
    row(what, value, after.message[what] ?? 0),
  );
  for (const [name, was] of before.queries) {
    const is = after.queries.get(name);
    if (is)
      rows.push({
        ...row(`${name}, p50 ms`, was.p50Ms, is.p50Ms),
        'p99 after': is.p99Ms,
        'blocks before': was.blocks,
        'blocks after': is.blocks,
      });
  }
  return rows;
}

function row(what: string, before: number, after: number): Record<string, string | number> {
  return { what, before, after, ratio: before === 0 ? '' : after / before };
}

function say(line: string): void {
  console.error(line);
}
