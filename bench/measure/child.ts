import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of a bench, spoken with by messages. */
export interface Child {
  readonly pid: number;
  /** Sends an order and waits for the message that has the named member. */
  ask(order: object | string, member: string): Promise<never>;
  /** The first message with the named member. */
  next(member: string): Promise<never>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export function start(
  file: string,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Child {
  const child: ChildProcess = fork(new URL(file, import.meta.url), {
    env: { ...process.env, ...env },
    // BENCH_PROFILE=folder leaves a CPU profile of each process there.
    execArgv: [
      ...flags,
      ...(process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []),
    ],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  if (child.pid === undefined) throw new Error(`${file} did not start`);
  const next = (member: string) =>
    new Promise<never>((resolve, reject) => {
      const hear = (message: Record<string, never>) => {
        if (!(member in message)) return;
        child.off('message', hear).off('exit', end);
        resolve(message[member] as never);
      };
      const end = (code: number | null, signal: NodeJS.Signals | null) =>
        reject(new Error(`${file} ended: ${code ?? signal}`));
      child.on('message', hear).once('exit', end);
    });
  return {
    pid: child.pid,
    next,
    ask(order, member) {
      const answer = next(member);
      child.send(order);
      return answer;
    },
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}
