import { randomUUID } from 'node:crypto';
import { createLog, type Log } from '../log.ts';
import { createNatsBus, type NatsBus, type NatsBusOptions } from './nats.ts';
import type { NatsSettings } from './nats-server.ts';

/** Times for tests that cannot wait. Those in which a machine that is busy looks like one that is frozen stay long. */
const quick = {
  shortestPauseMs: 10,
  longestPauseMs: 50,
  closeMs: 500,
} as const;

/** For the tests in which NATS is frozen indeed. */
export const soonFrozen = { pingEveryMs: 200, dialTimeoutMs: 500 } as const;

/** A log whose lines a test looks at. */
export function listeningLog(): {
  readonly log: Log;
  readonly lines: { level: string; msg: string }[];
  text(): string;
} {
  const written: string[] = [];
  const lines: { level: string; msg: string }[] = [];
  const destination = {
    write(line: string) {
      written.push(line);
      lines.push(JSON.parse(line));
    },
  };
  return { log: createLog({ level: 'debug', destination }), lines, text: () => written.join('') };
}

/** A bus for a test, which closes it. */
export function openBus(settings: NatsSettings, options: Partial<NatsBusOptions> = {}): Promise<NatsBus> {
  const id = randomUUID();
  return createNatsBus({
    settings,
    id,
    name: `test ${id}`,
    log: createLog({ level: 'silent' }),
    random: Math.random,
    ...options,
    limits: { ...quick, ...options.limits },
  });
}
