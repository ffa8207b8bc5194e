import { join } from 'node:path';
import { processesWorkingIn } from '../../packages/csms/src/store/postgres/process-identity.ts';

/** The processes of the PostgreSQL that runs in a data folder. */
export function postgresIn(dataFolder: string): readonly number[] {
  return processesWorkingIn(join(dataFolder, 'cluster'));
}

/** Stops them where they are, as a machine does that is short of everything; until they are let go on. */
export function freeze(dataFolder: string): void {
  for (const pid of postgresIn(dataFolder)) send(pid, 'SIGSTOP');
}

export function letGoOn(dataFolder: string): void {
  for (const pid of postgresIn(dataFolder)) send(pid, 'SIGCONT');
}

/** Ends what a killed server leaves for the next one to find. */
export function endPostgres(dataFolder: string): void {
  for (const pid of postgresIn(dataFolder)) {
    send(pid, 'SIGCONT');
    send(pid, 'SIGQUIT');
  }
}

export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone meanwhile.
  }
}
