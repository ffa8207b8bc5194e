import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { type Config, readConfig } from '../../packages/csms/src/config.ts';
import { createLog } from '../../packages/csms/src/log.ts';
import { type Server, startServer } from '../../packages/csms/src/main.ts';
import { makeDatabase, type TestDatabase } from '../../packages/csms/src/testing/database.ts';
import { type Api, createApi } from './api.ts';

/** A server under test with a database of its own, in this process. */
export interface Csms {
  readonly server: Server;
  readonly database: TestDatabase;
  readonly api: Api;
  /** What it logged at warn and above, as JSON lines. */
  readonly complaints: readonly string[];
  /** Ends it and starts another one on the same database; the ports are others. */
  restart(): Promise<void>;
}

export interface CsmsOptions {
  /** BUSBAR_ variables beyond those of every test. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a server that ends with the test. */
export async function startCsms(test: TestContext, options: CsmsOptions = {}): Promise<Csms> {
  const database = await makeDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'busbar-e2e-'));
  const config = configOf(database.url, folder, options.environment);
  const complaints: string[] = [];
  let server = await start(config, complaints);
  test.after(async () => {
    try {
      await server.close();
      await database.drop();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  const token = server.operatorToken ?? (await server.replaceOperatorToken());
  let api = createApi(server.httpUrl, token);
  return {
    get server() {
      return server;
    },
    get api() {
      return api;
    },
    database,
    complaints,
    async restart() {
      await server.close();
      server = await start(config, complaints);
      api = createApi(server.httpUrl, token);
    },
  };
}

function configOf(
  databaseUrl: string,
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Config {
  return readConfig({
    BUSBAR_DATABASE_URL: databaseUrl,
    BUSBAR_DATA: folder,
    BUSBAR_OCPP_PORT: '0',
    BUSBAR_HTTP_PORT: '0',
    ...environment,
  });
}

function start(config: Config, complaints: string[]): Promise<Server> {
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      complaints.push(chunk.toString().trim());
      done();
    },
  });
  return startServer(config, createLog({ level: 'warn', destination }));
}
