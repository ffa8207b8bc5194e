import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readConfig } from '../../packages/csms/src/config.ts';
import { createLog } from '../../packages/csms/src/log.ts';
import { startServer } from '../../packages/csms/src/main.ts';
import { latestMigration, migrate, migrationsFolder } from '../../packages/csms/src/store/migrate.ts';
import { type Csms, startCsms } from '../support/csms.ts';
import { startLoad } from '../support/load.ts';
import { connectStation } from '../support/station.ts';

/** All nodes of a database share it. */
const pepper = { BUSBAR_PEPPER: 'a pepper for both of these nodes' };

/** What the next version of the program might bring, on the tables that are written most. */
const nextExpand = `-- expand
alter table station add column next_station text;
alter table transaction add column next_transaction text, add column next_count integer not null default 0;
alter table meter_sample add column next_sample text;
alter table operation add column next_operation jsonb;
create table next_fact (id uuid primary key, station_id text not null);
`;

/** A folder with the migrations of this program and further ones. */
async function nextMigrations(test: TestContext, ...further: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-next-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  await cp(migrationsFolder, folder, { recursive: true });
  const known = await latestMigration();
  for (const [index, sql] of further.entries()) {
    await writeFile(join(folder, `${numberOf(known + 1 + index)}-next.sql`), sql);
  }
  return folder;
}

function numberOf(migration: number): string {
  return String(migration).padStart(3, '0');
}

/** Another node of the version of this program, on the same database. */
async function startSecond(test: TestContext, { database, api, complaints }: Csms): Promise<Csms> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-second-'));
  const config = readConfig({
    BUSBAR_DATABASE_URL: database.url,
    BUSBAR_DATA: folder,
    BUSBAR_OCPP_PORT: '0',
    BUSBAR_HTTP_PORT: '0',
    ...pepper,
  });
  const server = await startServer(config, createLog({ level: 'silent' }));
  test.after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { server, database, api, complaints, restart: () => Promise.reject(new Error('not this one')) };
}

test('a network goes on while the next version expands its schema, and a node of this version may still start', async (t) => {
  const csms = await startCsms(t, { environment: pepper });
  const load = await startLoad({ url: csms.server.ocppUrl, api: csms.api, stations: 12, pauseMs: 5 });
  t.after(() => load.close());
  await load.progress(200);

  const log = createLog({ level: 'silent' });
  const folder = await nextMigrations(t, nextExpand);
  const done = await migrate(csms.database.sql, log, { folder });
  assert.equal(done.length, 1);
  await load.progress(300);

  const second = await startSecond(t, csms);
  const station = await connectStation(t, second, { version: '2.0.1' });
  assert.equal((await station.boot()).status, 'Accepted');
  await load.progress(200);
  await load.finish();

  assert.deepEqual(load.faults, []);
  assert.deepEqual([...load.closes.keys()], []);
  const { items } = await csms.api.get('/transactions?limit=5');
  assert.equal(items.length, 5);
  assert.equal((await csms.api.get(`/stations/${station.id}`)).connection.online, true);
  assert.deepEqual(
    csms.complaints.filter((line) => /cached plan|refused|failed/i.test(line)),
    [],
  );
});

test('a column is renamed in two releases, as CONTRIBUTING.md has it', async (t) => {
  const guide = await readFile(new URL('../../CONTRIBUTING.md', import.meta.url), 'utf8');
  const blocks = guide.matchAll(/```sql\n(?<sql>-- (?:expand|contract).*?)```/gs);
  const [column, fill, contract] = Array.from(blocks, ({ groups }) => groups?.sql ?? '');
  assert.ok(column && fill && contract);
  const csms = await startCsms(t);
  const { sql } = csms.database;
  const log = createLog({ level: 'silent' });
  await csms.api.post('/stations', { id: 'BEFORE', note: 'said before' });

  await migrate(sql, log, { folder: await nextMigrations(t, column, fill) });
  await csms.api.post('/stations', { id: 'MEANWHILE', note: 'said by the release before' });
  await csms.api.patch('/stations/BEFORE', { note: 'said again by it' });
  await sql.query(`update station set remark = 'said by the release after' where id = 'MEANWHILE'`);
  await sql.query(
    `insert into station (id, identity_key, admission, security_profile, created_at, remark)
     values ('AFTER', 'after', 'Accepted', 1, now(), 'said first by it')`,
  );
  assert.equal((await csms.api.get('/stations/MEANWHILE')).note, 'said by the release after');
  assert.equal((await csms.api.get('/stations/AFTER')).note, 'said first by it');
  const { rows } = await sql.query('select id, remark from station where note = remark order by id');
  assert.deepEqual(rows, [
    { id: 'AFTER', remark: 'said first by it' },
    { id: 'BEFORE', remark: 'said again by it' },
    { id: 'MEANWHILE', remark: 'said by the release after' },
  ]);

  // The server that runs is of the release before: the contract is refused beside it.
  const needs = contract.replace('013', numberOf((await latestMigration()) + 2));
  const folder = await nextMigrations(t, column, fill, needs);
  const limits = { nodeDeadAfterMs: 3_000 };
  await assert.rejects(migrate(sql, log, { folder, limits }), /and such run: .*Nothing was changed/);
  assert.equal((await csms.api.get('/stations/BEFORE')).note, 'said again by it');
  await csms.server.close();
  assert.equal((await migrate(sql, log, { folder, limits })).length, 1);
  await assert.rejects(csms.restart(), /a later version has taken away what this one needs/);
});
