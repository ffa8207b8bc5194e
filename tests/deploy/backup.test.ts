import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import type pg from 'pg';
import { createApi } from '../support/api.ts';
import { type ChildServer, freePorts, startChild } from '../support/child-server.ts';
import { followEvents } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { type Ledger, type Load, startLoad } from '../support/load.ts';
import { lookInto } from '../support/look.ts';
import { send } from '../support/processes.ts';
import {
  createServer,
  makePlace,
  type PostgresPlace,
  type PostgresServer,
  recoverTo,
  runClient,
  runProgram,
  startServer,
} from './postgresql.ts';

const binaries = process.env.BUSBAR_TEST_POSTGRES_BIN ?? '/usr/lib/postgresql/15/bin';
const afterRestore = resolve(import.meta.dirname, '../../deploy/postgresql/after-restore.sql');
const needed = ['postgres', 'initdb', 'pg_basebackup', 'pg_dump', 'pg_restore', 'psql'];
const missing = needed.find((name) => !existsSync(join(binaries, name)));
const skip = missing === undefined ? false : `no ${missing} in ${binaries}`;

const stations = 15;

/** A sequence writes 32 of its steps ahead into the log, so that a few would not be missed after its replay. */
const blocksTaken = 40;
/** As the sequences' `increment by` says. */
const numbersInBlock = 100;

test('what was acknowledged before a point in time is there when the archive is replayed up to it', {
  skip,
}, async (t) => {
  const site = await openSite(t);
  await site.load.progress(5 * stations);
  const backup = join(site.place.folder, 'backup');
  const login = ['-h', join(site.place.folder, 'socket'), '-U', 'busbar_backup'];
  await runProgram(site.place, 'pg_basebackup', [...login, '-D', backup, '-c', 'fast', '--no-sync']);
  await site.load.progress(5 * stations);
  const promised = structuredClone(site.load.ledgers);
  await site.ask(`select pg_create_restore_point('before the accident')`);
  await site.goFurther();
  await archived(site);

  await site.accident();
  await site.database.lose();
  await recoverTo(site.place, 'backup', 'before the accident');
  const restored = await startServer(site.place, 'backup');
  site.atEnd(() => restored.lose());
  await site.goOn({ database: restored, name: 'busbar' }, promised);
});

test('what was acknowledged before a dump began is there when the dump is restored', { skip }, async (t) => {
  const site = await openSite(t);
  await site.load.progress(10 * stations);
  const promised = structuredClone(site.load.ledgers);
  const dump = join(site.place.folder, 'backup/busbar.dump');
  await runClient(site.place, 'pg_dump', ['-Fc', '-d', site.database.url('busbar'), '-f', dump]);
  await site.goFurther();

  await site.accident();
  await site.ask('create database restored owner busbar');
  await runClient(site.place, 'pg_restore', ['--no-owner', '-d', site.database.url('restored'), dump]);
  const restored = {
    database: site.database,
    name: 'restored',
    options: ['-v', 'free_tokens=1', '-v', 'forget_events=1'],
  };
  await site.goOn(restored, promised);
});

interface Site {
  readonly place: PostgresPlace;
  readonly database: PostgresServer;
  readonly load: Load;
  /** What is done then happens before the site itself is taken down. */
  readonly atEnd: (end: () => unknown) => void;
  /** As the database's superuser. */
  readonly ask: (text: string) => Promise<pg.QueryResult>;
  /** What no backup has: work, and what other nodes counted for stations that were with them meanwhile. */
  readonly goFurther: () => Promise<void>;
  /** The program is gone, in the middle of its work. */
  readonly accident: () => Promise<void>;
  /** Does what the guide says, starts the program on what was restored, and looks whether all is well. */
  readonly goOn: (restored: Restored, promised: readonly Ledger[]) => Promise<void>;
}

interface Restored {
  readonly database: PostgresServer;
  readonly name: string;
  /** Of `psql`, for after-restore.sql. */
  readonly options?: readonly string[];
}

/** A server under load, and a reader of its events. */
async function openSite(t: TestContext): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-backup-'));
  // From the last that was started to the first.
  const ending: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  t.after(async () => {
    for (const end of ending.reverse()) await end();
  });
  await chmod(folder, 0o711);
  const place = await makePlace(binaries, folder);
  const database = await createServer(place);
  ending.push(() => database.lose());
  const ports = await freePorts();
  const start = (url: string): Promise<ChildServer> =>
    startChild(ports, {
      BUSBAR_DATABASE_URL: url,
      BUSBAR_DATA: join(folder, 'busbar'),
      BUSBAR_PEPPER: 'the pepper is kept apart from the database',
    });
  let server = await start(database.url('busbar'));
  ending.push(() => send(server.pid, 'SIGKILL'));
  const api = createApi(server.httpUrl, server.operatorToken ?? '');
  const load = await startLoad({ url: server.ocppUrl, api, stations });
  ending.push(() => load.close());
  let seen = await followEvents(t, api);
  let before: Counted | undefined;

  return {
    place,
    database,
    load,
    atEnd: (end) => ending.push(end),
    ask: (text) => lookInto(database.superuser, (sql) => sql.query(text)),
    async goFurther() {
      await server.terminate();
      await lookInto({ ...database.superuser, database: 'busbar' }, async (sql) => {
        await sql.query(`select nextval('transaction_number'), nextval('request_number')
          from generate_series(1, ${blocksTaken})`);
        await sql.query('update station_owner set epoch = epoch + 10');
      });
      server = await start(database.url('busbar'));
      seen = await followEvents(t, api);
      await load.progress(10 * stations);
      await eventually(() => seen.length > stations, 'the reader of events to be further than the backup');
    },
    async accident() {
      await server.kill();
      before = await lookInto({ ...database.superuser, database: 'busbar' }, countedIn);
    },
    async goOn({ database: restored, name, options = [] }, promised) {
      const lastSeen = BigInt(seen.at(-1)?.id);
      const given = new Set(numbersOf(load.ledgers));
      await runClient(place, 'psql', ['-X', '-q', ...options, '-f', afterRestore, restored.url(name)]);
      const restartedAt = new Date();
      server = await start(restored.url(name));
      // The same stations with the same passwords, in the middle of what they were at.
      await load.progress(10 * stations, 20_000);
      await load.finish();
      assert.deepEqual(load.faults, []);

      const anew = numbersOf(load.ledgers).filter((number) => !given.has(number));
      await lookInto({ ...restored.superuser, database: name }, async (sql) => {
        await assertRecorded(sql, promised);
        assertNothingTwice(await countedIn(sql), before, anew);
        const { rows } = await sql.query(
          'select first_position from outbox where created_at > $1 and first_position <= $2',
          [restartedAt, lastSeen],
        );
        assert.deepEqual(rows, [], 'no event has a position at which its reader has seen another one');
      });
      const answer = await fetch(`${api.url}/api/v1/events?after=${lastSeen}`, {
        headers: { authorization: `Bearer ${api.token}` },
      });
      await answer.body?.cancel();
      assert.equal(answer.status, 410, 'a reader of events hears that what it has seen is undone');
      const resumed = await followEvents(t, api, '?after=0');
      await eventually(() => resumed.length >= stations, 'the reader to see what there is');
      assert.ok(BigInt(resumed[0].id) > lastSeen);
    },
  };
}

/** What is given to the outside and must not be given twice. */
interface Counted {
  readonly epochs: ReadonlyMap<string, bigint>;
  readonly transactionNumber: number;
  readonly requestNumber: number;
}

async function countedIn(sql: pg.Client): Promise<Counted> {
  const { rows: owners } = await sql.query('select station_id, epoch from station_owner');
  const { rows: numbers } = await sql.query(
    `select transaction_number.last_value as transaction, request_number.last_value as request
     from transaction_number, request_number`,
  );
  return {
    epochs: new Map(owners.map(({ station_id, epoch }) => [station_id, BigInt(epoch)])),
    transactionNumber: Number(numbers[0].transaction),
    requestNumber: Number(numbers[0].request),
  };
}

/** @param anew the numbers of transactions that began after the restore. */
function assertNothingTwice(after: Counted, before: Counted | undefined, anew: readonly string[]): void {
  assert.ok(before && before.epochs.size === stations);
  for (const [station, epoch] of before.epochs) {
    assert.ok((after.epochs.get(station) ?? 0n) > epoch, `the epoch of ${station} was had before`);
  }
  assert.ok(anew.length > 0, 'transactions of 1.6 began after the restore');
  assert.deepEqual(
    anew.filter((number) => Number(number) <= before.transactionNumber + numbersInBlock),
    [],
    'numbers of transactions that may have been given before',
  );
  assert.ok(after.requestNumber > before.requestNumber, 'request numbers may have been given before');
}

/** Numbers of 1.6 transactions that stations were given. */
function numbersOf(ledgers: readonly Ledger[]): string[] {
  return ledgers
    .filter(({ version }) => version === '1.6')
    .flatMap(({ transactions }) => transactions.map(({ wireId }) => wireId));
}

/** Every fact that a station was answered is there, once. */
async function assertRecorded(sql: pg.Client, promised: readonly Ledger[]): Promise<void> {
  const { rows: facts } = await sql.query(
    `select station_id || ' ' || station_transaction_id || ' ' || kind || ' ' || at as fact
     from transaction join transaction_event on transaction_id = transaction.id`,
  );
  const { rows: samples } = await sql.query(
    `select station_id || ' ' || at as fact from meter_sample where transaction_id is null`,
  );
  const recorded = Map.groupBy([...facts, ...samples], ({ fact }) => fact);
  const wanted = promised.flatMap(({ id, transactions, clockAligned }) => [
    ...transactions.flatMap(({ wireId, facts: told }) =>
      told.map(({ kind, at }) => `${id} ${wireId} ${kind} ${asPostgres(at)}`),
    ),
    ...clockAligned.map((at) => `${id} ${asPostgres(at)}`),
  ]);
  assert.ok(wanted.length > stations, 'there is something to be looked for');
  assert.deepEqual(
    wanted.filter((fact) => recorded.get(fact)?.length !== 1),
    [],
  );
}

/** An instant as PostgreSQL writes it in UTC, without the zeros at the end. */
function asPostgres(instant: string): string {
  return instant
    .replace('T', ' ')
    .replace(/\.?0*Z$/, '+00')
    .replace('Z', '+00');
}

/** Waits until what was written so far is in the archive. */
async function archived({ ask }: Site): Promise<void> {
  const { rows } = await ask('select pg_walfile_name(pg_current_wal_lsn()) as last, pg_switch_wal()');
  await eventually(async () => {
    const archiver = await ask('select last_archived_wal from pg_stat_archiver');
    return archiver.rows[0].last_archived_wal >= rows[0].last;
  }, 'the archive to have all of it');
}
