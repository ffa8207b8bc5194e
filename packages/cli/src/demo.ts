import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readConfig, type Server, startServer } from '@busbar/csms';
import { createSite, demoSite, type Site } from '@busbar/station';
import { type ApiClient, createApiClient } from './api-client.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { freePort } from './free-port.ts';
import { createProcessLog } from './log.ts';
import { registerDemo } from './register-demo.ts';
import { stopRequest } from './stop-request.ts';

/** How long the last transactions may take to end. */
const farewellMs = 3_000;

/** Runs a server and a site of simulated stations that charge at it, until the process is asked to stop. */
export async function demo(configFile: string | undefined): Promise<void> {
  const config = readConfig(await demoEnvironment(await readEnvironment(configFile)));
  const stop = stopRequest();
  const server = await startServer(config, createProcessLog(config.logLevel));
  try {
    const token = await server.replaceOperatorToken();
    const site = await openSite(server, createApiClient({ url: server.httpUrl, token }));
    process.stderr.write(greeting(server, token));
    await Promise.race([site.start(), stop]);
    await stop;
    process.stderr.write('Stopping.\n');
    await closeSite(site);
  } finally {
    await server.close();
  }
}

/** The last vehicles are told to leave, so that the next demo finds no transaction without an end. */
async function closeSite(site: Site): Promise<void> {
  const charging = site.stations.flatMap((station) =>
    station.evses.filter(({ transaction }) => transaction).map(({ id }) => station.end(id)),
  );
  await Promise.race([Promise.allSettled(charging), delay(farewellMs, undefined, { ref: false })]);
  await site.stop();
}

/**
 * A demo leaves what else is on the machine alone: a folder of its own, no database server, and free ports where the
 * usual ones are taken. What was set explicitly holds.
 */
async function demoEnvironment(given: Environment): Promise<Environment> {
  const { BUSBAR_DATABASE_URL: _, ...rest } = given;
  return {
    BUSBAR_OCPP_PORT: await freePort(9000),
    BUSBAR_HTTP_PORT: await freePort(8080),
    // Here the summary is what counts.
    BUSBAR_LOG_LEVEL: 'warn',
    ...rest,
    BUSBAR_DATA: join(given.BUSBAR_DATA ?? 'busbar-data', 'demo'),
  };
}

async function openSite(server: Server, api: ApiClient) {
  const { tokens, passwordOf } = await registerDemo(api);
  return createSite({ url: server.ocppUrl, tokens, passwordOf });
}

function greeting({ httpUrl, ocppUrl, database }: Server, token: string): string {
  const stations = demoSite.map(({ id, version }) => `${id} (${version})`).join(', ');
  const ask = (path: string) => `  curl -s -H "Authorization: Bearer $TOKEN" '${httpUrl}/api/v1${path}'`;
  return `The demo runs: ${demoSite.length} stations, and vehicles that come, charge and leave.
  stations             ${stations}
  they connect to      ${ocppUrl}/{stationId}
  the API              ${httpUrl}/api/v1
  the data is in       ${database}
The operator's token:
  ${token}
Try:
  TOKEN=${token}
${ask('/stations')}
${ask('/transactions?limit=3')}
  curl -sN -H "Authorization: Bearer $TOKEN" ${httpUrl}/api/v1/events
Ctrl-C stops it.
`;
}
