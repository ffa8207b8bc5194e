import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { insertStation, serveRoutes, testNow } from '../../testing/api.ts';
import { testDatabase } from '../../testing/database.ts';
import { messageRoutes } from './routes.ts';

async function serve(t: TestContext) {
  const database = await testDatabase(t);
  await insertStation(database, 'CS-1');
  return { database, send: await serveRoutes(t, messageRoutes({ pool: database.sql, now: testNow })) };
}

test('messages of a station are listed latest first, each once, and filtered', async (t) => {
  const { database, send } = await serve(t);
  await database.sql.query(`insert into message_log (received_at, station_id, sent_by, kind, message_id, action, request, answer, duration_ms)
    select '2026-03-01T12:00:00Z'::timestamptz + (n / 4) * interval '1 second', 'CS-1',
      case when n % 5 = 0 then 'CSMS' else 'CS' end, 'CALL', 'm' || n, case when n % 2 = 0 then 'Heartbeat' else 'Authorize' end,
      '{"a": [1, {"b": null}]}', '{}', 7 from generate_series(0, 9) n`);
  const all: string[] = [];
  let cursor = '';
  do {
    const { body } = await send('GET', `/stations/cs-1/messages?limit=3${cursor}`);
    all.push(...body.items.map(({ messageId }: { messageId: string }) => messageId));
    cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  assert.equal(all.length, 10);
  assert.equal(new Set(all).size, 10);
  assert.deepEqual(all.slice(0, 2).sort(), ['m8', 'm9']);

  const { items } = (
    await send(
      'GET',
      '/stations/CS-1/messages?action=Heartbeat&sentBy=CSMS&kind=CALL&from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:01Z',
    )
  ).body;
  assert.deepEqual(items, [
    {
      receivedAt: '2026-03-01T12:00:00.000Z',
      sentBy: 'CSMS',
      kind: 'CALL',
      messageId: 'm0',
      action: 'Heartbeat',
      request: { a: [1, { b: null }] },
      answer: {},
      durationMs: 7,
    },
  ]);
  assert.deepEqual((await send('GET', '/stations/CS-1/messages?action=Reset')).body, { items: [] });
  assert.equal((await send('GET', '/stations/CS-2/messages')).status, 404);
  assert.equal((await send('GET', '/stations/CS-1/messages?from=yesterday')).body.errors[0].field, 'from');
});

test('the quarantine is listed latest first, of all stations or of one', async (t) => {
  const { database, send } = await serve(t);
  await database.sql.query(`insert into quarantine (station_id, received_at, action, message_id, payload, reason)
    select case when n = 2 then 'CS-2' else 'CS-1' end, now(), 'StopTransaction', 'm' || n, '{"transactionId": "x"}', 'no number'
    from generate_series(1, 3) n`);
  const first = (await send('GET', '/quarantine?limit=2')).body;
  assert.deepEqual(
    first.items.map(({ messageId }: { messageId: string }) => messageId),
    ['m3', 'm2'],
  );
  assert.deepEqual(first.items[0].payload, { transactionId: 'x' });
  const second = (await send('GET', `/quarantine?cursor=${first.nextCursor}`)).body;
  assert.deepEqual(
    second.items.map(({ messageId }: { messageId: string }) => messageId),
    ['m1'],
  );
  assert.equal((await send('GET', '/quarantine?stationId=cs-1')).body.items.length, 2);
});
