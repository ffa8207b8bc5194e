import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, constants, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { steadyPort } from './steady-port.ts';
import { startTethered } from './tethered.ts';
import { until } from './until.ts';

/** A NATS server of the demo's own. */
export interface DemoNats {
  readonly pid: number;
  /** With user and password. */
  readonly url: string;
  /** Where it is, without them. */
  readonly place: string;
  stop(): Promise<void>;
}

const startWithinMs = 20_000;
const stopWithinMs = 5_000;
const user = 'busbar';

/** @throws Error with a sentence where no nats-server is installed, or it does not start */
export async function startDemoNats(folder: string, signal: AbortSignal): Promise<DemoNats> {
  const program = await findNatsServer();
  const port = await steadyPort(4222);
  const password = randomBytes(24).toString('hex');
  const config = join(folder, 'nats.conf');
  const logFile = join(folder, 'nats.log');
  // In a file: whoever lists the processes of the machine reads their arguments.
  await writeFile(
    config,
    `listen: "127.0.0.1:${port}"\nauthorization { user: ${user}, password: "${password}" }\n`,
    { mode: 0o600 },
  );
  const server = await startTethered({
    command: [program, '-c', config],
    environment: { PATH: process.env.PATH },
    logFile,
  });
  const stop = async () => {
    server.signal('SIGTERM');
    const late = setTimeout(() => server.signal('SIGKILL'), stopWithinMs);
    await server.ended;
    clearTimeout(late);
  };
  try {
    await until(
      async () => {
        if (!server.isRunning) throw new Error(`nats-server did not start; ${logFile} says why.`);
        return (await greets(port)) || undefined;
      },
      { what: 'nats-server to listen', withinMs: startWithinMs, signal },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pid: server.pid,
    url: `nats://${user}:${password}@127.0.0.1:${port}`,
    place: `nats://127.0.0.1:${port}`,
    stop,
  };
}

/** @throws Error with a sentence where there is none */
export async function findNatsServer(folders: readonly string[] = usualFolders()): Promise<string> {
  for (const folder of folders) {
    const program = join(folder, 'nats-server');
    const canRun = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (canRun) return program;
  }
  throw new Error(
    'Nodes talk through NATS, and there is no nats-server in the PATH or in /usr/sbin. Install one: apt-get install nats-server',
  );
}

/** Debian puts it where the PATH of an ordinary user does not look. */
function usualFolders(): readonly string[] {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
}

/** NATS speaks first. */
async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [data] = await once(socket, 'data');
    return String(data).startsWith('INFO ');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
