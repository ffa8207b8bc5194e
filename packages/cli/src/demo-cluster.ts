import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createLog, readConfig, replaceOperatorToken, startEmbedded } from '@busbar/csms';
import { demoSite } from '@busbar/station';
import { createApiClient } from './api-client.ts';
import { createDemoApi } from './cluster/api.ts';
import { startDemoBalancer } from './cluster/balancer.ts';
import { startDemoNats } from './cluster/nats.ts';
import { createDemoNode, type DemoNode } from './cluster/node.ts';
import { createDemoStations, type DemoStations } from './cluster/stations.ts';
import { steadyPort } from './cluster/steady-port.ts';
import { tellStory } from './cluster/story.ts';
import { keepRunning } from './cluster/supervisor.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { registerDemo } from './register-demo.ts';
import { stopRequest } from './stop-request.ts';

export interface DemoClusterOptions {
  /** Ends after the story. */
  readonly once: boolean;
}

type Ending = () => Promise<unknown>;

/** Shows two nodes on one PostgreSQL and one NATS, and lets the user go on with them until the process is asked to stop. */
export async function demoCluster(
  configFile: string | undefined,
  { once }: DemoClusterOptions,
): Promise<void> {
  const given = await readEnvironment(configFile);
  const asked = new AbortController();
  void stopRequest().then(() => asked.abort());
  const ending: Ending[] = [];
  try {
    await run({ given, once, ending, signal: asked.signal });
  } catch (error) {
    // What was under way when it was asked to stop has failed for that reason.
    if (!asked.signal.aborted) throw error;
  } finally {
    say(asked.signal.aborted ? 'Stopping.' : '\nThe demo ends.');
    for (const end of ending.reverse()) await end().catch((error: Error) => say(error.message));
  }
}

async function run(demo: {
  readonly given: Environment;
  readonly once: boolean;
  readonly ending: Ending[];
  readonly signal: AbortSignal;
}): Promise<void> {
  const { given, once, ending, signal } = demo;
  const folder = resolve(given.BUSBAR_DATA ?? 'busbar-data', 'demo-cluster');
  await mkdir(folder, { recursive: true, mode: 0o711 });
  say('PostgreSQL, NATS and two nodes are started.');
  const nats = await startDemoNats(folder, signal);
  ending.push(nats.stop);
  const databaseUrl = await startDatabase(folder, ending);
  signal.throwIfAborted();
  const environment = {
    ...nodeEnvironment(given),
    BUSBAR_DATABASE_URL: databaseUrl,
    BUSBAR_NATS_URL: nats.url,
    BUSBAR_PEPPER: await readPepper(join(folder, 'pepper')),
    BUSBAR_DATA: folder,
  };
  const token = await replaceOperatorToken(readConfig({ BUSBAR_DATABASE_URL: databaseUrl }));
  const makeNode = (number: number) => createDemoNode({ number, folder, environment, signal });
  const nodes = [await makeNode(1), await makeNode(2)] as const;
  ending.push(() => Promise.all(nodes.map((node) => node.terminate())));
  await Promise.all(nodes.map((node) => node.start()));

  const apiOf = (node: DemoNode) => createDemoApi(createApiClient({ url: node.httpUrl, token }));
  const registered = await registerDemo(createApiClient({ url: nodes[0].httpUrl, token }));
  const balancer = await startDemoBalancer(await steadyPort(9000), nodes);
  ending.push(balancer.close);
  const stations = createDemoStations(balancer.url, registered);
  ending.push(stations.stop);
  await interruptible(stations.start(), signal);
  say(introduction({ nodes, natsPlace: nats.place, folder, url: balancer.url, token }));
  await tellStory({ nodes, apiOf, balancer, stations, say, signal });
  if (once) return;
  say(invitation(nodes));
  await keepRunning({ nodes, balancer, stationIds: idsOf(stations), say, signal });
}

/** The embedded PostgreSQL as a server for others. Gives its URL. */
async function startDatabase(folder: string, ending: Ending[]): Promise<string> {
  const embedded = await startEmbedded({ folder, log: createLog({ level: 'warn' }) });
  // One that is told to end at once takes it along; it would go on otherwise, and be found by the next start.
  const endAtOnce = () => {
    const pid = embedded.pid();
    if (pid !== undefined) process.kill(pid, 'SIGINT');
  };
  process.once('exit', endAtOnce);
  ending.push(async () => {
    await embedded.stop();
    process.off('exit', endAtOnce);
  });
  const { host = '', port = 5432, user = '', password = '', database = '' } = embedded.config;
  const login = new URLSearchParams({ host, port: String(port), user, password: String(password) });
  return `postgres:///${database}?${login}`;
}

/** As in a data folder, so that `busbar serve` finds everything in it when the demo does not run. */
async function readPepper(file: string): Promise<string> {
  const made = `${randomBytes(32).toString('base64url')}\n`;
  await writeFile(file, made, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return (await readFile(file, 'utf8')).trim();
}

/** What was set holds for both nodes, but for what the demo has of its own. */
function nodeEnvironment(given: Environment): Environment {
  const own = /^BUSBAR_(DATABASE_URL|NATS_.*|NODE_NAME|OCPP_.*|HTTP_.*|CONFIG)$/;
  const rest = Object.entries(given).filter(([name]) => !own.test(name));
  return {
    // Time for the balancer to notice, and little for those who watch.
    BUSBAR_DRAIN_DELAY: '1',
    BUSBAR_DRAIN: '2',
    ...Object.fromEntries(rest),
  };
}

/** Resolves with the work, or rejects when asked to stop; the work is left to whoever ends what it works with. */
async function interruptible(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function idsOf({ all }: DemoStations): readonly string[] {
  return all.map(({ id }) => id);
}

function introduction(shown: {
  readonly nodes: readonly DemoNode[];
  readonly natsPlace: string;
  readonly folder: string;
  readonly url: string;
  readonly token: string;
}): string {
  const { nodes, natsPlace, folder, url, token } = shown;
  return [
    `Two nodes run on one PostgreSQL, and ${demoSite.length} stations charge.`,
    ...nodes.map(({ name, httpUrl, pid }) => `  ${name}               ${httpUrl}/api/v1  process ${pid}`),
    `  stations connect to  ${url}/{stationId}, a balancer that picks a node which is ready`,
    `  NATS                 ${natsPlace}`,
    `  the data is in       ${folder}`,
    "The operator's token, at both nodes:",
    `  ${token}`,
  ].join('\n');
}

function invitation([first, second]: readonly [DemoNode, DemoNode]): string {
  const ask = (node: DemoNode, path: string, more = '') =>
    `  curl -s -H "Authorization: Bearer $TOKEN" ${more}'${node.httpUrl}/api/v1${path}'`;
  const [station] = demoSite;
  const input = `-H 'Content-Type: application/json' -d '{"message":"Heartbeat"}' `;
  return [
    '\nNow it is yours. With TOKEN set to the token above:',
    ask(first, '/nodes'),
    ask(second, '/stations'),
    ask(first, `/stations/${station?.id}/commands/trigger-message`, input),
    `  curl -sN -H "Authorization: Bearer $TOKEN" ${first.httpUrl}/api/v1/events`,
    `  kill -9 ${second.pid}     # ${second.name}, which holds the stations; it is started again after a while`,
    `  kill ${second.pid}        # the same in good order`,
    'Ctrl-C stops everything.',
  ].join('\n');
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
