import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * The wanted port of the loopback, or another one where it is taken. Below those that the system gives out by itself, so
 * that it is still free when its program is started again.
 */
export async function steadyPort(wanted: number): Promise<number> {
  for (let port = wanted; ; port = randomInt(10_000, 32_000)) {
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
      return port;
    } catch {
      // Somebody has it; another one is tried.
    } finally {
      probe.close();
    }
  }
}
