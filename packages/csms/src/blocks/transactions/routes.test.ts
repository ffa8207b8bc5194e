import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { insertStation, serveRoutes, testNow } from '../../testing/api.ts';
import { testDatabase } from '../../testing/database.ts';
import { meterRoutes } from './meter-routes.ts';
import { transactionRoutes } from './routes.ts';

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const unknown = '/transactions/00000000-0000-4000-8000-0000000000ff';

async function serve(t: TestContext) {
  const database = await testDatabase(t);
  const pool = database.sql;
  await insertStation(database, 'CS-1');
  await pool.query(`insert into transaction (id, station_id, station_transaction_id, version, evse_id, state, start_seen, id_token,
      started_at, started_received_at)
    select ('00000000-0000-4000-8000-00000000000' || n)::uuid, case when n = 4 then 'CS-gone' else 'CS-1' end, 't' || n, '2.1', 1,
      case when n = 1 then 'Ended' else 'Active' end, true, case when n = 2 then 'AbC' end,
      '2001-01-01T00:00:00Z', '2026-03-01T12:00:00Z'::timestamptz + (n / 2) * interval '1 hour'
    from generate_series(1, 5) n`);
  return {
    pool,
    send: await serveRoutes(t, [...transactionRoutes({ pool }), ...meterRoutes({ pool, now: testNow })]),
  };
}

test('transactions are listed in the order in which we heard of them, page by page, and filtered', async (t) => {
  const { send } = await serve(t);
  const ids = (body: { items: { id: string }[] }) => body.items.map((item) => item.id.at(-1)).join('');
  const first = (await send('GET', '/transactions?limit=3')).body;
  assert.equal(ids(first), '543');
  assert.equal(ids((await send('GET', `/transactions?limit=3&cursor=${first.nextCursor}`)).body), '21');
  assert.equal(ids((await send('GET', '/transactions?stationId=cs-1&state=Active')).body), '532');
  assert.equal(ids((await send('GET', '/transactions?stationId=CS-gone')).body), '4');
  assert.equal(ids((await send('GET', '/transactions?idToken=aBc')).body), '2');
  assert.equal(
    ids((await send('GET', '/transactions?from=2026-03-01T13:00:00Z&to=2026-03-01T14:00:00Z')).body),
    '32',
  );
});

test('a transaction is read with its gaps, and with its energy and what is to be said of it', async (t) => {
  const { send, pool } = await serve(t);
  await pool.query(
    `update transaction set imported_wh = 12345.678901234567890, energy_trusted = false, energy_method = 'register',
       energy_reasons = '["RegisterReset", "SequenceGap", "OfAnEarlierRelease"]', missing = '[[2, 4], [7, 7]]',
       ended_at = '2001-01-01T01:00:00Z', meter_stop_wh = 9007199254740993 where id = $1`,
    [id(1)],
  );
  const { body } = await send('GET', `/transactions/${id(1)}`);
  assert.deepEqual(body, {
    id: id(1),
    stationId: 'CS-1',
    stationTransactionId: 't1',
    version: '2.1',
    evseId: 1,
    state: 'Ended',
    startedAt: '2001-01-01T00:00:00.000Z',
    startedReceivedAt: '2026-03-01T12:00:00.000Z',
    endedAt: '2001-01-01T01:00:00.000Z',
    meterStopWh: '9007199254740993',
    startSeen: true,
    endSeen: false,
    missing: [
      { first: 2, last: 4 },
      { first: 7, last: 7 },
    ],
    energy: {
      importedWh: '12345.678901234567890',
      trusted: false,
      method: 'register',
      reasons: [
        { reason: 'RegisterReset', meaning: 'The register was reset', trust: 'lost' },
        { reason: 'SequenceGap', meaning: 'Messages are missing', trust: 'kept' },
        { reason: 'OfAnEarlierRelease', meaning: 'Not explained by this release', trust: 'lost' },
      ],
    },
  });
  assert.equal((await send('GET', unknown)).body.code, 'not-found');
});

test('an open transaction is read with its energy so far, which may not be billed', async (t) => {
  const { send, pool } = await serve(t);
  await pool.query(
    `insert into meter_sample (received_at, station_id, transaction_id, seq_no, at, samples)
     select '2026-03-01T13:00:00Z'::timestamptz + n * interval '1 minute', 'CS-1', $1, n,
       '2001-01-01T00:00:00Z'::timestamptz + n * interval '1 minute',
       jsonb_build_array(jsonb_build_object('value', (1000 + n * 100)::text, 'measurand', 'Energy.Active.Import.Register',
         'context', 'Sample.Periodic', 'location', 'Outlet', 'unit', 'Wh', 'multiplier', 0))
     from generate_series(0, 3) n`,
    [id(2)],
  );
  const { energy } = (await send('GET', `/transactions/${id(2)}`)).body;
  assert.equal(energy.importedWh, '300');
  assert.equal(energy.trusted, false);
  assert.ok(energy.reasons.some(({ reason }: { reason: string }) => reason === 'EndNotSeen'));
  assert.equal((await send('GET', '/transactions?idToken=abc')).body.items[0].energy, undefined);
});

test('the events of a transaction come in the order of receipt', async (t) => {
  const { send, pool } = await serve(t);
  await pool.query(
    `insert into transaction_event (transaction_id, ordinal, kind, seq_no, at, received_at, details)
     select $1, n, case when n = 0 then 'Started' else 'Updated' end, 4 - n, now(), now(), '{"meterValues": 2, "evseId": 1}'
     from generate_series(0, 4) n`,
    [id(1)],
  );
  const path = `/transactions/${id(1)}/events`;
  const first = (await send('GET', `${path}?limit=3`)).body;
  assert.deepEqual(
    first.items.map(({ seqNo }: { seqNo: number }) => seqNo),
    [4, 3, 2],
  );
  assert.deepEqual(first.items[0].details, { meterValues: 2, evseId: 1 });
  const second = (await send('GET', `${path}?cursor=${first.nextCursor}`)).body;
  assert.deepEqual(
    second.items.map(({ ordinal }: { ordinal: number }) => ordinal),
    [3, 4],
  );
  assert.deepEqual((await send('GET', `/transactions/${id(2)}/events`)).body, { items: [] });
  assert.equal((await send('GET', `${unknown}/events`)).status, 404);
});

const samples = JSON.stringify([
  {
    value: '1.5',
    measurand: 'Energy.Active.Import.Register',
    context: 'Sample.Periodic',
    location: 'Outlet',
    unit: 'kWh',
    multiplier: 0,
  },
  {
    value: '3680',
    measurand: 'Power.Active.Import',
    context: 'Sample.Periodic',
    phase: 'L1',
    location: 'Outlet',
    unit: 'W',
    multiplier: 0,
  },
]);

test('the meter series of a transaction is in base units, each figure once, and filtered', async (t) => {
  const { send, pool } = await serve(t);
  await pool.query(
    `insert into meter_sample (received_at, station_id, evse_id, transaction_id, at, samples)
     select '2026-03-01T12:00:00Z'::timestamptz + (n / 3) * interval '1 second', 'CS-1', 1, $1,
       '2001-01-01T00:00:00Z'::timestamptz + n * interval '1 minute', $2 from generate_series(0, 6) n`,
    [id(1), samples],
  );
  // Each came with an event.
  await pool.query(
    `insert into transaction_event (transaction_id, ordinal, kind, at, received_at, details)
     select transaction_id, row_number() over (), 'Updated', at, received_at, '{}' from meter_sample where transaction_id = $1`,
    [id(1)],
  );
  const path = `/transactions/${id(1)}/meter-series`;
  const minutes: string[] = [];
  let cursor = '';
  do {
    const { body } = await send('GET', `${path}?limit=2&measurand=Energy.Active.Import.Register${cursor}`);
    minutes.push(...body.items.map(({ at }: { at: string }) => at.slice(14, 16)));
    cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  assert.deepEqual(minutes, ['00', '01', '02', '03', '04', '05', '06']);
  const energy = (await send('GET', `${path}?phase=None&location=Outlet`)).body.items;
  assert.deepEqual(energy[0], {
    at: '2001-01-01T00:00:00.000Z',
    measurand: 'Energy.Active.Import.Register',
    location: 'Outlet',
    context: 'Sample.Periodic',
    value: '1500',
    unit: 'Wh',
  });
  assert.equal((await send('GET', `${path}?phase=L1`)).body.items.length, 7);
  assert.equal((await send('GET', `${unknown}/meter-series`)).status, 404);
});

test('the meter values of a station are as it gave them, the latest first, within a time and of an EVSE', async (t) => {
  const { send, pool } = await serve(t);
  await pool.query(
    `insert into meter_sample (received_at, station_id, evse_id, at, samples)
     select '2026-03-01T12:00:00Z'::timestamptz + n * interval '1 second', 'CS-1', n % 2, '2001-01-01T00:00:00Z', $1
     from generate_series(0, 5) n`,
    [samples],
  );
  const path = '/stations/cs-1/meter-values';
  const seconds = (body: { items: { receivedAt: string }[] }) =>
    body.items.map(({ receivedAt }) => receivedAt.slice(18, 19)).join('');
  const first = (await send('GET', `${path}?limit=4`)).body;
  assert.equal(seconds(first), '5432');
  assert.deepEqual(first.items[0], {
    receivedAt: '2026-03-01T12:00:05.000Z',
    at: '2001-01-01T00:00:00.000Z',
    evseId: 1,
    samples: JSON.parse(samples),
  });
  assert.equal(seconds((await send('GET', `${path}?limit=4&cursor=${first.nextCursor}`)).body), '10');
  assert.equal(
    seconds((await send('GET', `${path}?evseId=0&from=2026-03-01T12:00:01Z&to=2026-03-01T12:00:05Z`)).body),
    '42',
  );
  assert.equal((await send('GET', '/stations/CS-9/meter-values')).status, 404);
});

test('the transactions of a token are found by an index, however many there are of others', async (t) => {
  const { pool } = await serve(t);
  await pool.query(
    `insert into transaction (id, station_id, station_transaction_id, version, state, start_seen, id_token, started_at, started_received_at)
     select gen_random_uuid(), 'CS1', n::text, '2.1', 'Ended', true, 'Card-' || n, now(), now() from generate_series(1, 3000) n;
     analyze transaction`,
  );
  const { rows } = await pool.query(
    `explain select id from transaction where lower(id_token) = lower('CARD-7') order by started_received_at desc, id desc limit 5`,
  );
  assert.match(JSON.stringify(rows), /transaction_by_token/);
});
