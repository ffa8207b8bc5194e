import { once } from 'node:events';
import { createServer } from 'node:net';

/** The port as text if it is free on this machine's loopback, else `0`, which takes any that is free. */
export async function freePort(wanted: number): Promise<string> {
  const server = createServer();
  try {
    await once(server.listen(wanted, '127.0.0.1'), 'listening');
    return String(wanted);
  } catch {
    return '0';
  } finally {
    server.close();
  }
}
