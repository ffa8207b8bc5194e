import { createHmac, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { compileCommon, versions } from '@busbar/ocpp';
import { v7 as uuidv7 } from 'uuid';
import { createEventStreams } from './api/event-stream.ts';
import { createApi } from './api/server.ts';
import { allBlocks } from './blocks/index.ts';
import { type Bus, stationSubject } from './bus/bus.ts';
import { busMetrics } from './bus/bus-metrics.ts';
import { createInProcessBus } from './bus/in-process.ts';
import { createNatsBus } from './bus/nats.ts';
import { createCommandRunner } from './command-runner.ts';
import { createGiveCommand, type GiveCommand } from './commands.ts';
import type { Config } from './config.ts';
import { createAccessTokens } from './core/access-token.ts';
import { digestOf } from './core/digest.ts';
import { joinNodes } from './core/node/membership.ts';
import { createNumbers } from './core/numbers.ts';
import { settleOperations } from './core/operation/settle-operation.ts';
import { sweepLostOperations } from './core/operation/sweep.ts';
import { createAsk } from './core/queries.ts';
import { createCredentials } from './core/station/credentials.ts';
import { createOwnership } from './core/station/ownership.ts';
import { readPepper } from './core/station/pepper.ts';
import { checkPepper } from './core/station/pepper-check.ts';
import { createTransactionStore } from './core/transaction/store.ts';
import { createDispatch } from './dispatch.ts';
import { explain } from './explain.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import { createJobRunner } from './job-runner.ts';
import { limitsOf } from './limits-of.ts';
import { addressOf, explainListenError, listenForStations } from './listen.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { allRoutes } from './routes.ts';
import { serverMetrics } from './server-metrics.ts';
import { createBatchRunner } from './store/batch.ts';
import { createCommitter } from './store/committer.ts';
import { openDatabase, readLimits } from './store/connection.ts';
import { startMaintenance } from './store/maintenance.ts';
import { maintenanceMetrics } from './store/maintenance-metrics.ts';
import { latestMigration, migrate } from './store/migrate.ts';
import { createOutboxFeed } from './store/outbox-feed.ts';
import { startRelay } from './store/relay.ts';
import { version } from './version.ts';

/** A running server. */
export interface Server {
  readonly ocppUrl: string;
  readonly ocppTlsUrl: string | undefined;
  readonly httpUrl: string;
  /** Where the facts are, for people to read. */
  readonly database: string;
  /** The operator's token, when this is the first start; it cannot be read again. */
  readonly operatorToken: string | undefined;
  /** Stations that are connected, with the twins that decisions are made from. */
  readonly held: Gateway['held'];
  /** Makes the operator's token anew. */
  replaceOperatorToken(): Promise<string>;
  /** Says that it is not ready any more, and sends its stations away over the time that the settings give. */
  drain(): Promise<void>;
  /** Ends everything in good order; what was acknowledged is committed. */
  close(): Promise<void>;
}

/** How soon nodes notice one another. Shorter times are for tests that cannot wait. */
export interface Timings {
  readonly nodeBeatMs: number;
  readonly nodeDeadAfterMs: number;
  readonly ownershipCheckMs: number;
  readonly relayLeaseMs: number;
}

const defaultTimings: Timings = {
  nodeBeatMs: 2_000,
  // Twice what the database may be away before a node lets its stations go by itself.
  nodeDeadAfterMs: 10_000,
  ownershipCheckMs: 15_000,
  relayLeaseMs: 5_000,
};

const limits = {
  /** Connections for what decisions read; look-ups are gathered, so that few suffice. */
  decisionReads: 6,
  apiReads: 4,
  probeTimeoutMs: 2_000,
  prepareDeadlineMs: 5_000,
  tellCommittedMs: 20,
  sweepMs: 60_000,
} as const;

const subjects = {
  /** Events have positions: readers may look. */
  positions: 'outbox.positions',
  /** Events were committed: whoever is the relay may give them positions. */
  committed: 'outbox.committed',
} as const;

/** Builds a server and starts it. Nothing else builds concrete things. */
export async function startServer(config: Config, log: Log, timings: Partial<Timings> = {}): Promise<Server> {
  const ending: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of ending.splice(0).reverse()) {
      await end().catch((error) => log.error({ err: error }, 'a part of the server did not end well'));
    }
  };
  try {
    return await build({ config, log, timings: { ...defaultTimings, ...timings }, ending, close });
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(start: {
  readonly config: Config;
  readonly log: Log;
  readonly timings: Timings;
  /** How what was built ends, in the order in which it was built. */
  readonly ending: (() => Promise<unknown>)[];
  readonly close: () => Promise<void>;
}): Promise<Server> {
  const { config, log, timings, ending, close } = start;
  const now = () => new Date();
  // Ids that rise with time keep the pages that an index is written to few.
  const newId = uuidv7;
  const node = randomUUID();
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  const pepper = await readPepper({ configured: config.pepper, folder: config.dataFolder });

  const database = await openDatabase({ url: config.databaseUrl, folder: config.dataFolder, log });
  ending.push(() => database.stop());
  const decisionPool = database.pool({
    name: 'decisions',
    byKey: true,
    max: limits.decisionReads,
    answerTimeoutMs: 5_000,
  });
  const apiPool = database.pool({ name: 'api', max: limits.apiReads, ...readLimits });
  // Moving rows between partitions takes its time.
  const maintenancePool = database.pool({ name: 'maintenance', max: 1 });
  await migrate(maintenancePool, log);
  await checkPepper(maintenancePool, pepper);
  const metrics = createMetrics({ processMetrics: true });
  const maintenance = await startMaintenance({
    pool: maintenancePool,
    config,
    now,
    log,
    metrics: maintenanceMetrics(metrics),
  });
  ending.push(() => maintenance.close());

  const counted = serverMetrics(metrics);
  const bus = await connectNodes({ config, node, log, metrics });
  ending.push(() => bus.close());
  const feed = createOutboxFeed(apiPool, (wake) => bus.subscribe(subjects.positions, wake));
  const relay = startRelay({
    holder: node,
    connect: () => database.connectPipelined('relay'),
    onPositions: () => bus.publish(subjects.positions, {}),
    log,
    limits: { leaseMs: timings.relayLeaseMs, leaseTryMs: timings.relayLeaseMs / 4 },
  });
  bus.subscribe(subjects.committed, () => relay.wake());
  ending.push(() => relay.close());

  // Commits come in rapid succession; the others are woken for several together.
  const tellCommitted = gatherCalls(() => bus.publish(subjects.committed, {}), limits.tellCommittedMs);
  let gateway: Gateway | undefined;
  const committer = createCommitter({
    runner: createBatchRunner({
      connect: () => database.connectPipelined('committer'),
      probeTimeoutMs: limits.probeTimeoutMs,
    }),
    now,
    metrics: counted.committer,
    onEvents: () => {
      relay.wake();
      if (config.natsUrl !== undefined) tellCommitted();
    },
    onAway(away) {
      log[away ? 'error' : 'info'](away ? 'the database does not answer' : 'the database answers again');
      if (away) gateway?.letGo();
      else gateway?.comeBack();
    },
  });
  ending.push(() => committer.close());

  const transactions = createTransactionStore(decisionPool);
  const ask = createAsk(() => blocks.flatMap(({ answers }) => answers ?? []));
  const blocks = allBlocks({
    pool: decisionPool,
    ask,
    transactions,
    newId,
    transactionNumbers: createNumbers(decisionPool, 'transaction_number'),
    resources: { pool: apiPool, committer, now },
    heartbeatIntervalSeconds: config.heartbeatIntervalSeconds,
    pendingIntervalSeconds: config.pendingIntervalSeconds,
  });
  const commands = blocks.flatMap((block) => block.commands ?? []);
  const give: GiveCommand = createGiveCommand({
    bus,
    pool: apiPool,
    digest: (value) => createHmac('sha256', pepper).update(digestOf(value)).digest('base64url'),
  });
  const dispatch = createDispatch({
    blocks,
    committer,
    now,
    log,
    messageLog: config.messageLog,
    prepareDeadlineMs: limits.prepareDeadlineMs,
  });
  const commandRunner = createCommandRunner({
    commands,
    committer,
    requestNumbers: createNumbers(decisionPool, 'request_number'),
    ask,
    now,
    log,
    messageLog: config.messageLog,
  });
  const jobRunner = createJobRunner({
    handlers: [
      settleOperations({ pool: decisionPool, commands }),
      ...blocks.flatMap(({ jobs }) => jobs ?? []),
    ],
    commands,
    pool: decisionPool,
    committer,
    give,
    now,
    log,
  });
  ending.push(() => jobRunner.close());

  const credentials = createCredentials({ pepper });
  const userLimits = limitsOf(config);
  gateway = createGateway({
    pool: decisionPool,
    committer,
    credentials,
    dispatch,
    commandRunner,
    jobRunner,
    bus,
    node,
    ownershipCheckMs: timings.ownershipCheckMs,
    take: createOwnership({ pool: decisionPool, node, transactions, now }),
    unknownStations: config.unknownStations,
    allowProfile0: config.allowProfile0,
    now,
    log,
    metrics: counted.gateway,
    connectsPerMinute: config.stationConnectsPerMinute,
    server: { limits: userLimits.server },
    onLimit: counted.onLimit,
  });
  const stations = gateway;
  ending.push(() => stations.close());

  const membership = await joinNodes({
    pool: apiPool,
    committer,
    self: {
      id: node,
      name: nameOf(config),
      programVersion: version,
      schemaNumber: await latestMigration(),
    },
    alone: config.databaseUrl === undefined,
    onRevived: () => stations.refresh(),
    now,
    log,
    timings,
  });
  ending.push(() => membership.close());
  counted.watch({ committer, held: stations.held, relay, membership });
  const sweep = setInterval(() => {
    if (committer.away) return;
    sweepLostOperations({ pool: apiPool, committer, commands, now }).catch((error) =>
      log.warn({ err: error }, 'operations that were lost could not be looked for'),
    );
  }, limits.sweepMs).unref();
  ending.push(async () => clearInterval(sweep));

  let draining = false;
  const tokens = createAccessTokens(apiPool, Date.now);
  const coreRoutes = {
    pool: apiPool,
    committer,
    credentials,
    give,
    now,
    changes: {
      async changed(stationId: string) {
        // Nobody holds it: the next connection reads what stands in the database.
        await bus.request(stationSubject(stationId), { changed: true }, 5_000).catch(() => {});
      },
    },
    rules: { allowSecurityProfile0: config.allowProfile0 },
  };
  const api = createApi({
    routes: allRoutes(coreRoutes, blocks),
    eventStreams: createEventStreams({ feed, log, metrics, now: Date.now }),
    authenticate: (token) => tokens.authenticate(token),
    ready: async () => ({
      ready: !committer.away && !draining,
      checks: { database: !committer.away, staying: !draining },
    }),
    explain,
    metrics,
    metricsAccess: config.metricsAccess,
    log,
    version,
    now: Date.now,
    newRequestId: newId,
  });
  ending.push(() => api.close());
  await api.listen({ host: config.httpHost, port: config.httpPort }).catch((error) => {
    throw explainListenError(error, config.httpHost, config.httpPort);
  });

  // The schemas are compiled before the first station needs them, and the stations are let in last.
  for (const spoken of versions) compileCommon(spoken);
  const common = {
    host: config.ocppHost,
    onUpgrade: stations.handleUpgrade,
    limits: userLimits.door,
    onLimit: counted.onLimit,
    ...(config.proxyProtocolFrom && { proxies: config.proxyProtocolFrom }),
  };
  const plain = await listenForStations({ ...common, port: config.ocppPort });
  ending.push(() => plain.close());
  const secure =
    config.ocppTlsPort !== undefined && config.tlsCertificate && config.tlsKey
      ? await listenForStations({
          ...common,
          port: config.ocppTlsPort,
          tls: { certificate: config.tlsCertificate, key: config.tlsKey },
        })
      : undefined;
  if (secure) ending.push(() => secure.close());
  // A listener can only end when its connections have: they are told first.
  ending.push(() => stations.close());

  // Last of all: it can be shown only once, so a start that fails must not make it.
  const operatorToken = await tokens.createFirst();

  return {
    ocppUrl: `${plain.url}/ocpp`,
    ocppTlsUrl: secure && `${secure.url}/ocpp`,
    httpUrl: addressOf('http', config.httpHost, api.server.address()),
    database: database.place,
    operatorToken,
    held: stations.held,
    replaceOperatorToken: () => tokens.replaceOperator(),
    async drain() {
      draining = true;
      membership.drain();
      await delay(config.drainDelaySeconds * 1_000);
      await stations.drain(config.drainSeconds);
    },
    close,
  };
}

/** Where no NATS is named this node is the only one. */
async function connectNodes(deps: {
  readonly config: Config;
  readonly node: string;
  readonly log: Log;
  readonly metrics: Metrics;
}): Promise<Bus> {
  const { config, node, log } = deps;
  const { natsUrl } = config;
  if (natsUrl === undefined) return createInProcessBus();
  const { watch, ...counted } = busMetrics(deps.metrics);
  const name = nameOf(config);
  const bus = await createNatsBus({
    settings: { ...config, natsUrl },
    id: node,
    name: `busbar ${name}`,
    log,
    random: Math.random,
    ...counted,
  });
  watch(bus);
  return bus;
}

function nameOf({ nodeName }: Config): string {
  return nodeName ?? hostname();
}

/** Runs `act` soon after it was asked for, once for all who ask until then. */
function gatherCalls(act: () => void, afterMs: number): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    setTimeout(() => {
      asked = false;
      act();
    }, afterMs).unref();
  };
}
