import { parseArgs } from 'node:util';
import { playSeeds, RunFailed } from './runs.ts';

/** `npm run test:cluster -- --runs 5000 --seed 1 --lanes 2`: thousands of runs, by seeds from the first one on. */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    /** Clusters at the same time. */
    lanes: { type: 'string', default: '1' },
  },
});
const [runs, first, lanes] = [values.runs, values.seed, values.lanes].map(Number) as [number, number, number];
const began = performance.now();
let done = 0;
let next = first;

function* seeds(): Generator<number> {
  while (next < first + runs) yield next++;
}

try {
  await Promise.all(
    Array.from({ length: Math.min(lanes, runs) }, () =>
      playSeeds(seeds(), () => {
        done += 1;
        const seconds = (performance.now() - began) / 1_000;
        if (done % 10 === 0 || done === runs) {
          console.log(
            `${done} of ${runs} runs in ${seconds.toFixed(0)} s, ${(seconds / done).toFixed(2)} s each`,
          );
        }
      }),
    ),
  );
  process.exit(0);
} catch (error) {
  console.error(error instanceof RunFailed ? error.message : error);
  process.exit(1);
}
