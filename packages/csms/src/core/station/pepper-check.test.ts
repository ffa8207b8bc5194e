import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../testing/database.ts';
import { checkPepper } from './pepper-check.ts';

test('the nodes of a database share one pepper, which the database does not know', async (t) => {
  const { sql } = await testDatabase(t);
  const pepper = Buffer.from('the pepper of the first of all nodes');
  await checkPepper(sql, pepper);
  await checkPepper(sql, pepper);
  await assert.rejects(
    checkPepper(sql, Buffer.from('another pepper that somebody has made')),
    /BUSBAR_PEPPER/,
  );
  const { rows } = await sql.query('select * from installation');
  assert.equal(rows.length, 1);
  assert.ok(!JSON.stringify(rows).includes(pepper.toString('utf8')));
});
