import { Writable } from 'node:stream';
import { readConfig } from '../../packages/csms/src/config.ts';
import { createLog } from '../../packages/csms/src/log.ts';
import { startServer } from '../../packages/csms/src/main.ts';
import type { FromNode, NodeOrder, ToNode } from '../support/cluster-node.ts';

/**
 * One node of a cluster under test, in a process of its own: the server that users run, with short times, and a way to
 * look at the twins that it holds. Started by `tests/support/cluster-node.ts`, and ends with who started it.
 */
process.once('disconnect', () => process.exit(1));
// Whoever starts it waits with a warm process until one is needed.
process.once('message', (order: NodeOrder) => void run(order));

async function run({ environment, timings }: NodeOrder): Promise<void> {
  try {
    await serve(environment, timings);
  } catch (error) {
    tell({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    process.exitCode = 1;
    process.disconnect();
  }
}

async function serve(environment: NodeOrder['environment'], timings: NodeOrder['timings']): Promise<void> {
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      tell({ kind: 'log', line: chunk.toString() });
      done();
    },
  });
  const config = readConfig(environment);
  const server = await startServer(config, createLog({ level: config.logLevel, destination }), timings);
  const { ocppUrl, httpUrl, operatorToken } = server;
  process.on('message', ({ kind }: ToNode) => {
    if (kind === 'twins')
      tell({ kind: 'twins', twins: [...server.held.values()].map(({ station }) => station) });
  });
  process.once('SIGTERM', async () => {
    await server.drain();
    await server.close();
    process.removeAllListeners('disconnect');
    process.disconnect();
  });
  tell({ kind: 'ready', ocppUrl, httpUrl, operatorToken });
}

function tell(message: FromNode): void {
  if (process.connected) process.send?.(message);
}
