import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * What tells a process from every other that has or will have the same pid: when it began. Undefined when there is no
 * such process, or only a dead one that nobody has collected.
 */
export function identityOf(pid: number): string | undefined {
  if (process.platform === 'linux') return identityOnLinux(pid);
  if (process.platform === 'win32') return exists(pid) ? 'running' : undefined;
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, startedAt] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout ?? '') ?? [];
  return state === undefined || state.startsWith('Z') ? undefined : startedAt;
}

function identityOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, the command's name, may hold blanks and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' || state === 'X' ? undefined : `${bootId()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Names the space of process ids that we live in: a machine since its start, and a container on it. */
export function pidSpace(): string {
  return process.platform === 'linux' ? `${bootId()} ${readlinkSync('/proc/self/ns/pid')}` : hostname();
}

/** The start time counts from the boot, so it says little without which boot. */
function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * The living processes that work in `folder`. A PostgreSQL process, and nothing else, works in its data folder: that
 * is how the children of a killed postmaster are found. Empty where the system does not tell (anything but Linux).
 */
export function processesWorkingIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => workingFolder(pid) === folder)
    .map(Number)
    .filter((pid) => identityOf(pid) !== undefined);
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
