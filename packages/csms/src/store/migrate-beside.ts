import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Migration } from './migration.ts';

/** A contract would take away what a node needs that runs now. Nothing was changed. */
export class OlderNodes extends Error {}

const pollMs = 250;

/** A node that has just ended without a farewell counts as alive for a while: that is waited for. */
export async function waitForOlderNodes(
  client: pg.ClientBase,
  pending: readonly Migration[],
  deadAfterMs: number,
): Promise<void> {
  const contracts = pending.filter(({ needs }) => needs !== undefined);
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const refused = await firstRefused(client, contracts, deadAfterMs);
    if (refused === undefined) return;
    if (waitedMs > deadAfterMs) throw refused;
    await delay(pollMs);
  }
}

/**
 * Refuses a contract while a node runs that does not know enough, at the end of the transaction that runs it. A node
 * that comes on the list meanwhile waits for the commit, and then finds out by {@link refuseContracted}.
 *
 * @throws OlderNodes
 */
export async function refuseBesideOlderNodes(
  client: pg.ClientBase,
  migration: Migration,
  deadAfterMs: number,
): Promise<void> {
  if (migration.needs === undefined || !(await hasNodes(client))) return;
  await client.query('LOCK TABLE node IN SHARE MODE');
  const refused = await firstRefused(client, [migration], deadAfterMs);
  if (refused !== undefined) throw refused;
}

/**
 * For a node that has just come on the list of nodes, or again: throws when a later version has taken away, since
 * {@link migrate} looked, what a program needs that knows migrations up to `schemaNumber`.
 */
export async function refuseContracted(pool: Pick<pg.Pool, 'query'>, schemaNumber: number): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT name FROM schema_migration record
     WHERE (to_jsonb(record) ->> 'needs')::integer > $1 ORDER BY number LIMIT 1`,
    [schemaNumber],
  );
  const [contract] = rows;
  if (contract === undefined) return;
  throw new Error(
    `A later version has run migration ${contract.name}, which takes away what this one needs. Run that version.`,
  );
}

async function firstRefused(
  client: pg.ClientBase,
  contracts: readonly Migration[],
  deadAfterMs: number,
): Promise<OlderNodes | undefined> {
  if (contracts.length === 0 || !(await hasNodes(client))) return undefined;
  const { rows } = await client.query<{ name: string; schema_number: number }>(
    `SELECT name, schema_number FROM node
     WHERE seen_at > clock_timestamp() - make_interval(secs => $1::float8 / 1000) ORDER BY name`,
    [deadAfterMs],
  );
  for (const { name, needs = 0 } of contracts) {
    const older = rows.filter(({ schema_number }) => schema_number < needs);
    if (older.length > 0)
      return new OlderNodes(
        refusal(
          name,
          needs,
          older.map((node) => node.name),
        ),
      );
  }
  return undefined;
}

function refusal(name: string, needs: number, nodes: readonly string[]): string {
  const number = String(needs).padStart(3, '0');
  return (
    `Migration ${name} takes away what programs need that do not know migration ${number}, ` +
    `and such run: ${nodes.join(', ')}. Update these nodes to a version that knows it, or end them. Nothing was changed.`
  );
}

/** The list of nodes came with migration 002. */
async function hasNodes(client: pg.ClientBase): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT FROM pg_class WHERE oid = to_regclass('node')`);
  return rowCount === 1;
}
