import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../packages/cli/bin/busbar.js', import.meta.url));

/** A server in a process of its own, as a user runs it. */
export interface ChildServer {
  readonly pid: number;
  readonly ocppUrl: string;
  readonly httpUrl: string;
  /** On the first start of a database. */
  readonly operatorToken: string | undefined;
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** What it logged and said, all of it. */
  output(): string;
  /** As the kernel would when memory is short. */
  kill(): Promise<void>;
  /** Asks it to end; resolves to its exit code, or the name of the signal that ended it. */
  terminate(): Promise<number | string>;
}

export interface Ports {
  readonly ocpp: number;
  readonly http: number;
}

/** Starts `busbar serve` and waits until it says that it runs. Fails with what it said when it ends before that. */
export async function startChild(
  ports: Ports,
  environment: Readonly<Record<string, string>>,
): Promise<ChildServer> {
  const child = spawn(process.execPath, [program, 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...withoutSettings(process.env),
      BUSBAR_LOG_LEVEL: 'warn',
      BUSBAR_OCPP_PORT: String(ports.ocpp),
      BUSBAR_HTTP_PORT: String(ports.http),
      ...environment,
    },
  });
  let said = '';
  const ended = endOf(child);
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('Ctrl-C stops it')) resolve();
      });
    }
  });
  const early = await Promise.race([ready, ended]);
  if (early !== undefined) throw new ChildEnded(early, said);
  return {
    pid: child.pid ?? 0,
    ocppUrl: `ws://127.0.0.1:${ports.ocpp}/ocpp`,
    httpUrl: `http://127.0.0.1:${ports.http}`,
    operatorToken: /shown this once.*\n\s+(\S+)/.exec(said)?.[1],
    ended,
    output: () => said,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    terminate() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** It ended before it ran. */
export class ChildEnded extends Error {
  readonly code: number | string;
  readonly said: string;
  constructor(code: number | string, said: string) {
    super(`the server ended with ${code} before it ran: ${said}`);
    this.code = code;
    this.said = said;
  }
}

async function endOf(child: ChildProcess): Promise<number | string> {
  const [code, signal] = await once(child, 'close');
  return code ?? signal;
}

function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !name.startsWith('BUSBAR_') && name !== 'NODE_TEST_CONTEXT',
    ),
  );
}

/** Two ports that were free just now. */
export async function freePorts(): Promise<Ports> {
  const [ocpp, http] = await Promise.all([freePort(), freePort()]);
  return { ocpp, http };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
