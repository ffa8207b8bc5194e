import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { StationTwin } from '../../packages/csms/src/core/twin.ts';
import type { Timings } from '../../packages/csms/src/main.ts';

/** What a process is to be: sent to it once. */
export interface NodeOrder {
  readonly environment: Readonly<Record<string, string>>;
  readonly timings: Partial<Timings>;
}

export interface ToNode {
  readonly kind: 'twins';
}

export type FromNode =
  | {
      readonly kind: 'ready';
      readonly ocppUrl: string;
      readonly httpUrl: string;
      /** On the first start of a database. */
      readonly operatorToken: string | undefined;
    }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'twins'; readonly twins: readonly StationTwin[] };

/** A node of a cluster in a process of its own. */
export interface ClusterNode {
  readonly label: string;
  readonly pid: number;
  readonly ocppUrl: string;
  readonly httpUrl: string;
  readonly operatorToken: string | undefined;
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** What it logged, as JSON lines, and what it said besides. */
  readonly log: readonly string[];
  forgetLog(): void;
  /** The twins of the stations that it holds. */
  twins(): Promise<readonly StationTwin[]>;
  signal(name: NodeJS.Signals): void;
}

/** A process that has loaded the program and waits to be told which node it is. */
export interface WarmNode {
  become(label: string, order: NodeOrder): Promise<ClusterNode>;
  readonly ended: Promise<number | string>;
  /** Whatever it is by then. */
  kill(): void;
}

const program = fileURLToPath(new URL('../cluster/node.ts', import.meta.url));
const cache = fileURLToPath(new URL('../compile-cache.js', import.meta.url));

const running = new Set<ChildProcess>();
// A paused one would not notice that its parent is gone.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

export function warmNode(): WarmNode {
  const child = fork(program, {
    // Twins hold maps.
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--import', cache],
    env: withoutSettings(process.env),
  });
  running.add(child);
  const ended = once(child, 'close').then(([code, signal]): number | string => {
    running.delete(child);
    return code ?? signal;
  });
  return {
    become: (label, order) => become(child, ended, { label, order }),
    ended,
    kill: () => void child.kill('SIGKILL'),
  };
}

async function become(
  child: ChildProcess,
  ended: Promise<number | string>,
  { label, order }: { readonly label: string; readonly order: NodeOrder },
): Promise<ClusterNode> {
  const log: string[] = [];
  const keep = (line: string) => log.push(line.trimEnd());
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => keep(chunk.toString()));
  }
  const waiting: ((twins: readonly StationTwin[]) => void)[] = [];
  const ready = Promise.withResolvers<FromNode & { readonly kind: 'ready' }>();
  child.on('message', (message: FromNode) => {
    switch (message.kind) {
      case 'ready':
        return ready.resolve(message);
      case 'failed':
        return ready.reject(new Error(`${label} did not start: ${message.reason}`));
      case 'log':
        keep(message.line);
        return;
      case 'twins':
        return waiting.shift()?.(message.twins);
    }
  });
  child.send(order);
  const early = ended.then((code) => {
    throw new Error(`${label} ended with ${code} before it ran: ${log.join('\n')}`);
  });
  const { ocppUrl, httpUrl, operatorToken } = await Promise.race([ready.promise, early]);
  return {
    label,
    pid: child.pid ?? 0,
    ocppUrl,
    httpUrl,
    operatorToken,
    ended,
    log,
    forgetLog() {
      log.length = 0;
    },
    twins() {
      const { promise, resolve } = Promise.withResolvers<readonly StationTwin[]>();
      waiting.push(resolve);
      const ask: ToNode = { kind: 'twins' };
      child.send(ask);
      return promise;
    },
    signal: (name) => void child.kill(name),
  };
}

function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !name.startsWith('BUSBAR_') && name !== 'NODE_TEST_CONTEXT',
    ),
  );
}
