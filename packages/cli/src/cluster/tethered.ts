import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

/** A program in a process of its own that ends with this one, however this one ends. */
export interface Tethered {
  readonly pid: number;
  /** Its exit code, or 128 and the number of the signal that ended it. */
  readonly ended: Promise<number>;
  readonly isRunning: boolean;
  signal(name: NodeJS.Signals): void;
}

export interface TetheredOptions {
  readonly command: readonly [program: string, ...args: string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes both of its outputs, after what stands there. */
  readonly logFile: string;
}

/**
 * The shell starts the program, says its process id, and ends it when the shell's own input ends, which it does with us,
 * even by SIGKILL. It ends as the program does.
 */
const tether = `umask 077
exec 3<&0
"$@" </dev/null >>"$0" 2>&1 &
program=$!
echo "$program"
{ cat <&3; kill -9 "$program"; } >/dev/null 2>&1 &
exec 3<&-
wait "$program"`;

/** In a session of its own: a Ctrl-C at the terminal is for us, and we end the others in good order. */
export async function startTethered(options: TetheredOptions): Promise<Tethered> {
  const child = spawn('/bin/sh', ['-c', tether, options.logFile, ...options.command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: options.environment,
  });
  const ended = endOf(child);
  const [line] = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), ended.then(() => [''])]);
  const pid = Number(line);
  let isRunning = pid > 0;
  void ended.then(() => {
    isRunning = false;
    child.stdin.destroy();
  });
  return {
    pid,
    ended,
    get isRunning() {
      return isRunning;
    },
    signal(name) {
      if (!isRunning) return;
      try {
        process.kill(pid, name);
      } catch {
        // It has ended, and the shell is about to say so.
      }
    },
  };
}

async function endOf(child: ChildProcess): Promise<number> {
  const [code, signal]: [number | null, NodeJS.Signals | null] = await new Promise((resolve, reject) => {
    child.once('exit', (...end) => resolve(end));
    child.once('error', reject);
  });
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
