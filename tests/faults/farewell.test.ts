import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../support/api.ts';
import { startCsms } from '../support/csms.ts';
import { eventually } from '../support/eventually.ts';
import { connectRaw } from '../support/raw-socket.ts';
import { registerStation } from '../support/station.ts';

test('a station that comes and is gone at once is told to have come and gone, in this order', async (t) => {
  const csms = await startCsms(t);
  const { sql } = csms.database;
  const password = await registerStation(csms, 'BRIEF');
  const blocked = async () => {
    const { rows } = await sql.query(
      `select pid from pg_stat_activity where datname = current_database()
         and application_name = 'busbar committer' and wait_event_type = 'Lock'`,
    );
    return rows.length > 0 && rows.map(({ pid }) => pid);
  };
  const client = await sql.connect();
  try {
    await client.query('begin');
    await client.query(`select from station where id = 'BRIEF' for update`);
    const station = await connectRaw(t, csms, { id: 'BRIEF', password, protocols: ['ocpp2.0.1'] });
    const [first] = await eventually(blocked, 'its coming to be on its way');
    station.socket.terminate();
    await eventually(() => csms.server.held.size === 0, 'its going to be noticed');
    // Time in which its going would overtake.
    await delay(100);
    // Its coming has to be committed again.
    await sql.query('select pg_terminate_backend($1)', [first]);
    await client.query('rollback');
  } finally {
    client.release();
  }
  await eventually(async () => {
    const { rows } = await sql.query('select events::jsonb from outbox where event_count > 0 order by seq');
    const types = rows.flatMap(({ events }) => events.map(({ type }: Json) => type));
    const ends = types.filter((type: string) => /^station\.(dis)?connected$/.test(type));
    if (ends.length < 2) return false;
    assert.deepEqual(ends, ['station.connected', 'station.disconnected']);
    return true;
  }, 'both to be told');
  const { rows } = await sql.query('select node, disconnected_at from station_owner');
  assert.equal(rows[0].node, null);
  assert.notEqual(rows[0].disconnected_at, null);
});
