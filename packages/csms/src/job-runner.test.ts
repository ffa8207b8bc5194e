import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Type } from 'typebox';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Command, defineCommand } from './command.ts';
import type { CommandTarget } from './command-runner.ts';
import type { CommandOrder } from './commands.ts';
import { writeJob } from './core/job.ts';
import type { OperationView } from './core/operation/view.ts';
import { createJobRunner } from './job-runner.ts';
import type { JobHandler, JobOutcome } from './jobs.ts';
import { createLog } from './log.ts';
import { Problem } from './problem.ts';
import { createBatchRunner } from './store/batch.ts';
import { type Committer, createCommitter, DatabaseAway, EntryRefused } from './store/committer.ts';
import { type TestDatabase, withDatabase } from './testing/database.ts';
import { makeStation, noon, writeAll } from './testing/station.ts';

const texts = { summary: 'For tests', description: 'For tests.', permission: 'stations:operate' } as const;
const change: Command = defineCommand({
  ...texts,
  name: 'change',
  input: Type.Object({}),
  whenLost: { kind: 'cannot-be-known' },
  dialects: [],
});
const question: Command = defineCommand({
  ...texts,
  name: 'question',
  input: Type.Object({}),
  whenLost: { kind: 'changes-nothing' },
  dialects: [],
});

interface Bench {
  readonly database: TestDatabase;
  /** What was given to stations, by whichever node; a key is given once. */
  readonly given: CommandOrder[];
  /** What comes of the next commands; each is `Accepted` when none is left. */
  readonly outcomes: (Pick<OperationView, 'state' | 'problem'> | Error)[];
  /** Our clock. */
  readonly clock: { ms: number };
  /** What a handler waits for whose node has died: it never goes on. */
  readonly died: Promise<JobOutcome>;
  /** Puts what was given under a key into this state. */
  settle(place: number, state: OperationView['state']): void;
  /** A connection of the station, which takes it from the one before. */
  connect(stationId?: string, accepted?: boolean): Promise<CommandTarget>;
  node(
    handlers: readonly JobHandler[],
    commit?: (real: Committer) => Committer['commit'],
  ): ReturnType<typeof createJobRunner>;
  write(count?: number, stationId?: string): Promise<void>;
  jobs(): Promise<
    { state: string; attempts: number; round: number; problem: string | null; input: object }[]
  >;
}

function withBench(use: (bench: Bench) => Promise<void>): Promise<void> {
  return withDatabase(async (database) => {
    const committer = createCommitter({
      runner: createBatchRunner({ connect: () => database.connectPipelined('jobs'), probeTimeoutMs: 500 }),
      now: () => new Date(),
    });
    const runners: ReturnType<typeof createJobRunner>[] = [];
    const operations: { key: string | undefined; operation: OperationView }[] = [];
    const given: CommandOrder[] = [];
    const outcomes: Bench['outcomes'] = [];
    const clock = { ms: noon.getTime() };
    const now = () => new Date(clock.ms);
    let epoch = 0;
    const dead = Promise.withResolvers<JobOutcome>();
    const bench: Bench = {
      died: dead.promise,
      database,
      given,
      outcomes,
      clock,
      settle(place, state) {
        const entry = operations[place];
        assert.ok(entry);
        operations[place] = { ...entry, operation: { ...entry.operation, state } };
      },
      async connect(stationId = 'CS1', accepted = true) {
        epoch += 1;
        await database.sql.query(
          `insert into station_owner (station_id, epoch, node) values ($1, $2, 'n')
           on conflict (station_id) do update set epoch = excluded.epoch`,
          [stationId, epoch],
        );
        const registration = accepted ? 'Accepted' : 'Pending';
        const station = makeStation('2.1', { id: stationId, epoch, registration });
        // Jobs reach the station by what `give` is, here a list.
        return { station, peer: undefined as never, overdue: new Map() };
      },
      node(handlers, commit = (real) => real.commit) {
        const runner = createJobRunner({
          handlers,
          commands: [change, question],
          pool: database.sql,
          committer: { ...committer, commit: commit(committer) },
          now,
          log: createLog({ level: 'silent' }),
          async give(order) {
            const known = operations.find(({ key }) => key !== undefined && key === order.idempotencyKey);
            if (known) return known.operation;
            const outcome = outcomes.shift() ?? { state: 'Accepted' };
            if (outcome instanceof Error) throw outcome;
            given.push(order);
            const { stationId, command, input, givenBy } = order;
            const createdAt = now().toISOString();
            const operation = { id: randomUUID(), stationId, command, input, givenBy, createdAt, ...outcome };
            operations.push({ key: order.idempotencyKey, operation });
            return operation;
          },
        });
        runners.push(runner);
        return runner;
      },
      async write(count = 1, stationId = 'CS1') {
        const subjects = Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));
        const job = { stationId, kind: 'work', input: {}, now: noon };
        await writeAll(
          database.sql,
          subjects.map((subject) => writeJob({ ...job, subject })),
        );
      },
      async jobs() {
        const { rows } = await database.sql.query('select * from job order by station_id, subject');
        return rows;
      },
    };
    try {
      await use(bench);
    } finally {
      // So that a test that fails ends too.
      dead.resolve({ done: true });
      await Promise.all(runners.map((runner) => runner.close()));
      await committer.close();
    }
  });
}

function work(run: JobHandler['run']): JobHandler[] {
  return [{ kind: 'work', run }];
}

const order = (command: Command) => ({ stationId: 'CS1', command: command.name, input: {} });

async function inState({ jobs }: Bench, state: string, count = 1): Promise<void> {
  await eventually(
    async () => (await jobs()).filter((job) => job.state === state).length === count,
    `${count} jobs to be ${state}`,
  );
}

async function putOff({ jobs }: Bench, problem: RegExp): Promise<void> {
  await eventually(async () => {
    const [job] = await jobs();
    return job?.state === 'Open' && problem.test(job.problem ?? '');
  }, `the job to be put off: ${problem}`);
}

test('a job whose node dies in the middle gives its command once, and goes by what came of it', () =>
  withBench(async (bench) => {
    await bench.write();
    bench.outcomes.push({ state: 'Sent' });
    const first = bench.node(
      work(async (_job, { give }) => {
        await give(order(change)).catch(() => {});
        return bench.died;
      }),
    );
    first.wake(await bench.connect());
    await eventually(() => bench.given.length === 1, 'the command');

    const seen: string[] = [];
    const second = bench.node(
      work(async (_job, { give }) => {
        const { state } = await give(order(change));
        seen.push(state);
        return { done: true };
      }),
    );
    const target = await bench.connect();
    second.wake(target);
    // What came of it is not known yet: the job waits, and this is no attempt that failed.
    await inState(bench, 'Open');
    const [waiting] = await bench.jobs();
    assert.deepEqual([waiting?.attempts, waiting?.round], [1, 0]);
    bench.settle(0, 'Rejected');
    bench.clock.ms += 10_000;
    second.wake(target);
    await inState(bench, 'Done');
    assert.deepEqual(seen, ['Rejected']);
    assert.equal(bench.given.length, 1, 'the command was given once');
  }));

test('a question that was lost with its node is asked again; one that was answered is not', () =>
  withBench(async (bench) => {
    for (const [state, asked] of [
      ['Sent', 2],
      ['Failed', 2],
      ['Accepted', 1],
    ] as const) {
      bench.given.length = 0;
      await bench.database.sql.query('delete from job');
      await bench.write();
      bench.outcomes.push({ state });
      const ask = work(async (_job, { give }) => {
        await give(order(question));
        return bench.given.length === 1 && state !== 'Accepted' ? bench.died : { done: true };
      });
      const first = bench.node(
        work(async (_job, { give }) => {
          await give(order(question));
          return bench.died;
        }),
      );
      first.wake(await bench.connect());
      await eventually(() => bench.given.length === 1, 'the question');
      bench.clock.ms += 1_000;
      bench.node(ask).wake(await bench.connect());
      await inState(bench, 'Done');
      assert.equal(bench.given.length, asked, state);
    }
  }));

test('a handler that wants to go on later begins anew; one that failed goes on with what it gave', () =>
  withBench(async (bench) => {
    await bench.write();
    let runs = 0;
    const runner = bench.node(
      work(async (_job, { give }) => {
        await give(order(change));
        runs += 1;
        if (runs === 1) throw new Error('it broke');
        return runs === 2 ? { done: false, problem: 'not now', againInSeconds: 1 } : { done: true };
      }),
    );
    const target = await bench.connect();
    runner.wake(target);
    await putOff(bench, /it broke/);
    assert.equal(bench.given.length, 1);
    bench.clock.ms += 60_000;
    runner.wake(target);
    await putOff(bench, /not now/);
    assert.equal(bench.given.length, 1);
    bench.clock.ms += 60_000;
    runner.wake(target);
    await inState(bench, 'Done');
    assert.equal(bench.given.length, 2);
  }));

test('waiting is no attempt, and goes on with what was remembered; failing ends in giving up', () =>
  withBench(async (bench) => {
    await bench.write();
    const inputs: object[] = [];
    let outcome: JobOutcome = { done: false, problem: 'wait', againInSeconds: 0, waits: { input: { n: 1 } } };
    const runner = bench.node(
      work(async ({ input }) => {
        inputs.push(input);
        return outcome;
      }),
    );
    const target = await bench.connect();
    for (let n = 1; n <= 12; n++) {
      runner.wake(target);
      await eventually(async () => inputs.length === n && (await bench.jobs())[0]?.round === n, `run ${n}`);
    }
    assert.deepEqual([inputs[0], inputs[1], (await bench.jobs())[0]?.attempts], [{}, { n: 1 }, 0]);
    outcome = { done: false, problem: 'no', againInSeconds: 0 };
    for (let n = 13; n <= 22; n++) {
      runner.wake(target);
      await eventually(async () => inputs.length === n && (await bench.jobs())[0]?.round === n, `run ${n}`);
    }
    assert.equal((await bench.jobs())[0]?.state, 'GivenUp');
  }));

test('a job whose end could not be recorded is found again over the same connection', () =>
  withBench(async (bench) => {
    await bench.write();
    let runs = 0;
    let lost = 1;
    const runner = bench.node(
      work(async (_job, { give }) => {
        await give(order(change));
        runs += 1;
        return { done: true };
      }),
      (real) => (entry) => (lost-- > 0 ? Promise.reject(new DatabaseAway('it blinked')) : real.commit(entry)),
    );
    const target = await bench.connect();
    runner.wake(target);
    await eventually(() => runs === 1 && lost === 0, 'the first run');
    assert.equal((await bench.jobs())[0]?.state, 'Leased');
    // Nobody wakes it: it is looked for.
    await eventually(async () => (await bench.jobs())[0]?.state === 'Done', 'the job to be found', 10_000);
    assert.deepEqual([runs, bench.given.length], [2, 1]);
  }));

test('what a job came to and the database refuses is an attempt that failed', () =>
  withBench(async (bench) => {
    await bench.write();
    let refused = 1;
    const runner = bench.node(
      work(async () => ({ done: true })),
      (real) => (entry) => (refused-- > 0 ? Promise.reject(new EntryRefused('bad')) : real.commit(entry)),
    );
    runner.wake(await bench.connect());
    await putOff(bench, /could not be written: bad/);
  }));

test('a command that may have left is not given under another key', () =>
  withBench(async (bench) => {
    await bench.write();
    bench.outcomes.push(new Problem('operation-timeout', 'late'));
    const runner = bench.node(
      work(async (_job, { give }) => {
        await give(order(change));
        return { done: true };
      }),
    );
    const target = await bench.connect();
    runner.wake(target);
    await putOff(bench, /late/);
    assert.equal((await bench.jobs())[0]?.round, 0);
    bench.clock.ms += 60_000;
    runner.wake(target);
    await inState(bench, 'Done');
    const { rows } = await bench.database.sql.query('select id from job');
    assert.deepEqual(
      bench.given.map(({ idempotencyKey }) => idempotencyKey),
      rows.map(({ id }) => `${id}/0/0`),
    );
  }));

test('jobs of a station that is not accepted wait until it is', () =>
  withBench(async (bench) => {
    await bench.write();
    const runner = bench.node(work(async () => ({ done: true })));
    const target = await bench.connect('CS1', false);
    runner.wake(target);
    const other = await bench.connect('CS2');
    await bench.write(1, 'CS2');
    runner.wake(other);
    await inState(bench, 'Done');
    assert.deepEqual(
      (await bench.jobs()).map(({ state }) => state),
      ['Open', 'Done'],
    );
    target.station.registration = 'Accepted';
    await eventually(async () => (await bench.jobs()).every(({ state }) => state === 'Done'), 'both', 10_000);
  }));

test('a station with many jobs does not keep the others waiting, and has them all done', () =>
  withBench(async (bench) => {
    await bench.write(30, 'CS1');
    await bench.write(2, 'CS2');
    const begun: string[] = [];
    const hold = Promise.withResolvers<void>();
    const runner = bench.node(
      work(async ({ stationId }) => {
        begun.push(stationId);
        if (stationId === 'CS1') await Promise.race([hold.promise, bench.died]);
        return { done: true };
      }),
    );
    for (const id of ['CS1', 'CS2']) runner.wake(await bench.connect(id));
    await inState(bench, 'Done', 2);
    assert.deepEqual(begun.filter((id) => id === 'CS2').length, 2);
    hold.resolve();
    await inState(bench, 'Done', 32);
  }));

test('a connection that has lost its station gets no jobs', () =>
  withBench(async (bench) => {
    await bench.write();
    const begun: number[] = [];
    const handlers = work(async (_job, { station }) => {
      begun.push(station.epoch);
      return { done: true };
    });
    const former = await bench.connect();
    const present = await bench.connect();
    bench.node(handlers).wake(former);
    // It is done with looking when it has closed.
    const other = bench.node(handlers);
    other.wake(former);
    await other.close();
    assert.deepEqual(begun, []);
    bench.node(handlers).wake(present);
    await inState(bench, 'Done');
    assert.deepEqual(begun, [present.station.epoch]);
  }));
