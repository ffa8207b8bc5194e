import { readConfig, type Server, startServer } from '@busbar/csms';
import packageFile from '../package.json' with { type: 'json' };
import { readEnvironment } from './environment.ts';
import { createProcessLog } from './log.ts';
import { stopRequest } from './stop-request.ts';

/** Runs the server until the process is asked to stop. */
export async function serve(configFile: string | undefined): Promise<void> {
  const config = readConfig(await readEnvironment(configFile));
  const stop = stopRequest();
  const server = await startServer(config, createProcessLog(config.logLevel));
  process.stderr.write(greeting(server));
  await stop;
  process.stderr.write('Stopping: its stations are sent away. Again stops it at once.\n');
  await server.drain();
  await server.close();
}

function greeting(server: Server): string {
  const { ocppUrl, ocppTlsUrl, httpUrl, database, operatorToken } = server;
  const lines = [
    `Busbar ${packageFile.version} runs.`,
    `  stations connect to  ${ocppUrl}/{stationId}`,
    ...(ocppTlsUrl === undefined ? [] : [`  with TLS             ${ocppTlsUrl}/{stationId}`]),
    `  the API              ${httpUrl}/api/v1`,
    `  the data is in       ${database}`,
  ];
  const token =
    operatorToken === undefined
      ? []
      : ["The operator's token, shown this once (`busbar token` makes another):", `  ${operatorToken}`];
  return `${[...lines, ...token, 'Ctrl-C stops it.'].join('\n')}\n`;
}
