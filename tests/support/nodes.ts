import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { readConfig } from '../../packages/csms/src/config.ts';
import { createLog } from '../../packages/csms/src/log.ts';
import { type Server, startServer, type Timings } from '../../packages/csms/src/main.ts';
import { makeDatabase, type TestDatabase } from '../../packages/csms/src/testing/database.ts';
import { type NatsServer, startNatsServer } from '../../packages/csms/src/testing/nats.ts';
import { type Api, createApi } from './api.ts';

/** Nodes on one database and one NATS, in this process. */
export interface Nodes {
  readonly database: TestDatabase;
  readonly nats: NatsServer;
  readonly list: readonly TestNode[];
  /** What a further node, of this process or another, is given. */
  environmentOf(name: string): Readonly<Record<string, string>>;
}

export interface TestNode {
  readonly name: string;
  readonly server: Server;
  readonly api: Api;
  /** What it logged at warn and above, as JSON lines. */
  readonly complaints: readonly string[];
}

/** Short enough for a test, and in the same order as the real ones. */
export const quickTimings: Timings = {
  nodeBeatMs: 200,
  nodeDeadAfterMs: 1_500,
  ownershipCheckMs: 500,
  relayLeaseMs: 1_000,
};

/** Starts nodes `n1`, `n2`, ... that end with the test. */
export async function startNodes(
  test: TestContext,
  options: {
    readonly count: number;
    readonly timings?: Partial<Timings>;
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<Nodes> {
  const ending: (() => Promise<unknown>)[] = [];
  test.after(async () => {
    for (const end of ending.reverse()) await end();
  });
  const database = await makeDatabase();
  ending.push(database.drop);
  const folder = await mkdtemp(join(tmpdir(), 'busbar-nodes-'));
  ending.push(() => rm(folder, { recursive: true, force: true }));
  const nats = await startNatsServer();
  ending.push(() => nats.stop());
  const pepper = randomBytes(32).toString('hex');
  const environmentOf = (name: string) => ({
    BUSBAR_DATABASE_URL: database.url,
    BUSBAR_NATS_URL: nats.url,
    BUSBAR_NODE_NAME: name,
    BUSBAR_PEPPER: pepper,
    BUSBAR_DATA: join(folder, name),
    BUSBAR_OCPP_PORT: '0',
    BUSBAR_HTTP_PORT: '0',
    ...options.environment,
  });
  const list: TestNode[] = [];
  let token = '';
  for (let number = 1; number <= options.count; number++) {
    const name = `n${number}`;
    const complaints: string[] = [];
    const server = await startServer(readConfig(environmentOf(name)), logTo(complaints), {
      ...quickTimings,
      ...options.timings,
    });
    ending.push(() => server.close());
    token ||= server.operatorToken ?? '';
    list.push({ name, server, api: createApi(server.httpUrl, token), complaints });
  }
  return { database, nats, list, environmentOf };
}

function logTo(complaints: string[]) {
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      complaints.push(chunk.toString().trim());
      done();
    },
  });
  return createLog({ level: 'warn', destination });
}
