import { type Cluster, startCluster } from './cluster.ts';
import { type Follower, follow } from './follower.ts';
import { describe, makePlan, type Plan } from './plan.ts';
import { type Outcome, play } from './run.ts';

export interface Tally {
  runs: number;
  messages: number;
}

/** Nodes in a cluster: one may be troubled while another takes over and a third looks on. */
const clusterSize = 3;

/** A run showed something to be wrong. The message has all that there is to know of it. */
export class RunFailed extends Error {}

/**
 * Plays the plans of these seeds one after the other on one cluster, which is healed after each.
 *
 * @throws RunFailed for the first at which something is wrong
 */
export async function playSeeds(
  seeds: Iterable<number>,
  onRun: (tally: Tally) => void = () => {},
): Promise<Tally> {
  const tally: Tally = { runs: 0, messages: 0 };
  await withCluster(async (cluster, followers) => {
    for (const seed of seeds) {
      const plan = makePlan(seed, clusterSize);
      const outcome = await play(cluster, followers, plan, `R${seed}`);
      if (outcome.problems.length > 0) throw new RunFailed(report(plan, outcome));
      tally.runs += 1;
      tally.messages += outcome.messages;
      onRun(tally);
    }
  });
  return tally;
}

async function withCluster(
  work: (cluster: Cluster, followers: readonly Follower[]) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster(clusterSize);
  const followers = cluster.slots.map(({ index }) => follow((slot) => cluster.api(slot), index, clusterSize));
  try {
    await work(cluster, followers);
  } finally {
    await Promise.all(followers.map((follower) => follower.close()));
    await cluster.close();
  }
}

function report({ seed, steps }: Plan, { problems, story, logs }: Outcome): string {
  return [
    `The run of seed ${seed} has shown:`,
    ...problems.map((problem) => `  - ${problem}`),
    'The plan:',
    ...steps.map((step) => `  ${describe(step)}`),
    'What happened:',
    ...story.map((line) => `  ${line}`),
    'What the nodes logged:',
    ...logs.map((line) => `  ${line}`),
    `Repeat it with: npm run test:cluster -- --seed ${seed}`,
  ].join('\n');
}
