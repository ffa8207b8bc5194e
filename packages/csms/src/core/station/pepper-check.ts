import { createHmac } from 'node:crypto';
import type { Pool } from 'pg';

/**
 * Refuses to start with another pepper than that of the nodes before: every station's password would be wrong here and
 * right there. The first node leaves a fingerprint of its pepper, from which the pepper cannot be found.
 */
export async function checkPepper(pool: Pool, pepper: Buffer): Promise<void> {
  const check = createHmac('sha256', pepper).update('busbar pepper check').digest('base64url');
  await pool.query('insert into installation (pepper_check) values ($1) on conflict do nothing', [check]);
  const { rows } = await pool.query('select pepper_check from installation');
  if (rows[0]?.pepper_check === check) return;
  throw new Error(
    "The pepper of this node is not the one with which the stations' passwords in this database were made. " +
      'All nodes of a database share one: set BUSBAR_PEPPER, or copy the file `pepper` of another node into the data folder. ' +
      'Where it is lost for good, `delete from installation` lets a new one in, and every station needs a new password.',
  );
}
