import { parseArgs } from 'node:util';
import { playSeeds, RunFailed, type Tally } from './runs.ts';

/** `npm run test:cluster -- --runs 5000 --seed 1`: thousands of runs, by the seeds from the first one on. */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    /** Clusters at the same time. */
    lanes: { type: 'string', default: '4' },
    /** Goes on after a run that failed. */
    'keep-going': { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const first = Number(values.seed);
const lanes = Math.min(Number(values.lanes), runs);
const began = performance.now();

function* seeds(): Generator<number> {
  for (let seed = first; seed < first + runs; seed++) yield seed;
}

function onRun({ runs: done, messages }: Tally): void {
  if (done % 10 !== 0 && done !== runs) return;
  const seconds = (performance.now() - began) / 1_000;
  console.log(`${done} of ${runs} runs are well after ${seconds.toFixed(0)} s; ${messages} messages`);
}

function onFailure(report: string): void {
  console.error(`${report}\n`);
  process.exitCode = 1;
}

try {
  await playSeeds(seeds(), { lanes, onRun, ...(values['keep-going'] && { onFailure }) });
} catch (error) {
  console.error(error instanceof RunFailed ? error.message : error);
  process.exitCode = 1;
}
