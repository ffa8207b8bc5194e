import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

async function nextMigrations(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-next-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  await cp(migrationsFolder, folder, { recursive: true });
  const number = String((await latestMigration()) + 1).padStart(3, '0');
  await writeFile(join(folder, `${number}-next.sql`), nextExpand);
  return folder;
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
  const folder = await nextMigrations(t);
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
