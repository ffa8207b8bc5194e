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

export interface PlayOptions {
  /** Clusters at the same time. */
  readonly lanes: number;
  readonly onRun?: (tally: Tally) => void;
  /** Takes the report of a run that failed; the others go on. Without it the first failure ends everything. */
  readonly onFailure?: (report: string) => void;
}

/**
 * Plays the plans of these seeds. A cluster is healed after each run and used for the next, until one fails.
 *
 * @throws RunFailed
 */
export async function playSeeds(
  seeds: Iterator<number>,
  { lanes, onRun, onFailure }: PlayOptions,
): Promise<Tally> {
  const tally: Tally = { runs: 0, messages: 0 };
  let isOver = false;
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return tally;

  async function lane(): Promise<void> {
    while (!isOver) {
      try {
        await withCluster(playOn);
        return;
      } catch (error) {
        if (!(error instanceof RunFailed) || !onFailure) {
          isOver = true;
          throw error;
        }
        onFailure(error.message);
      }
    }
  }

  async function playOn(cluster: Cluster, followers: readonly Follower[]): Promise<void> {
    for (let next = seeds.next(); !next.done && !isOver; next = seeds.next()) {
      const plan = makePlan(next.value, clusterSize);
      const outcome = await play(cluster, followers, plan, `R${next.value}`);
      if (outcome.problems.length > 0) throw new RunFailed(report(plan, outcome));
      tally.runs += 1;
      tally.messages += outcome.messages;
      onRun?.(tally);
    }
  }
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
