import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { withoutNats } from '../../packages/csms/src/testing/nats.ts';
import { playSeeds } from './runs.ts';

/** BUSBAR_TEST_KILLS=full, as in CI: as many as it takes to trust it; otherwise what fits into every run of the tests. */
const runs = process.env.BUSBAR_TEST_KILLS === 'full' ? 200 : 20;
/** A run waits more than it computes: so many clusters keep two processors busy. */
const lanes = 3;
/** Some minutes on two processors; a machine that is busy with other things takes longer. */
const timeoutMs = 900_000;

test(`whatever happens to a cluster, nothing is lost or done twice, and one node at a time owns a station: ${runs} random runs and one more`, {
  skip: withoutNats,
  timeout: timeoutMs,
}, async (t) => {
  const another = randomInt(1_000_000, 2 ** 31);
  t.diagnostic(`the seeds are 1 to ${runs}, and ${another}`);
  const { messages } = await playSeeds(seeds(another), { lanes });
  t.diagnostic(`${messages} messages`);
});

function* seeds(another: number): Generator<number> {
  yield another;
  for (let seed = 1; seed <= runs; seed++) yield seed;
}
