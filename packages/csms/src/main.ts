import { createHmac, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { compileCommon, versions } from '@busbar/ocpp';
import { v7 as uuidv7 } from 'uuid';
import { createEventStreams } from './api/event-stream.ts';
import { createApi } from './api/server.ts';
import { allBlocks } from './blocks/index.ts';
import { stationSubject } from './bus/bus.ts';
import { createInProcessBus } from './bus/in-process.ts';
import { createCommandRunner } from './command-runner.ts';
import { createGiveCommand, type GiveCommand } from './commands.ts';
import type { Config } from './config.ts';
import { createAccessTokens } from './core/access-token.ts';
import { digestOf } from './core/digest.ts';
import { createNumbers } from './core/numbers.ts';
import { settleOperations } from './core/operation/settle-operation.ts';
import { createAsk } from './core/queries.ts';
import { createCredentials } from './core/station/credentials.ts';
import { clearLeftovers } from './core/station/leftovers.ts';
import { createOwnership } from './core/station/ownership.ts';
import { readPepper } from './core/station/pepper.ts';
import { createTransactionStore } from './core/transaction/store.ts';
import { createDispatch } from './dispatch.ts';
import { explain } from './explain.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import { createJobRunner } from './job-runner.ts';
import { addressOf, explainListenError, listenForStations } from './listen.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { allRoutes } from './routes.ts';
import { serverMetrics } from './server-metrics.ts';
import { createBatchRunner } from './store/batch.ts';
import { createCommitter } from './store/committer.ts';
import { openDatabase, readLimits } from './store/connection.ts';
import { startMaintenance } from './store/maintenance.ts';
import { migrate } from './store/migrate.ts';
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
  /** Ends everything in good order; what was acknowledged is committed. */
  close(): Promise<void>;
}

const limits = {
  /** Connections for what decisions read; look-ups are gathered, so that few suffice. */
  decisionReads: 6,
  apiReads: 4,
  probeTimeoutMs: 2_000,
  prepareDeadlineMs: 5_000,
  wakeSubject: 'outbox.positions',
} as const;

/** Builds a server and starts it. Nothing else builds concrete things. */
export async function startServer(config: Config, log: Log): Promise<Server> {
  const ending: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of ending.splice(0).reverse()) {
      await end().catch((error) => log.error({ err: error }, 'a part of the server did not end well'));
    }
  };
  try {
    return await build(config, log, ending, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function build(
  config: Config,
  log: Log,
  ending: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<Server> {
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
  const maintenance = await startMaintenance({ pool: maintenancePool, config, now, log });
  ending.push(() => maintenance.close());

  const metrics = createMetrics({ processMetrics: true });
  const counted = serverMetrics(metrics);
  const bus = createInProcessBus();
  ending.push(() => bus.close());
  const feed = createOutboxFeed(apiPool, (wake) => bus.subscribe(limits.wakeSubject, wake));
  const relay = startRelay({
    connect: () => database.connectPipelined('relay'),
    onPositions: () => bus.publish(limits.wakeSubject, {}),
    log,
  });
  ending.push(() => relay.close());

  let gateway: Gateway | undefined;
  const committer = createCommitter({
    runner: createBatchRunner({
      connect: () => database.connectPipelined('committer'),
      probeTimeoutMs: limits.probeTimeoutMs,
    }),
    now,
    metrics: counted.committer,
    onEvents: () => relay.wake(),
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
  gateway = createGateway({
    pool: decisionPool,
    committer,
    credentials,
    dispatch,
    commandRunner,
    jobRunner,
    bus,
    take: createOwnership({ pool: decisionPool, node, transactions, now }),
    unknownStations: config.unknownStations,
    allowProfile0: config.allowProfile0,
    now,
    log,
    metrics: counted.gateway,
  });
  const stations = gateway;
  ending.push(() => stations.close());
  counted.watch({ committer, held: stations.held });

  await clearLeftovers({ pool: apiPool, committer, now });

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
    ready: async () => ({ ready: !committer.away, checks: { database: !committer.away } }),
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
  const onUpgrade = stations.handleUpgrade;
  const plain = await listenForStations({ host: config.ocppHost, port: config.ocppPort, onUpgrade });
  ending.push(() => plain.close());
  const secure =
    config.ocppTlsPort !== undefined && config.tlsCertificate && config.tlsKey
      ? await listenForStations({
          host: config.ocppHost,
          port: config.ocppTlsPort,
          tls: { certificate: config.tlsCertificate, key: config.tlsKey },
          onUpgrade,
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
    close,
  };
}
