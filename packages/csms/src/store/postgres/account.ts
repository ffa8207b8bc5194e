import { spawnSync } from 'node:child_process';
import { chown, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

/** The user of the operating system that PostgreSQL runs as. */
export interface Account {
  /** Undefined when it is our own. */
  readonly owner: Owner | undefined;
  /** Runs a program as this account: the words before the program's name, and the user to be set by Node. */
  readonly prefix: readonly string[];
  readonly spawnAs: { readonly uid?: number; readonly gid?: number };
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The users tried when we are root, in this order. A user `busbar` keeps the data from every other program. */
const unprivilegedUsers = ['busbar', 'postgres', 'nobody'];

/** Either lets a process enter every folder; the weaker first. Containers often grant the second alone. */
const entryCapabilities = [
  { name: 'dac_read_search', bit: 2n },
  { name: 'dac_override', bit: 1n },
];

/**
 * Chooses the account: our own, or, as PostgreSQL refuses to run as root, an unprivileged one, which can enter the
 * folders on the way to `paths` also where only root may.
 *
 * @param cluster the data folder; where it exists already its owner goes on to own it.
 */
export async function chooseAccount(cluster: string, paths: readonly string[]): Promise<Account> {
  const clusterOwner = await ownerOf(cluster);
  const ourUid = process.geteuid?.();
  if (ourUid !== 0) {
    if (clusterOwner !== undefined && ourUid !== undefined && clusterOwner.uid !== ourUid) {
      throw new Error(
        `The database in ${cluster} belongs to user id ${clusterOwner.uid}, and this program runs as ${ourUid}. ` +
          `Start it as that user, or give the folder away: chown -R ${ourUid} ${dirname(cluster)}`,
      );
    }
    refuseNameless();
    return { owner: undefined, prefix: [], spawnAs: {} };
  }
  const owner =
    clusterOwner !== undefined && clusterOwner.uid !== 0 ? clusterOwner : await unprivilegedOwner();
  const closed = await findClosedFolder(paths, owner);
  return closed === undefined
    ? { owner, prefix: [], spawnAs: owner }
    : { owner, prefix: await entryPrefix(owner, closed), spawnAs: {} };
}

/** Gives a file or folder to the account. */
export async function giveTo(account: Account, ...paths: readonly string[]): Promise<void> {
  const { owner } = account;
  if (owner !== undefined) await Promise.all(paths.map((path) => chown(path, owner.uid, owner.gid)));
}

/** PostgreSQL looks up the name of the user it runs as, and of who asks to be let in. */
function refuseNameless(): void {
  try {
    userInfo();
  } catch {
    throw new Error(
      `The user id ${process.getuid?.()} has no name: there is no entry for it in /etc/passwd, and PostgreSQL needs ` +
        'one. Add it, or set BUSBAR_DATABASE_URL to use a PostgreSQL server.',
    );
  }
}

async function ownerOf(path: string): Promise<Owner | undefined> {
  return stat(path).then(
    ({ uid, gid }) => ({ uid, gid }),
    () => undefined,
  );
}

async function unprivilegedOwner(): Promise<Owner> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const user of unprivilegedUsers) {
    const [, , uid, gid] = lines.find(([name]) => name === user) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    `PostgreSQL does not run as root, and there is no user ${unprivilegedUsers.join(', ')} to run it as. ` +
      'Start this program as an ordinary user.',
  );
}

/** The first folder on the way to `paths` that `owner` may not enter. */
async function findClosedFolder(paths: readonly string[], owner: Owner): Promise<string | undefined> {
  for (const folder of new Set(paths.flatMap(foldersTo))) {
    const { uid, gid, mode } = await stat(folder);
    const entry = uid === owner.uid ? 0o100 : gid === owner.gid ? 0o010 : 0o001;
    if ((mode & entry) === 0) return folder;
  }
  return undefined;
}

function foldersTo(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...foldersTo(parent), path];
}

/**
 * `setpriv` leaves root behind, but for the one capability of entering folders. Copying the programs elsewhere would
 * not do: the data stays where it is.
 */
async function entryPrefix(owner: Owner, closed: string): Promise<string[]> {
  const held = BigInt(
    `0x${/^CapPrm:\s*(\w+)/m.exec(await readFile('/proc/self/status', 'latin1'))?.[1] ?? '0'}`,
  );
  const capability = entryCapabilities.find(({ bit }) => (held >> bit) & 1n);
  if (capability === undefined || spawnSync('setpriv', ['--version']).error !== undefined) {
    throw new Error(
      `PostgreSQL does not run as root, and the folder ${closed} lets only root in. ` +
        `Start this program as an ordinary user, or open the folder: chmod o+x ${closed}`,
    );
  }
  const capabilities = `-all,+${capability.name}`;
  return [
    'setpriv',
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    '--clear-groups',
    `--inh-caps=${capabilities}`,
    `--ambient-caps=${capabilities}`,
    // Without it access(2), by which initdb looks for postgres, leaves capabilities out of account.
    '--securebits=+no_setuid_fixup',
    '--no-new-privs',
    '--',
  ];
}
