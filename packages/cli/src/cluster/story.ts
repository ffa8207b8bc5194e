import type { DemoApi, DemoTransaction } from './api.ts';
import type { DemoBalancer } from './balancer.ts';
import type { DemoNode } from './node.ts';
import type { DemoStations } from './stations.ts';
import { until } from './until.ts';

export interface StoryOptions {
  readonly nodes: readonly [first: DemoNode, second: DemoNode];
  /** The API of each node. */
  readonly apiOf: (node: DemoNode) => DemoApi;
  readonly balancer: DemoBalancer;
  readonly stations: DemoStations;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const patienceMs = 60_000;

/** A variable that a restart of the station would not change by itself. */
const sampleInterval = { component: 'SampledDataCtrlr', variable: 'TxUpdatedInterval' };

/**
 * Shows what several nodes are for, and looks each time whether it is so.
 *
 * @throws Error with a sentence when something is otherwise than told, and the signal's reason
 */
export async function tellStory(options: StoryOptions): Promise<void> {
  const [first, second] = options.nodes;
  await showPlaces(options);
  await commandAcross(options);
  await killNode(options);
  options.say(`\n4. ${second.name} is started again`);
  await second.start();
  options.say(
    `   it is ready, with ${await countAt(options, first, second)} stations: those that are well where they are stay there.`,
  );
  await drainNode(options);
  options.say(`\n   ${first.name} is started again.`);
  await first.start();
}

async function showPlaces(options: StoryOptions): Promise<void> {
  const { nodes, apiOf, say } = options;
  say('\n1. Which node holds which station');
  const [first] = nodes;
  for (const node of nodes) say(`   ${node.name}: ${idsAt(options, node).join(', ')}`);
  for (const node of nodes) {
    const expected = idsAt(options, node).length;
    await wait(options, `/nodes to count ${expected} stations at ${node.name}`, async () => {
      const counts = await apiOf(first).stationsOf();
      return counts.get(node.name) === expected || undefined;
    });
  }
}

async function commandAcross(options: StoryOptions): Promise<void> {
  const { nodes, apiOf, say } = options;
  const [first, second] = nodes;
  const stationId = someStationAt(options, second);
  say(`\n2. A command for ${stationId}, which is at ${second.name}, given to ${first.name}`);
  const beganMs = performance.now();
  const { state, value } = await apiOf(first).command(stationId, 'get-variables', {
    variables: [sampleInterval],
  });
  const took = Math.round(performance.now() - beganMs);
  if (state !== 'Accepted') throw new Error(`get-variables for ${stationId} ended as ${state}.`);
  say(
    `   get-variables: ${state} after ${took} ms. The station says that it sends a reading each ${value} s.`,
  );
}

async function killNode(options: StoryOptions): Promise<void> {
  const { nodes, apiOf, balancer, stations, say } = options;
  const [first, second] = nodes;
  const api = apiOf(first);
  const stationId = someStationAt(options, second);
  const station = stations.all.find(({ id }) => id === stationId);
  const moving = idsAt(options, second);
  const sessions = await api.openTransactions(moving);
  say(`\n3. ${second.name} is killed (SIGKILL) while ${stationId} answers a command`);
  // What the station says is held back, so that the node dies between the station's act and its answer.
  balancer.holdBack(second);
  const input = { variables: [{ ...sampleInterval, value: '3' }] };
  const { id } = await api.command(stationId, 'set-variables', input, 0);
  await wait(options, `${stationId} to hear the command`, () => {
    return station?.variable('SampledDataCtrlr.TxUpdatedInterval') === '3' || undefined;
  });
  const before = await recordedOf(api, sessions);
  const killedMs = performance.now();
  const killedAt = new Date();
  await second.kill();
  await wait(options, 'the stations to come back', () => isAllAt(options, first) || undefined);
  say(`   ${moving.length} stations are at ${first.name} after ${since(killedMs)} s: ${moving.join(', ')}`);
  const seen = new Set<string>();
  await wait(options, 'the operation to end', async () => {
    const { state } = await api.operation(id);
    seen.add(state);
    return ['Accepted', 'Rejected', 'Failed'].includes(state) || undefined;
  });
  const sent = await api.sentSince(stationId, killedAt);
  const again = sent.filter((action) => ['SetVariables', 'ChangeConfiguration'].includes(action));
  if (again.length > 0) throw new Error(`The command was sent to ${stationId} a second time.`);
  say(
    `   set-variables was sent and its answer lost: ${[...seen].join(', then ')}, ${since(killedMs)} s after the kill.`,
  );
  const question = sent.includes('GetVariables') ? `: ${stationId} was asked what it has (GetVariables)` : '';
  say(`   It was not sent again${question}.`);
  await wait(options, 'the sessions to go on', async () => {
    const after = await recordedOf(api, sessions);
    return sessions.every(({ id }) => (after.get(id) ?? 0) > (before.get(id) ?? 0)) || undefined;
  });
  await sameSessions(options, api, sessions);
  say(`   Their ${sessions.length} sessions go on. ${await checkFacts(options, api)}`);
}

async function drainNode(options: StoryOptions): Promise<void> {
  const { nodes, apiOf, say, stations } = options;
  const [first, second] = nodes;
  const api = apiOf(second);
  const sessions = await api.openTransactions(stations.all.map(({ id }) => id));
  say(`\n5. ${first.name} is asked to end (SIGTERM), as in an update`);
  const beganMs = performance.now();
  const code = await first.terminate();
  if (code !== 0) throw new Error(`${first.name} ended with ${code}.`);
  say(
    `   it was not ready any more, sent its stations away, and ended with ${code} after ${since(beganMs)} s.`,
  );
  await wait(options, 'the stations to come back', () => isAllAt(options, second) || undefined);
  say(`   ${sessions.length} stations are at ${second.name} ${since(beganMs)} s after the signal.`);
  const before = await recordedOf(api, sessions);
  await wait(options, 'the sessions to go on', async () => {
    const after = await recordedOf(api, sessions);
    return sessions.every(({ id }) => (after.get(id) ?? 0) > (before.get(id) ?? 0)) || undefined;
  });
  await sameSessions(options, api, sessions);
  say(`   All ${sessions.length} sessions go on. ${await checkFacts(options, api)}`);
}

/** Everything that a station was acknowledged is in the database, once. */
async function checkFacts({ stations }: StoryOptions, api: DemoApi): Promise<string> {
  // What is acknowledged from here on is not looked for.
  const acknowledged = new Map([...stations.acknowledged].map(([id, keys]) => [id, new Set(keys)]));
  let count = 0;
  for (const { id, stationId, wireId } of await api.openTransactions(stations.all.map(({ id }) => id))) {
    const recorded = await api.eventKeys(id);
    const known = new Set(recorded);
    const said = acknowledged.get(wireId);
    if (!said) throw new Error(`${stationId} was acknowledged nothing about its session.`);
    const lost = [...said].filter((key) => !known.has(key));
    if (lost.length > 0)
      throw new Error(`${stationId} was acknowledged what is not there: ${lost.join(', ')}.`);
    if (known.size < recorded.length) throw new Error(`Something that ${stationId} said is there twice.`);
    count += said.size;
  }
  return `The ${count} messages about sessions that were acknowledged so far are in the database, each once.`;
}

async function sameSessions(
  { stations }: StoryOptions,
  api: DemoApi,
  sessions: readonly DemoTransaction[],
): Promise<void> {
  const open = await api.openTransactions(stations.all.map(({ id }) => id));
  const ids = new Set(open.map(({ id }) => id));
  const ended = sessions.filter(({ id }) => !ids.has(id));
  if (ended.length > 0) throw new Error(`Sessions have ended at ${ended.map(({ stationId }) => stationId)}.`);
}

async function recordedOf(
  api: DemoApi,
  sessions: readonly DemoTransaction[],
): Promise<ReadonlyMap<string, number>> {
  const counts = sessions.map(async ({ id }) => [id, (await api.eventKeys(id)).length] as const);
  return new Map(await Promise.all(counts));
}

async function countAt({ apiOf }: StoryOptions, asked: DemoNode, node: DemoNode): Promise<number> {
  return (await apiOf(asked).stationsOf()).get(node.name) ?? 0;
}

function idsAt({ stations, balancer }: StoryOptions, node: DemoNode): string[] {
  return stations.all.filter(({ id }) => balancer.nodeOf(id) === node).map(({ id }) => id);
}

function isAllAt({ stations, balancer }: StoryOptions, node: DemoNode): boolean {
  return stations.all.every(({ id, isOnline }) => isOnline && balancer.nodeOf(id) === node);
}

/** One that speaks 2.x where there is one. */
function someStationAt(options: StoryOptions, node: DemoNode): string {
  const ids = idsAt(options, node);
  const id = ids.findLast((id) => !id.includes('-16-')) ?? ids[0];
  if (id === undefined) throw new Error(`No station came to ${node.name}.`);
  return id;
}

function wait<Found>(
  { signal }: StoryOptions,
  what: string,
  look: () => Promise<Found | undefined> | Found | undefined,
): Promise<Found> {
  return until(look, { what, withinMs: patienceMs, signal });
}

function since(beganMs: number): string {
  return ((performance.now() - beganMs) / 1_000).toFixed(1);
}
