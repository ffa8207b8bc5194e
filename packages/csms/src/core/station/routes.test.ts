import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { committedEvents, serveRoutes, testCommitter, testNow } from '../../testing/api.ts';
import { testDatabase } from '../../testing/database.ts';
import { createCredentials } from './credentials.ts';
import { stationRoutes } from './routes.ts';

async function serve(t: TestContext, rules = { allowSecurityProfile0: false }) {
  const database = await testDatabase(t);
  const credentials = createCredentials({ pepper: Buffer.from('a pepper of the tests, 32 octets') });
  const changed: string[] = [];
  const send = await serveRoutes(
    t,
    stationRoutes({
      pool: database.sql,
      committer: testCommitter(t, database),
      credentials,
      changes: {
        async changed(stationId) {
          changed.push(stationId);
        },
      },
      rules,
      now: testNow,
    }),
  );
  return { database, credentials, changed, send };
}

test('a station is registered with a password that is shown once and works', async (t) => {
  const { send, database, credentials, changed } = await serve(t);
  const made = await send('POST', '/stations', { id: 'CS-1', defaultVersion: '1.6', note: 'by the gate' });
  assert.equal(made.status, 201);
  assert.equal(made.headers.location, '/api/v1/stations/CS-1');
  assert.deepEqual(made.body.station, {
    id: 'CS-1',
    admission: 'Accepted',
    mode: 'lenient',
    securityProfile: 1,
    hasPassword: true,
    defaultVersion: '1.6',
    createdAt: '2026-03-01T12:00:00.000Z',
    note: 'by the gate',
    connection: { online: false },
    evses: [],
    openTransactions: [],
  });
  assert.deepEqual(changed, ['CS-1']);
  const { rows } = await database.sql.query('select password from station');
  const how = { version: '2.1', mode: 'strict' } as const;
  assert.deepEqual(await credentials.verify(rows[0].password, Buffer.from(made.body.password), how), {
    valid: true,
  });
  const read = await send('GET', '/stations/cs-1');
  assert.deepEqual(read.body, made.body.station);
  assert.ok(!JSON.stringify(await committedEvents(database)).includes(made.body.password));
});

test('an identity is registered once, whatever its case, and nothing is overwritten', async (t) => {
  const { send, database } = await serve(t);
  const answers = await Promise.all(
    ['CS-1', 'cs-1', 'Cs-1'].map((id) => send('POST', '/stations', { id, note: id })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
  const again = await send('POST', '/stations', { id: 'CS-1', note: 'another' });
  assert.equal(again.body.code, 'conflict');
  const { rows } = await database.sql.query('select note from station');
  assert.equal(rows.length, 1);
  assert.notEqual(rows[0].note, 'another');
  assert.equal((await committedEvents(database)).length, 1);
});

test('what cannot be a station is refused with the field at fault', async (t) => {
  const { send } = await serve(t);
  const refusals = [
    [{ id: 'a:b' }, '/id'],
    [{ id: 'mit Leerzeichen', defaultVersion: '2.1' }, '/id'],
    [{ id: 'a\u0000b' }, '/id'],
    [{ id: 'CS-1', password: 'short' }, '/password'],
    [{ id: 'CS-1', securityProfile: 0 }, '/securityProfile'],
    [{ id: 'CS-1', securityprofile: 1 }, '/securityprofile'],
  ] as const;
  for (const [body, field] of refusals) {
    const answer = await send('POST', '/stations', body);
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.equal(answer.body.errors[0].field, field);
  }
});

test('security profile 0 is there where the configuration allows it, without a password', async (t) => {
  const { send } = await serve(t, { allowSecurityProfile0: true });
  const { body, status } = await send('POST', '/stations', { id: 'CS-1', securityProfile: 0 });
  assert.equal(status, 201);
  assert.equal(body.password, undefined);
  assert.equal(body.station.hasPassword, false);
});

test('only what is named changes, and null takes away', async (t) => {
  const { send, database, changed } = await serve(t);
  await send('POST', '/stations', { id: 'CS-1', admission: 'Pending', note: 'new', defaultVersion: '2.1' });
  const first = await send('PATCH', '/stations/cs-1', { admission: 'Accepted', mode: 'strict' });
  assert.equal(first.status, 200);
  const { admission, mode, note, defaultVersion } = first.body.station;
  assert.deepEqual(
    { admission, mode, note, defaultVersion },
    { admission: 'Accepted', mode: 'strict', note: 'new', defaultVersion: '2.1' },
  );
  const second = await send('PATCH', '/stations/CS-1', { note: null, defaultVersion: null });
  assert.equal(second.body.station.note, undefined);
  assert.equal(second.body.station.defaultVersion, undefined);
  assert.equal(second.body.station.admission, 'Accepted');
  assert.deepEqual(changed, ['CS-1', 'CS-1', 'CS-1']);
  const events = await committedEvents(database);
  assert.deepEqual(
    events.map(({ type, stationId }) => [type, stationId]),
    [
      ['station.registered', 'CS-1'],
      ['station.changed', 'CS-1'],
      ['station.changed', 'CS-1'],
    ],
  );
  assert.deepEqual(events[1]?.data, {
    changed: ['admission', 'mode'],
    admission: 'Accepted',
    mode: 'strict',
  });
});

test('a new password takes the place of the old one', async (t) => {
  const { send, database, credentials } = await serve(t);
  const made = await send('POST', '/stations', { id: 'CS-1' });
  const { body } = await send('PATCH', '/stations/CS-1', { generatePassword: true });
  assert.notEqual(body.password, made.body.password);
  const { rows } = await database.sql.query('select password from station');
  const how = { version: '2.1', mode: 'lenient' } as const;
  assert.deepEqual(await credentials.verify(rows[0].password, Buffer.from(made.body.password), how), {
    valid: false,
  });
  assert.deepEqual(await credentials.verify(rows[0].password, Buffer.from(body.password), how), {
    valid: true,
  });
  const both = await send('PATCH', '/stations/CS-1', {
    generatePassword: true,
    password: 'sixteen or more!',
  });
  assert.equal(both.status, 400);
  const chosen = await send('PATCH', '/stations/CS-1', { password: 'sixteen or more!' });
  assert.equal(chosen.body.password, undefined);
});

test('a change of nothing, and of a station that is not there, is refused', async (t) => {
  const { send } = await serve(t);
  assert.equal((await send('PATCH', '/stations/CS-1', { mode: 'strict' })).body.code, 'not-found');
  assert.equal((await send('PATCH', '/stations/CS-1', {})).body.code, 'invalid-request');
  assert.equal((await send('GET', '/stations/CS-1/evses')).status, 404);
  assert.equal((await send('DELETE', '/stations/CS-1')).status, 404);
});

test('changes of one station at the same moment are all there afterwards', async (t) => {
  const { send } = await serve(t);
  await send('POST', '/stations', { id: 'CS-1' });
  await Promise.all([
    send('PATCH', '/stations/CS-1', { note: 'both' }),
    send('PATCH', '/stations/CS-1', { mode: 'strict' }),
    send('PATCH', '/stations/CS-1', { admission: 'Rejected' }),
  ]);
  const { note, mode, admission } = (await send('GET', '/stations/CS-1')).body;
  assert.deepEqual({ note, mode, admission }, { note: 'both', mode: 'strict', admission: 'Rejected' });
});

test('a station is removed with what is kept of its present, not while it is in use', async (t) => {
  const { send, database, changed } = await serve(t);
  await send('POST', '/stations', { id: 'CS-1' });
  const { sql } = database;
  await sql.query(`insert into station_owner (station_id, epoch, connected_at) values ('CS-1', 7, now())`);
  await sql.query(
    `insert into connector (station_id, evse_id, connector_id, changed_at) values ('CS-1', 1, 1, now())`,
  );
  assert.match((await send('DELETE', '/stations/CS-1')).body.detail, /connected/);
  await sql.query(`update station_owner set disconnected_at = now()`);
  await sql.query(`insert into transaction (id, station_id, station_transaction_id, version, state, start_seen, started_at, started_received_at)
    values (gen_random_uuid(), 'CS-1', 't1', '2.1', 'Active', true, now(), now())`);
  assert.match((await send('DELETE', '/stations/CS-1')).body.detail, /open transactions \(1\)/);
  await sql.query(`update transaction set state = 'Ended'`);
  assert.equal((await send('DELETE', '/stations/cs-1')).status, 204);
  const { rows } = await sql.query(`select (select count(*) from station)::int as stations,
    (select count(*) from connector)::int as connectors, (select count(*) from transaction)::int as transactions,
    (select epoch from station_owner)::int as epoch`);
  assert.deepEqual(rows[0], { stations: 0, connectors: 0, transactions: 1, epoch: 7 });
  assert.equal(changed.at(-1), 'CS-1');
  assert.equal((await committedEvents(database)).at(-1)?.type, 'station.removed');
});

test('a station is read with its connection, EVSEs, connectors and open transactions', async (t) => {
  const { send, database } = await serve(t);
  await send('POST', '/stations', { id: 'CS-1' });
  const { sql } = database;
  await sql.query(`update station set version = '2.1', registration = 'Accepted', vendor = 'Acme'`);
  await sql.query(`insert into station_owner (station_id, epoch, remote_address, connected_at)
    values ('CS-1', 1, '10.0.0.7', '2026-03-01T11:00:00Z')`);
  await sql.query(`insert into connector (station_id, evse_id, connector_id, status, detail, changed_at) values
    ('CS-1', 0, 0, 'Available', 'Available', '2026-03-01T11:00:01Z'),
    ('CS-1', 1, 1, 'Occupied', 'Charging', '2026-03-01T11:00:01Z'),
    ('CS-1', 2, 0, 'Unavailable', 'Unavailable', '2026-03-01T11:00:01Z'),
    ('CS-1', 2, 1, 'Available', 'Available', '2026-03-01T11:00:01Z')`);
  await sql.query(`insert into transaction (id, station_id, station_transaction_id, version, evse_id, state, start_seen, started_at, started_received_at)
    values ('00000000-0000-4000-8000-000000000001', 'CS-1', 't1', '2.1', 1, 'Active', true, '2026-03-01T11:30:00Z', now())`);
  const { body } = await send('GET', '/stations/CS-1');
  assert.deepEqual(body.connection, {
    online: true,
    since: '2026-03-01T11:00:00.000Z',
    remoteAddress: '10.0.0.7',
    version: '2.1',
  });
  assert.equal(body.state.status, 'Available');
  assert.deepEqual(
    body.evses.map(
      (evse: {
        evseId: number;
        state?: { status: string };
        connectors: object[];
        transactions: { id: string }[];
      }) => [evse.evseId, evse.state?.status, evse.connectors.length, evse.transactions.map(({ id }) => id)],
    ),
    [
      [1, undefined, 1, ['00000000-0000-4000-8000-000000000001']],
      [2, 'Unavailable', 1, []],
    ],
  );
  assert.deepEqual((await send('GET', '/stations/CS-1/evses')).body.items, body.evses);
});

test('stations are listed by identity, page by page, and filtered', async (t) => {
  const { send, database } = await serve(t);
  for (const id of ['c', 'A', 'b', 'D', 'e']) await send('POST', '/stations', { id, note: `note of ${id}` });
  await database.sql.query(
    `update station set registration = 'Accepted', vendor = 'Acme_50%' where id in ('A', 'D')`,
  );
  await database.sql.query(
    `insert into station_owner (station_id, epoch, connected_at) values ('A', 1, now())`,
  );
  const ids = async (query: string) => {
    const { body } = await send('GET', `/stations?${query}`);
    return body.items.map(({ id }: { id: string }) => id).join('');
  };
  const first = await send('GET', '/stations?limit=2');
  assert.deepEqual(
    first.body.items.map(({ id }: { id: string }) => id),
    ['A', 'b'],
  );
  const second = await send('GET', `/stations?limit=3&cursor=${first.body.nextCursor}`);
  assert.deepEqual(
    second.body.items.map(({ id }: { id: string }) => id),
    ['c', 'D', 'e'],
  );
  assert.equal(second.body.nextCursor, undefined);
  assert.equal(await ids('online=true'), 'A');
  assert.equal(await ids('online=false'), 'bcDe');
  assert.equal(await ids('registration=None'), 'bce');
  assert.equal(await ids('registration=Accepted&online=false'), 'D');
  assert.equal(await ids('admission=Rejected'), '');
  assert.equal(await ids('search=acme_50%25'), 'AD');
  assert.equal(await ids('search=_'), 'AD');
  assert.equal((await send('GET', '/stations?cursor=nonsense')).status, 400);
  assert.equal((await send('GET', '/stations?onlin=true')).status, 400);
});
