import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../testing/database.ts';
import { insertStation, noon, writeAll } from '../testing/station.ts';
import { writeFinding } from './finding.ts';

test('a station that errs in ever new ways does not fill the database, and what is known is counted on', async (t) => {
  const { sql } = await testDatabase(t);
  await insertStation(sql);
  const find = (subject: string, station = 'CS1') =>
    writeFinding(station, { kind: 'tolerated-x', subject, detail: 'seen' }, noon);
  for (let batch = 0; batch < 15; batch++) {
    await writeAll(
      sql,
      Array.from({ length: 100 }, (_, n) => find(`field ${batch * 100 + n}`)),
    );
  }
  await writeAll(sql, [find('field 0'), find('field 5000'), find('field 0', 'CS2')]);
  const { rows } = await sql.query(
    `select station_id, count(*)::integer as findings, max(count)::integer as most from finding
     group by station_id order by station_id`,
  );
  assert.deepEqual(rows, [
    { station_id: 'CS1', findings: 1_000, most: 2 },
    { station_id: 'CS2', findings: 1, most: 1 },
  ]);
});
