import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { createSeeded } from '../support/seeded.ts';
import { checkEvents, type EventMark, markEvents } from './check-events.ts';
import { checkFacts } from './check-facts.ts';
import { checkLogs, tellingLines } from './check-logs.ts';
import { checkOperations } from './check-operations.ts';
import { checkOwners } from './check-owners.ts';
import { checkTwins } from './check-twins.ts';
import type { Cluster } from './cluster.ts';
import type { Follower } from './follower.ts';
import { createOrders, type Orders } from './orders.ts';
import { describe, type Plan, type Step } from './plan.ts';
import { Problems } from './problems.ts';
import { createScript } from './script.ts';
import { createModelStation, type ModelStation } from './station.ts';

/** What came of a run. */
export interface Outcome {
  readonly problems: readonly string[];
  /** What happened, with the milliseconds since it began. */
  readonly story: readonly string[];
  readonly logs: readonly string[];
  readonly messages: number;
}

interface Run {
  readonly name: string;
  readonly cluster: Cluster;
  readonly followers: readonly Follower[];
  readonly stations: readonly ModelStation[];
  readonly orders: Orders;
  readonly tokens: readonly string[];
  readonly problems: Problems;
  readonly note: (text: string) => void;
}

/** After everything is healed; what takes longer than this is found to hang. */
const finishWithinMs = 20_000;
/** It tries the database each second, and gives up a connection that does not come to be after 4 s. */
const readyWithinMs = 10_000;

/** Plays a plan, heals what it broke, and looks at what came of it. */
export async function play(
  cluster: Cluster,
  followers: readonly Follower[],
  plan: Plan,
  name: string,
): Promise<Outcome> {
  const beganMs = performance.now();
  const story: string[] = [];
  const problems = new Problems();
  const note = (text: string) =>
    void story.push(`${String(Math.round(performance.now() - beganMs)).padStart(6)} ${text}`);
  cluster.beginStory();
  const since = await markEvents(cluster.database.sql);
  const tokens = plan.stations.map((_, index) => `${name}-T${index}`);
  const orders = createOrders(name);
  const stations = await enroll(cluster, plan, { name, tokens, note });
  const run: Run = { name, cluster, followers, stations, orders, tokens, problems, note };
  try {
    for (const step of plan.steps) {
      if (step.afterMs > 0) await delay(step.afterMs);
      note(describe(step));
      take(run, step);
    }
    await conclude(run, since);
  } catch (error) {
    problems.say(error instanceof Error ? error.message : String(error));
  }
  await bidFarewell(run);
  for (const accident of cluster.accidents.splice(0)) problems.say(accident);
  return {
    problems: problems.found,
    story,
    logs: cluster.processes.flatMap((node) => tellingLines(node)),
    messages: stations.reduce((sum, { said }) => sum + said.size, 0),
  };
}

async function enroll(
  cluster: Cluster,
  plan: Plan,
  run: { readonly name: string; readonly tokens: readonly string[]; readonly note: (text: string) => void },
): Promise<ModelStation[]> {
  const api = cluster.api(0);
  const sharedToken = `${run.name}-TS`;
  await Promise.all([...run.tokens, sharedToken].map((idToken) => api.post('/id-tokens', { idToken })));
  return Promise.all(
    plan.stations.map(async (version, index) => {
      const id = `${run.name}-${index}`;
      const { password } = await api.post('/stations', { id });
      const ownToken = run.tokens[index] ?? '';
      const startedAt = new Date(Date.now() - 24 * 3_600_000);
      const script = createScript({
        version,
        random: createSeeded(plan.seed * 101 + index),
        ownToken,
        sharedToken,
        startedAt,
      });
      return createModelStation({
        id,
        password,
        version,
        script,
        random: createSeeded(plan.seed * 103 + index),
        nodeOf: (slot) => cluster.slots[slot]?.node,
        slots: cluster.slots.length,
        note: run.note,
      });
    }),
  );
}

function take({ cluster, stations, followers, orders, tokens }: Run, step: Step): unknown {
  switch (step.do) {
    case 'say':
      return stations[step.station]?.say(step.times);
    case 'repeat':
      return stations[step.station]?.repeat();
    case 'drop':
      return stations[step.station]?.drop();
    case 'move':
      return stations[step.station]?.move(step.slot);
    case 'command': {
      const { station } = step.command;
      const target = { id: stations[station]?.id ?? '', ownToken: tokens[station] ?? '' };
      const label = cluster.slots[step.slot]?.node?.label ?? 'none';
      return orders.give(step.command, target, { label, api: cluster.api(step.slot) });
    }
    case 'hop':
      return followers[step.follower]?.hop(step.slot);
    case 'cut':
      return cluster.slots[step.slot]?.links[step.link].cut();
    case 'silence':
      return cluster.slots[step.slot]?.links[step.link].silence();
    case 'heal':
      return cluster.slots[step.slot]?.links[step.link].heal(step.stuck);
    case 'restart-nats':
      return cluster.restartNats();
    case 'pause':
    case 'resume':
    case 'kill':
    case 'start':
    case 'terminate':
      return cluster[step.do](step.slot);
    default:
      return step satisfies never;
  }
}

/** Everything is healed and said; then it is looked at. */
async function conclude(run: Run, since: EventMark): Promise<void> {
  const { cluster, stations, orders, problems, followers, note } = run;
  const { sql } = cluster.database;
  await cluster.heal();
  note('everything is healed');
  await Promise.all(stations.map((station) => station.finish(finishWithinMs)));
  note('everything is said');
  await Promise.all(cluster.slots.map(({ index }) => becomesReady(cluster, index)));
  note('every node is ready');
  await orders.settled();
  await settleOperations(run);
  note('operations are settled');
  await checkTwins(cluster, stations, problems);
  await checkFacts(sql, stations, problems);
  await checkOwners(sql, stations, problems);
  await checkOperations(sql, { stations, orders: orders.all }, problems);
  await checkEvents(sql, { since, followers, stations }, problems);
  checkLogs(cluster.processes, problems);
  note('checked');
}

/** A node that had nothing to say finds out by itself that its links are whole. */
async function becomesReady(cluster: Cluster, slot: number): Promise<void> {
  const { url } = cluster.api(slot);
  const isReady = async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
  await eventually(isReady, `node ${slot} to be ready`, readyWithinMs);
}

/**
 * What is Unknown is asked for as soon as its time has come, which the test brings forward: an hour goes by for the
 * operations of this run. Whoever connects is asked at once.
 */
async function settleOperations({ cluster, stations, note }: Run): Promise<void> {
  const { sql } = cluster.database;
  const ids = stations.map(({ id }) => id);
  const open = async () => {
    const { rows } = await sql.query(
      `select distinct station_id from operation where station_id = any($1) and state in ('Sent', 'Unknown')
       union select station_id from job where station_id = any($1) and state in ('Open', 'Leased')`,
      [ids],
    );
    return new Set(rows.map(({ station_id }) => station_id));
  };
  for (let round = 0; round < 8; round++) {
    const left = await open();
    if (left.size === 0) return;
    note(`not settled: ${[...left]}`);
    if (round > 0) {
      await sql.query(
        `update operation set created_at = created_at - interval '1 hour', sent_at = sent_at - interval '1 hour'
         where station_id = any($1) and state = 'Unknown'`,
        [ids],
      );
      await sql.query(
        `update job set run_after = now(), input = input || case when input ? 'since'
           then jsonb_build_object('since', (input ->> 'since')::timestamptz - interval '1 hour') else '{}' end
         where station_id = any($1) and state = 'Open'`,
        [ids],
      );
      const waiting = stations.filter(({ id }) => left.has(id));
      await Promise.all(waiting.map((station) => station.comeAnew(finishWithinMs)));
    }
    const patienceMs = round === 0 ? 200 : 700;
    await eventually(async () => (await open()).size === 0, 'all to be settled', patienceMs).catch(() => {});
  }
}

/** They leave, and the table of owners says so. */
async function bidFarewell({ cluster, stations, problems }: Run): Promise<void> {
  await Promise.all(stations.map((station) => station.close())).catch((error) => problems.say(String(error)));
  if (problems.found.length > 0) return;
  const present = async () => {
    const { rows } = await cluster.database.sql.query(
      `select station_id, node, disconnected_at from station_owner
       where station_id = any($1) and (node is not null or disconnected_at is null)`,
      [stations.map(({ id }) => id)],
    );
    return rows;
  };
  await eventually(async () => (await present()).length === 0, 'all to be gone', 5_000).catch(async () =>
    problems.equal(await present(), [], 'stations that have left and are said to be connected'),
  );
}
