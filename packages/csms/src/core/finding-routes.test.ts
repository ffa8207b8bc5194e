import assert from 'node:assert/strict';
import { test } from 'node:test';
import { committedEvents, insertStation, serveRoutes, testCommitter, testNow } from '../testing/api.ts';
import { testDatabase } from '../testing/database.ts';
import { writeFinding } from './finding.ts';
import { findingRoutes } from './finding-routes.ts';
import { writeJob } from './job.ts';
import { jobRoutes } from './job-routes.ts';

test('findings are listed, and acknowledged until they are seen again', async (t) => {
  const database = await testDatabase(t);
  const committer = testCommitter(t, database);
  const send = await serveRoutes(t, findingRoutes({ pool: database.sql, committer, now: testNow }));
  for (const id of ['CS-1', 'CS-2']) await insertStation(database, id);
  const see = (stationId: string, kind: 'sequence-gap' | 'evse-missing', subject: string) =>
    committer.commit({
      source: stationId,
      settle: () => ({
        answer: undefined,
        writes: [writeFinding(stationId, { kind, subject, detail: 'seen' }, testNow())],
        events: [],
      }),
    });
  await see('CS-1', 'sequence-gap', 'tx 1');
  await see('CS-1', 'sequence-gap', 'tx 1');
  await see('CS-1', 'sequence-gap', 'tx/2?');
  await see('CS-1', 'evse-missing', '');
  await see('CS-2', 'sequence-gap', 'tx 3');

  const first = (await send('GET', '/findings?kind=sequence-gap&limit=2')).body;
  assert.deepEqual(first.items[0], {
    stationId: 'CS-1',
    kind: 'sequence-gap',
    subject: 'tx 1',
    detail: 'seen',
    firstSeenAt: '2026-03-01T12:00:00.000Z',
    lastSeenAt: '2026-03-01T12:00:00.000Z',
    count: 2,
  });
  const second = (await send('GET', `/findings?kind=sequence-gap&cursor=${first.nextCursor}`)).body;
  assert.deepEqual(
    second.items.map(({ subject }: { subject: string }) => subject),
    ['tx 3'],
  );

  const path = '/stations/cs-1/findings';
  assert.equal((await send('GET', path)).body.items.length, 3);
  assert.equal(
    (await send('DELETE', `${path}?kind=sequence-gap&subject=${encodeURIComponent('tx/2?')}`)).status,
    204,
  );
  assert.equal(
    (await send('DELETE', `${path}?kind=sequence-gap&subject=${encodeURIComponent('tx/2?')}`)).status,
    404,
  );
  assert.equal((await send('DELETE', `${path}?kind=evse-missing&subject=`)).status, 204);
  assert.equal((await send('DELETE', `${path}?kind=sequence-gap`)).status, 204);
  assert.deepEqual((await send('GET', path)).body, { items: [] });
  await see('CS-1', 'sequence-gap', 'tx 1');
  assert.equal((await send('GET', path)).body.items[0].count, 1);
  assert.equal((await send('GET', '/stations/CS-2/findings')).body.items.length, 1);
  assert.equal((await send('GET', '/stations/CS-3/findings')).status, 404);
  assert.equal((await committedEvents(database)).length, 3);
});

test('jobs are listed by station, those that are done only on request', async (t) => {
  const database = await testDatabase(t);
  const committer = testCommitter(t, database);
  const send = await serveRoutes(t, jobRoutes({ pool: database.sql }));
  await insertStation(database, 'CS-1');
  const job = (stationId: string, subject?: string) =>
    writeJob({
      stationId,
      kind: 'ask',
      ...(subject !== undefined && { subject }),
      input: { a: 1 },
      now: testNow(),
    });
  await committer.commit({
    source: 'CS-1',
    settle: () => ({ answer: undefined, writes: [job('CS-1'), job('CS-1', 'tx'), job('CS-2')], events: [] }),
  });
  await database.sql.query(`update job set state = 'Done' where station_id = 'CS-2'`);
  const first = (await send('GET', '/jobs?limit=1')).body;
  const { id, ...rest } = first.items[0];
  assert.deepEqual(rest, {
    stationId: 'CS-1',
    kind: 'ask',
    input: { a: 1 },
    state: 'Open',
    attempts: 0,
    runAfter: '2026-03-01T12:00:00.000Z',
    createdAt: '2026-03-01T12:00:00.000Z',
  });
  const second = (await send('GET', `/jobs?limit=1&cursor=${first.nextCursor}`)).body;
  assert.deepEqual(
    second.items.map(({ subject }: { subject: string }) => subject),
    ['tx'],
  );
  assert.equal(second.nextCursor, undefined);
  assert.equal((await send('GET', '/jobs?state=Done')).body.items[0].stationId, 'CS-2');
  assert.equal((await send('GET', '/jobs?stationId=cs-1')).body.items.length, 2);
});
