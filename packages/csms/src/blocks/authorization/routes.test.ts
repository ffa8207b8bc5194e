import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { committedEvents, serveRoutes, testCommitter, testNow } from '../../testing/api.ts';
import { testDatabase } from '../../testing/database.ts';
import { idTokenRoutes } from './routes.ts';

async function serve(t: TestContext) {
  const database = await testDatabase(t);
  const committer = testCommitter(t, database);
  const send = await serveRoutes(t, idTokenRoutes({ pool: database.sql, committer, now: testNow }));
  return { database, send };
}

test('an id token is created once, whatever its case, read and removed', async (t) => {
  const { send, database } = await serve(t);
  const token = {
    idToken: '04A1b2',
    type: 'ISO14443',
    groupId: 'fleet',
    expiresAt: '2027-01-01T00:00:00+01:00',
    language: 'de',
  };
  const [made, ...others] = await Promise.all([
    send('POST', '/id-tokens', token),
    send('POST', '/id-tokens', { idToken: '04a1B2' }),
  ]);
  assert.equal(made.status, 201);
  assert.equal(made.headers.location, '/api/v1/id-tokens/04A1b2');
  assert.deepEqual(made.body, {
    ...token,
    expiresAt: '2026-12-31T23:00:00.000Z',
    status: 'Accepted',
    concurrent: false,
    createdAt: '2026-03-01T12:00:00.000Z',
    changedAt: '2026-03-01T12:00:00.000Z',
  });
  assert.deepEqual(
    others.map(({ status }) => status),
    [409],
  );
  assert.deepEqual((await send('GET', '/id-tokens/04a1B2')).body, made.body);
  assert.equal((await send('DELETE', '/id-tokens/04a1B2')).status, 204);
  assert.equal((await send('DELETE', '/id-tokens/04a1B2')).status, 404);
  assert.equal((await send('GET', '/id-tokens/04a1B2')).body.code, 'not-found');
  assert.deepEqual(
    (await committedEvents(database)).map(({ type, data }) => [type, data]),
    [
      ['id-token.changed', { idToken: '04A1b2', change: 'created' }],
      ['id-token.changed', { idToken: '04a1B2', change: 'removed' }],
    ],
  );
});

test('only what is named changes, null takes away, and changes at one moment are all there', async (t) => {
  const { send } = await serve(t);
  await send('POST', '/id-tokens', {
    idToken: 'a',
    groupId: 'fleet',
    note: 'of Ada',
    expiresAt: '2027-01-01T00:00:00Z',
  });
  const answers = await Promise.all([
    send('PATCH', '/id-tokens/A', { status: 'Blocked' }),
    send('PATCH', '/id-tokens/A', { groupId: null, expiresAt: null }),
    send('PATCH', '/id-tokens/A', { concurrent: true }),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  const { status, groupId, expiresAt, concurrent, note } = (await send('GET', '/id-tokens/a')).body;
  assert.deepEqual(
    { status, groupId, expiresAt, concurrent, note },
    { status: 'Blocked', groupId: undefined, expiresAt: undefined, concurrent: true, note: 'of Ada' },
  );
  assert.equal((await send('PATCH', '/id-tokens/b', { status: 'Blocked' })).status, 404);
  assert.equal((await send('PATCH', '/id-tokens/a', {})).status, 400);
  assert.equal((await send('PATCH', '/id-tokens/a', { status: null })).status, 400);
});

test('a thousand are imported at once, those that exist replaced in every field', async (t) => {
  const { send, database } = await serve(t);
  await send('POST', '/id-tokens', { idToken: 'T0', note: 'old', status: 'Blocked' });
  const items = Array.from({ length: 1_000 }, (_, index) => ({ idToken: `t${index}`, groupId: 'fleet' }));
  const imported = await send('POST', '/id-tokens/import', { items });
  assert.deepEqual(imported.body, { imported: 1_000 });
  const first = (await send('GET', '/id-tokens/t0')).body;
  assert.deepEqual(
    [first.idToken, first.note, first.status, first.groupId],
    ['t0', undefined, 'Accepted', 'fleet'],
  );
  const { rows } = await database.sql.query('select count(*)::int as tokens from id_token');
  assert.equal(rows[0].tokens, 1_000);
  assert.equal((await committedEvents(database)).length, 1_001);
});

test('an import of too many, or of one token twice, changes nothing', async (t) => {
  const { send, database } = await serve(t);
  const twice = await send('POST', '/id-tokens/import', {
    items: [{ idToken: 'a' }, { idToken: 'b' }, { idToken: 'A' }],
  });
  assert.equal(twice.body.errors[0].field, '/items/2/idToken');
  const items = Array.from({ length: 1_001 }, (_, index) => ({ idToken: `t${index}` }));
  assert.equal((await send('POST', '/id-tokens/import', { items })).status, 400);
  assert.equal((await send('POST', '/id-tokens/import', { items: [{ idToken: 'a\u0000' }] })).status, 400);
  const { rowCount } = await database.sql.query('select from id_token');
  assert.equal(rowCount, 0);
});

test('id tokens are listed by name, page by page, and filtered', async (t) => {
  const { send, database } = await serve(t);
  const items = ['c', 'A', 'b', 'D'].map((idToken) => ({
    idToken,
    ...(idToken > 'a' && { groupId: 'fleet' }),
    note: `of ${idToken}`,
  }));
  await send('POST', '/id-tokens/import', { items });
  await send('PATCH', '/id-tokens/b', { status: 'Blocked' });
  await database.sql.query(`insert into token_use (token_key, transaction_id, station_id, since)
    values ('c', '00000000-0000-4000-8000-000000000001', 'CS-1', now())`);
  const names = async (query: string) =>
    (await send('GET', `/id-tokens?${query}`)).body.items
      .map(({ idToken }: { idToken: string }) => idToken)
      .join('');
  const first = (await send('GET', '/id-tokens?limit=3')).body;
  assert.equal(first.items.length, 3);
  assert.equal(first.items[2].transactionId, '00000000-0000-4000-8000-000000000001');
  assert.equal(await names(`limit=3&cursor=${first.nextCursor}`), 'D');
  assert.equal(await names('groupId=fleet'), 'bc');
  assert.equal(await names('groupId=fleet&status=Accepted'), 'c');
  assert.equal(await names('search=OF%20d'), 'D');
});
