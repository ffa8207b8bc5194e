import { spawn } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../../bin/busbar.js');
const patienceMs = 60_000;

/** A `busbar` in a process of its own. */
export interface RunningBusbar {
  /** What it has said so far, on both outputs. */
  readonly said: string;
  /** Resolves with the match when it says so; throws when it ends before, or takes a minute. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends the signal and resolves with how it ended. */
  stop(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
  /** How it ended. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Runs it with nothing of the surrounding settings but those given. */
export function runBusbar(args: readonly string[], settings: Record<string, string> = {}): RunningBusbar {
  const others = Object.entries(process.env).filter(([name]) => !/^(BUSBAR_|NODE_TEST_CONTEXT)/.test(name));
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(others), ...settings },
  });
  let said = '';
  const hearers = new Set<() => void>();
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      for (const hear of hearers) hear();
    });
  }
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  return {
    get said() {
      return said;
    },
    ended,
    says(pattern) {
      return new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`${why} before it said ${pattern}:\n${said}`));
        const timer = setTimeout(fail, patienceMs, 'A minute passed');
        const hear = () => {
          const match = pattern.exec(said);
          if (match === null) return;
          clearTimeout(timer);
          hearers.delete(hear);
          resolve(match);
        };
        hearers.add(hear);
        hear();
        void ended.then(() => fail('It ended'));
      });
    },
    stop(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
