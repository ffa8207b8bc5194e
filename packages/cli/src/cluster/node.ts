import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { steadyPort } from './steady-port.ts';
import { startTethered, type Tethered } from './tethered.ts';
import { until } from './until.ts';

/** A node of the demo: `busbar serve` in a process of its own, at the same ports whenever it is started again. */
export interface DemoNode {
  readonly name: string;
  readonly httpUrl: string;
  readonly ocppPort: number;
  readonly pid: number | undefined;
  /** As its `/readyz` said a moment ago: what a balancer goes by. */
  readonly isReady: boolean;
  readonly isRunning: boolean;
  /** Resolves when it is ready. */
  start(): Promise<void>;
  /** As the kernel would when memory is short. */
  kill(): Promise<void>;
  /** Asks it to end and resolves with its exit code; one that takes too long is killed. */
  terminate(): Promise<number>;
}

const program = fileURLToPath(new URL('../../bin/busbar.js', import.meta.url));
const startWithinMs = 60_000;
/** Its drain, and what it has left to commit. */
const endWithinMs = 30_000;
const probeEveryMs = 200;
const probeTimeoutMs = 1_000;

export async function createDemoNode(options: {
  readonly number: number;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}): Promise<DemoNode> {
  const { number, folder, environment, signal } = options;
  const name = `node-${number}`;
  const ocppPort = await steadyPort(9000 + number);
  const httpPort = await steadyPort(8080 + number);
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  const logFile = join(folder, `${name}.log`);
  let running: Tethered | undefined;
  let isReady = false;

  return {
    name,
    httpUrl,
    ocppPort,
    get pid() {
      return running?.pid;
    },
    get isReady() {
      return isReady;
    },
    get isRunning() {
      return running?.isRunning === true;
    },
    async start() {
      const started = await startTethered({
        command: [process.execPath, '--max-semi-space-size=32', program, 'serve'],
        environment: {
          ...environment,
          BUSBAR_NODE_NAME: name,
          BUSBAR_OCPP_PORT: String(ocppPort),
          BUSBAR_HTTP_PORT: String(httpPort),
        },
        logFile,
      });
      running = started;
      void watch(started);
      await until(
        async () => {
          if (!started.isRunning) throw new Error(`${name} did not start: ${await lastLine(logFile)}`);
          return isReady || undefined;
        },
        { what: `${name} to be ready; ${logFile} says more`, withinMs: startWithinMs, signal },
      );
    },
    async kill() {
      running?.signal('SIGKILL');
      await running?.ended;
    },
    async terminate() {
      running?.signal('SIGTERM');
      const late = setTimeout(() => running?.signal('SIGKILL'), endWithinMs);
      const code = await running?.ended;
      clearTimeout(late);
      return code ?? 0;
    },
  };

  async function watch(watched: Tethered): Promise<void> {
    const timer = setInterval(async () => {
      const ready = await probe(`${httpUrl}/readyz`);
      if (watched === running) isReady = watched.isRunning && ready;
    }, probeEveryMs);
    await watched.ended;
    clearInterval(timer);
    if (watched === running) isReady = false;
  }
}

async function probe(url: string): Promise<boolean> {
  try {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(probeTimeoutMs) });
    return ok;
  } catch {
    return false;
  }
}

async function lastLine(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').at(-1) ?? '';
}
