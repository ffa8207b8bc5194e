import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { createOwnership, type StoredTwin } from '../../packages/csms/src/core/station/ownership.ts';
import { createTransactionStore } from '../../packages/csms/src/core/transaction/store.ts';
import { typeParsers } from '../../packages/csms/src/store/postgres/type-parsers.ts';
import { eventually } from '../support/eventually.ts';
import { plainTwin } from '../support/plain-twin.ts';
import type { Cluster } from './cluster.ts';
import type { Problems } from './problems.ts';
import type { ModelStation } from './station.ts';

/** A node that missed the hint looks for itself every half second; jobs may still be at it. */
const settledWithinMs = 5_000;

/** One node holds each station, and its twin is what a new connection would load. */
export async function checkTwins(
  cluster: Cluster,
  stations: readonly ModelStation[],
  problems: Problems,
): Promise<void> {
  const ids = stations.map(({ id }) => id);
  let differences: readonly string[] = [];
  await eventually(
    async () => {
      differences = await compare(cluster, ids);
      return differences.length === 0;
    },
    'twins to equal the database',
    settledWithinMs,
  ).catch(() => {
    for (const difference of differences) problems.say(difference);
  });
}

async function compare(cluster: Cluster, ids: readonly string[]): Promise<readonly string[]> {
  const held = await Promise.all(cluster.slots.map(async ({ node }) => (node ? await node.twins() : [])));
  const stored = await loadAll(cluster, ids);
  return ids.flatMap((id) => {
    const twins = held.flat().filter((twin) => twin.id === id);
    const [twin] = twins;
    if (!twin || twins.length > 1) return [`${id} is held by ${twins.length} nodes`];
    const fresh = stored.get(id);
    if (!fresh) return [`${id} is not in the database`];
    const [inMemory, inDatabase] = [plainTwin(twin), plainTwin({ ...fresh, epoch: fresh.epoch - 1 })];
    return Object.keys(inDatabase)
      .filter((name) => !isDeepStrictEqual(inMemory[name], inDatabase[name]))
      .map(
        (name) =>
          `${id} ${name}: the twin has ${JSON.stringify(inMemory[name])}, the database ${JSON.stringify(inDatabase[name])}`,
      );
  });
}

/** As for new connections, and taken back: nobody loses a station by it. */
async function loadAll(cluster: Cluster, ids: readonly string[]): Promise<Map<string, StoredTwin>> {
  const options = '-c TimeZone=UTC -c DateStyle=ISO';
  const pool = new pg.Pool({ ...cluster.database.config, max: 1, types: typeParsers, options });
  try {
    await pool.query('begin');
    const take = createOwnership({
      pool,
      node: 'the test',
      transactions: createTransactionStore(pool),
      now: () => new Date(),
    });
    const taken = await Promise.all(ids.map((id) => take(id)));
    await pool.query('rollback');
    return new Map(taken.flatMap((one) => (one ? [[one.twin.id, one.twin] as const] : [])));
  } finally {
    await pool.end();
  }
}
