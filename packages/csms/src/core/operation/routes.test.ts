import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Type } from 'typebox';
import { openApiDocument } from '../../api/openapi.ts';
import { openApiFaults } from '../../api/openapi-faults.ts';
import { type Command, defineCommand } from '../../command.ts';
import type { CommandOrder } from '../../commands.ts';
import { Problem } from '../../problem.ts';
import { serveRoutes } from '../../testing/api.ts';
import { testDatabase } from '../../testing/database.ts';
import { commandRoutes } from './command-routes.ts';
import { operationRoutes } from './routes.ts';
import type { OperationView } from './view.ts';

const reset: Command = defineCommand({
  name: 'soft-reset',
  summary: 'Reset a station',
  description: 'For tests.',
  permission: 'stations:operate',
  input: Type.Object({
    evseId: Type.Optional(Type.Integer({ minimum: 1 })),
    text: Type.Optional(Type.String()),
  }),
  whenLost: { kind: 'cannot-be-known' },
  dialects: [],
});

const operation: OperationView = {
  id: '00000000-0000-4000-8000-000000000001',
  stationId: 'CS-1',
  command: 'soft-reset',
  state: 'Accepted',
  input: { evseId: 1 },
  result: { status: 'Accepted', data: { nested: { kept: true } } },
  givenBy: 'operator',
  createdAt: '2026-03-01T12:00:00.000Z',
  settledAt: '2026-03-01T12:00:01.000Z',
};

async function serve(t: TestContext, give: (order: CommandOrder) => Promise<OperationView>) {
  const database = await testDatabase(t);
  await database.sql.query(
    `insert into station (id, identity_key, admission, security_profile, created_at) values ('CS-1', 'cs-1', 'Accepted', 1, now())`,
  );
  const pool = database.sql;
  const routes = [...commandRoutes({ commands: [reset], give, pool }), ...operationRoutes({ pool })];
  return { database, routes, send: await serveRoutes(t, routes) };
}

test('a command that the station answers in time comes back as its settled operation', async (t) => {
  const orders: CommandOrder[] = [];
  const { send } = await serve(t, async (order) => {
    orders.push(order);
    return operation;
  });
  const { status, headers, body } = await send(
    'POST',
    '/stations/cs-1/commands/soft-reset?waitSeconds=3',
    { evseId: 1 },
    { 'idempotency-key': 'k1' },
  );
  assert.equal(status, 200);
  assert.equal(headers.location, `/api/v1/operations/${operation.id}`);
  assert.deepEqual(body, operation);
  assert.deepEqual(orders, [
    {
      stationId: 'CS-1',
      command: 'soft-reset',
      input: { evseId: 1 },
      givenBy: 'operator',
      idempotencyKey: 'k1',
      waitMs: 3_000,
    },
  ]);
});

test('one that is not answered, or whose outcome is not known, is to be followed', async (t) => {
  const states: OperationView['state'][] = ['Sent', 'Unknown', 'Rejected', 'Failed'];
  const { send } = await serve(t, async () => ({ ...operation, state: states.shift() ?? 'Sent' }));
  const answered: number[] = [];
  for (const _ of [...states])
    answered.push((await send('POST', '/stations/CS-1/commands/soft-reset', {})).status);
  assert.deepEqual(answered, [202, 202, 200, 200]);
});

test('a command is refused for its input, its station and whatever the way out says', async (t) => {
  const { send } = await serve(t, async () => {
    throw new Problem('station-offline', 'CS-1 is not connected.');
  });
  const path = '/stations/CS-1/commands/soft-reset';
  assert.equal((await send('POST', path, { evseId: 0 })).body.errors[0].field, '/evseId');
  assert.equal((await send('POST', path, { evse: 1 })).body.errors[0].field, '/evse');
  assert.equal((await send('POST', path, { text: 'a\u0000' })).body.code, 'invalid-request');
  assert.equal((await send('POST', `${path}?waitSeconds=61`, {})).body.errors[0].field, 'waitSeconds');
  assert.equal((await send('POST', '/stations/CS-2/commands/soft-reset', {})).body.code, 'not-found');
  assert.equal((await send('POST', '/stations/CS-1/commands/nothing', {})).status, 404);
  assert.equal((await send('POST', path, {})).body.code, 'station-offline');
});

test('operations are listed latest first, of all stations or of one, and read', async (t) => {
  const { send, database } = await serve(t, async () => operation);
  await database.sql.query(`insert into operation (id, station_id, command, state, input, given_by, input_digest, created_at, result)
    select ('00000000-0000-4000-8000-00000000000' || n)::uuid, case when n = 5 then 'CS-2' else 'CS-1' end, 'reset',
      case when n % 2 = 0 then 'Sent' else 'Accepted' end, '{"a": {"b": 1}}', 'operator', 'd',
      '2026-03-01T12:00:00Z'::timestamptz + (n / 2) * interval '1 second', '{"status": "Accepted"}'
    from generate_series(1, 5) n`);
  const ids = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id.at(-1)).join('');
  const first = (await send('GET', '/operations?limit=2')).body;
  assert.equal(ids(first), '54');
  assert.deepEqual(first.items[0].input, { a: { b: 1 } });
  assert.equal(ids((await send('GET', `/operations?limit=9&cursor=${first.nextCursor}`)).body), '321');
  assert.equal(ids((await send('GET', '/stations/cs-1/operations?state=Sent&command=reset')).body), '42');
  assert.equal((await send('GET', '/stations/CS-9/operations')).status, 404);
  const read = await send('GET', `/operations/${first.items[0].id}`);
  assert.deepEqual(read.body, first.items[0]);
  assert.equal((await send('GET', '/operations/00000000-0000-4000-8000-0000000000ff')).status, 404);
  assert.equal((await send('GET', '/operations/none')).status, 400);
});

test('the routes of commands have a proper place in the OpenAPI document', async (t) => {
  const { routes } = await serve(t, async () => operation);
  const document = openApiDocument(routes, '0');
  assert.deepEqual(openApiFaults(document), []);
  assert.ok(document.components.schemas.SoftResetInput !== undefined);
});
