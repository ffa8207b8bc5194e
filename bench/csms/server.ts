import { readConfig } from '../../packages/csms/src/config.ts';
import { createLog } from '../../packages/csms/src/log.ts';
import { startServer } from '../../packages/csms/src/main.ts';

/** Busbar in a process of its own, as a bench wants it: it says when it is ready and ends on SIGTERM. */
const server = await startServer(
  readConfig(process.env),
  createLog({ level: 'warn', destination: process.stderr }),
);
const { ocppUrl, httpUrl, operatorToken } = server;
process.send?.({ ready: { ocppUrl, httpUrl, operatorToken } });
process.on('message', (order) => {
  if (order !== 'memory') return;
  globalThis.gc?.();
  process.send?.({ memory: process.memoryUsage() });
});
process.on('SIGTERM', async () => {
  await server.close();
  process.exit(0);
});
