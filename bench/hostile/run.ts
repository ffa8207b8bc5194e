import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { registerFleet } from '../csms/fixtures.ts';
import type { LoadPlan, LoadResult } from '../load/main.ts';
import { startBusbar } from '../measure/busbar.ts';
import { writeCertificates } from '../measure/certificates.ts';
import { start } from '../measure/child.ts';
import { startBenchDatabase } from '../measure/database.ts';
import { cpuSecondsOf } from '../measure/processes.ts';
import { printTable } from '../measure/table.ts';
import { pepper, registerWithPasswords } from '../storm/fleet.ts';
import type { Attacked } from './attacker.ts';
import { type AttackName, attacks, type Target } from './attacks.ts';

/** What well-behaved stations feel of hostile ones: the same load without and with each kind, turn by turn. */
const { values: options } = parseArgs({
  options: {
    stations: { type: 'string', default: '500' },
    hostile: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '6' },
    share: { type: 'string', default: '0.3' },
    only: { type: 'string' },
  },
});
const count = Number(options.stations);
const hostile = Number(options.hostile);
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const kinds = Object.keys(attacks).filter((kind): kind is AttackName => kind.includes(options.only ?? ''));
/** Between two turns: what the one before left in queues is gone, and the limits have forgotten a little. */
const settleMs = 2_000;
const ports = { plain: 9111, tls: 9112 };
const busbarUrl = `ws://127.0.0.1:${ports.plain}/ocpp`;

await using database = await startBenchDatabase();
const url = await database.create('bench_hostile');
const folder = await mkdtemp(join(tmpdir(), 'busbar-bench-data-'));
const server = startBusbar(url, folder, [], {
  ...(await writeCertificates(folder)),
  BUSBAR_PEPPER: pepper,
  BUSBAR_OCPP_PORT: String(ports.plain),
  BUSBAR_OCPP_TLS_PORT: String(ports.tls),
  BUSBAR_LOG_LEVEL: 'error',
  // As a user has them, but for the well-behaved ones, who all come from this machine.
  BUSBAR_ADDRESS_CONNECTIONS: String(Math.max(2_000, count * 2)),
  BUSBAR_ADDRESS_CONNECTS_PER_SECOND: '50',
});
await server.next('ready');
await registerFleet(url, count);
// Each kind has stations of its own, so that what a limit remembers of one kind does not meet the next.
const enemies = await registerWithPasswords(url, {
  name: 'ENEMY',
  count: hostile * kinds.length,
  securityProfile: 1,
});
const load = start('../load/main.ts');
const attacker = start('../hostile/attacker.ts');
const plan: LoadPlan = {
  url: busbarUrl,
  stations: count,
  versions: ['1.6', '2.0.1', '2.1'],
  variables: 50,
  asked: true,
};
await load.ask({ do: 'start', plan }, 'started');

const warm: LoadResult = await load.ask({ do: 'run', seconds: Math.max(3, seconds / 2) }, 'result');
const rate = (warm.messages / warm.seconds) * Number(options.share);
console.log(
  `${count} well-behaved stations at ${Math.round(rate)} messages/s in all (${options.share} of the maximum), ${hostile} hostile; ` +
    `${rounds} pairs of turns of ${seconds} s; ${await database.settings()}\n`,
);
await turn();
const rows: Record<string, string | number>[] = [];
for (const kind of kinds) rows.push(await compare(kind));
printTable(rows);
await Promise.all([load.stop(), attacker.stop()]);
await server.stop();
await rm(folder, { recursive: true, force: true });

/** Each pair has its turn without beside the one with it, now before and now after, so that drift cancels. */
async function compare(kind: AttackName): Promise<Record<string, string | number>> {
  const first = kinds.indexOf(kind) * hostile;
  const targets = enemies.slice(first, first + hostile).map(
    ({ id, password }, n): Target => ({
      url: busbarUrl,
      port: ports.plain,
      tlsPort: ports.tls,
      identity: id,
      password,
      localAddress: `127.0.0.${2 + ((first + n) % 250)}`,
    }),
  );
  const without: Turn[] = [];
  const under: Turn[] = [];
  const efforts: Attacked[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const isHostile of round % 2 === 0 ? [false, true] : [true, false]) {
      if (isHostile) await attacker.ask({ do: 'attack', kind, targets }, 'begun');
      const measured = await turn();
      (isHostile ? under : without).push(measured);
      if (isHostile) efforts.push(await attacker.ask({ do: 'cease' }, 'attacked'));
      await delay(settleMs);
    }
  }
  const p99 = (turns: readonly Turn[]) => turns.map(({ p99Ms }) => p99Ms);
  const ratios = under.map(({ p99Ms }, pair) => p99Ms / (without[pair]?.p99Ms ?? p99Ms));
  return {
    kind,
    'p50 ms without': median(without.map(({ p50Ms }) => p50Ms)),
    'p50 ms with': median(under.map(({ p50Ms }) => p50Ms)),
    'p99 ms without': median(p99(without)),
    'p99 ms with': median(p99(under)),
    'p99 with : without': median(ratios),
    'p99 without, least to most': `${Math.min(...p99(without)).toFixed(1)} to ${Math.max(...p99(without)).toFixed(1)}`,
    'server CPU without': mean(without.map(({ serverCpu }) => serverCpu)),
    'server CPU with': mean(under.map(({ serverCpu }) => serverCpu)),
    'database CPU with : without':
      mean(under.map(({ databaseCpu }) => databaseCpu)) / mean(without.map(({ databaseCpu }) => databaseCpu)),
    'hostile acts/s': Math.round(mean(efforts.map(({ done, seconds }) => done / seconds))),
    'stopped/s': mean(efforts.map(({ stopped, seconds }) => stopped / seconds)),
    'hostile CPU': mean(efforts.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds)),
    errors: [...without, ...under].reduce((sum, { errors }) => sum + errors, 0),
  };
}

interface Turn extends LoadResult {
  readonly serverCpu: number;
  readonly databaseCpu: number;
}

async function turn(): Promise<Turn> {
  const before = { server: cpuSecondsOf(server.pid), database: cpuSecondsOf(database.pid) };
  const result: LoadResult = await load.ask({ do: 'run', seconds, rate }, 'result');
  return {
    ...result,
    serverCpu: (cpuSecondsOf(server.pid) - before.server) / result.seconds,
    databaseCpu: (cpuSecondsOf(database.pid) - before.database) / result.seconds,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
