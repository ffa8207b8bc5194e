import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertStation, serveRoutes } from '../../testing/api.ts';
import { testDatabase } from '../../testing/database.ts';
import { deviceModelRoutes } from './routes.ts';

test('the variables of a station are listed in the order of its components, page by page, and filtered', async (t) => {
  const database = await testDatabase(t);
  const send = await serveRoutes(t, deviceModelRoutes({ pool: database.sql }));
  await insertStation(database, 'CS-1');
  await database.sql.query(`insert into variable
      (station_id, component, component_instance, evse_id, connector_id, name, name_instance, actual, mutability, characteristics, reported_at)
    values ('CS-1', 'EVSE', '', 1, 0, 'Power', 'MaxLimit', '22000', 'ReadOnly', '{"unit": "W", "maxLimit": 1.5}', '2026-03-01T12:00:00Z'),
      ('CS-1', 'EVSE', '', 1, 0, 'Power', '', '11000', null, null, '2026-03-01T12:00:00Z'),
      ('CS-1', 'EVSE', '', 2, 0, 'Power', '', '7', null, null, '2026-03-01T12:00:00Z'),
      ('CS-1', 'Connector', '', 1, 2, 'Available', '', 'true', null, null, '2026-03-01T12:00:00Z'),
      ('CS-1', 'ClockCtrlr', 'backup', 0, 0, 'TimeZone', '', 'Europe/Berlin', 'ReadWrite', null, '2026-03-01T12:00:00Z'),
      ('CS-2', 'EVSE', '', 1, 0, 'Power', '', '1', null, null, now())`);
  const path = '/stations/cs-1/variables';
  const all: { component: string; actual: string }[] = [];
  let cursor = '';
  do {
    const { body } = await send('GET', `${path}?limit=2${cursor}`);
    all.push(...body.items);
    cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  assert.deepEqual(
    all.map(({ actual }) => actual),
    ['Europe/Berlin', 'true', '11000', '22000', '7'],
  );
  assert.deepEqual(all[3], {
    component: 'EVSE',
    evseId: 1,
    variable: 'Power',
    variableInstance: 'MaxLimit',
    actual: '22000',
    mutability: 'ReadOnly',
    characteristics: { unit: 'W', maxLimit: 1.5 },
    reportedAt: '2026-03-01T12:00:00.000Z',
  });
  const actuals = async (query: string) =>
    (await send('GET', `${path}?${query}`)).body.items.map(({ actual }: { actual: string }) => actual).join();
  assert.equal(await actuals('component=evse&variable=power&evseId=2'), '7');
  assert.equal(await actuals('evseId=0'), 'Europe/Berlin');
  assert.equal(await actuals('search=berlin'), 'Europe/Berlin');
  assert.equal((await send('GET', '/stations/CS-9/variables')).status, 404);
});
