import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { withDatabase } from '../../packages/csms/src/testing/database.ts';
import { createApi } from '../support/api.ts';
import { freePorts, startChild } from '../support/child-server.ts';
import { startCsms } from '../support/csms.ts';
import { followEvents } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { checkLedgers } from '../support/ledger-check.ts';
import { startLoad } from '../support/load.ts';
import { send } from '../support/processes.ts';
import { connectRaw } from '../support/raw-socket.ts';
import { bootOf, connectStation } from '../support/station.ts';

test('a server that was paused while its station went elsewhere can harm nothing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-paused-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await withDatabase(async (database) => {
    const environment = { BUSBAR_DATABASE_URL: database.url, BUSBAR_DATA: folder };
    const paused = await startChild(await freePorts(), environment);
    const other = await startChild(await freePorts(), environment);
    try {
      const api = createApi(paused.httpUrl, paused.operatorToken ?? '');
      const { password } = await api.post('/stations', { id: 'MOVES' });
      const station = { id: 'MOVES', password, protocols: ['ocpp2.0.1'] };
      const before = await connectRaw(t, { server: paused }, station);
      before.send(JSON.stringify([2, 'boot', 'BootNotification', bootOf('2.0.1')]));
      assert.equal((await before.answer())[2].status, 'Accepted');

      send(paused.pid, 'SIGSTOP');
      const started = {
        eventType: 'Started',
        timestamp: new Date().toISOString(),
        seqNo: 0,
        triggerReason: 'CablePluggedIn',
        transactionInfo: { transactionId: 'TX' },
        evse: { id: 1 },
      };
      const lost = { ...started, seqNo: 1, eventType: 'Updated' };
      // They wait in the socket of the paused one.
      before.send(JSON.stringify([2, 'started', 'TransactionEvent', started]));
      before.send(JSON.stringify([2, 'lost', 'TransactionEvent', lost]));
      const after = await connectRaw(t, { server: other }, station);
      after.send(JSON.stringify([2, 'again', 'TransactionEvent', started]));
      assert.equal((await after.answer())[0], 3);
      send(paused.pid, 'SIGCONT');
      assert.equal(await before.closed, 1008);
      const { rows } = await database.sql.query('select kind, seq_no::integer from transaction_event');
      assert.deepEqual(rows, [{ kind: 'Started', seq_no: 0 }]);
      after.send(JSON.stringify([2, 'last', 'TransactionEvent', lost]));
      assert.equal((await after.answer())[0], 3);
      assert.equal(await paused.terminate(), 0);
      assert.equal(await other.terminate(), 0);
    } finally {
      send(paused.pid, 'SIGKILL');
      send(other.pid, 'SIGKILL');
    }
  });
});

test('a table that somebody locks for long: stations are sent off, nothing is lost, nothing twice', async (t) => {
  const csms = await startCsms(t);
  const load = await startLoad({ url: csms.server.ocppUrl, api: csms.api, stations: 30 });
  t.after(() => load.close());
  await load.progress(90);
  const client = await csms.database.sql.connect();
  try {
    await client.query('begin');
    await client.query('lock table outbox in access exclusive mode');
    const before = load.acknowledged();
    await delay(8_000);
    // What had been committed a moment before may have been on its way.
    assert.ok(load.acknowledged() - before <= 30);
    assert.ok((load.closes.get(1013) ?? 0) >= 30, JSON.stringify([...load.closes]));
    await client.query('commit');
  } finally {
    client.release();
  }
  await load.progress(90);
  await load.finish();
  await checkLedgers(csms.database.sql, load);
});

test('events are resumed after a restart, from the last one that was seen', async (t) => {
  const csms = await startCsms(t);
  const load = await startLoad({ url: csms.server.ocppUrl, api: csms.api, stations: 9 });
  t.after(() => load.close());
  const first = await followEvents(t, csms.api, '?after=0');
  await load.progress(60);
  await load.finish();
  await load.close();
  await eventually(() => first.length > 20, 'some events');
  const seen = [...first];
  await csms.restart();
  const station = await connectStation(t, csms, { version: '2.1' });
  await station.boot();
  const more = await followEvents(t, csms.api, `?after=${seen.at(-1).id}`);
  await eventually(() => more.some(({ type }) => type === 'station.booted'), 'the latest event');
  const positions = [...seen, ...more].map(({ id }) => Number(id));
  assert.deepEqual(
    positions,
    positions.map((_, index) => index + 1),
    'each event once, in order, none left out',
  );
});

test('jobs survive: one that is put off, and one whose server ended under it', async (t) => {
  const csms = await startCsms(t);
  const station = await connectStation(t, csms, { version: '2.0.1' });
  station.answers.set('GetBaseReport', () => ({ status: 'Rejected' }));
  await station.boot();
  const asked = ({ asked }: { asked: readonly { action: string }[] }) =>
    asked.filter(({ action }) => action === 'GetBaseReport').length;
  await eventually(() => asked(station) === 1, 'the first question');
  await eventually(async () => {
    const { rows } = await csms.database.sql.query(
      "select from job where state = 'Open' and run_after > now()",
    );
    return rows.length === 1;
  }, 'the job to be put off');
  await station.close();
  await csms.restart();
  const again = await connectStation(t, csms, {
    id: station.id,
    version: '2.0.1',
    password: station.password,
  });
  const unanswered = Promise.withResolvers<object>();
  again.answers.set('GetBaseReport', () => unanswered.promise);
  await delay(200);
  assert.equal(asked(again), 0, 'it is not its time yet');
  await csms.database.sql.query('update job set run_after = now()');
  await eventually(() => asked(again) === 1, 'the second question', 10_000);
  await again.close();
  await csms.restart();
  const last = await connectStation(t, csms, {
    id: station.id,
    version: '2.0.1',
    password: station.password,
  });
  last.answers.set('GetBaseReport', () => ({ status: 'EmptyResultSet' }));
  await csms.database.sql.query('update job set run_after = now()');
  await eventually(() => asked(last) === 1, 'the third question', 10_000);
  await eventually(async () => {
    const { rows } = await csms.database.sql.query("select from job where state <> 'Done'");
    return rows.length === 0;
  }, 'the job to be done');
});

test('an Idempotency-Key is honoured, also after a restart', async (t: TestContext) => {
  const csms = await startCsms(t);
  const station = await connectStation(t, csms, { version: '1.6' });
  await station.boot();
  station.answers.set('Reset', () => ({ status: 'Accepted' }));
  const give = (type: string) =>
    csms.api.request(
      'POST',
      `/stations/${station.id}/commands/reset`,
      { type },
      { 'idempotency-key': 'once' },
    );
  const first = await give('Immediate');
  assert.equal(first.status, 200);
  assert.deepEqual(await give('Immediate'), first);
  assert.match((await give('OnIdle')).body.type, /idempotency-key-reused/);
  await station.close();
  await csms.restart();
  assert.deepEqual(await give('Immediate'), first);
  assert.equal(station.asked.filter(({ action }) => action === 'Reset').length, 1);
});
