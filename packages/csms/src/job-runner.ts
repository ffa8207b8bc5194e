import type { Pool } from 'pg';
import type { Command } from './command.ts';
import type { CommandTarget } from './command-runner.ts';
import type { GiveCommand } from './commands.ts';
import { bindGive, Unsettled } from './job-give.ts';
import { findStationsWithJobs, type LeasedJob, leaseJobs, settleJob } from './job-lease.ts';
import type { JobHandler, JobOutcome } from './jobs.ts';
import type { Log } from './log.ts';
import { type Committer, DatabaseAway, EntryRefused, FencedOut } from './store/committer.ts';

export interface JobRunner {
  /** The station is held; jobs may be waiting for it. They are done once it is accepted. */
  wake(target: CommandTarget): void;
  /** The station is not held any more. */
  forget(target: CommandTarget): void;
  close(): Promise<void>;
}

export interface JobRunnerOptions {
  readonly handlers: readonly JobHandler[];
  readonly commands: readonly Command[];
  readonly pool: Pool;
  readonly committer: Committer;
  readonly give: GiveCommand;
  readonly now: () => Date;
  readonly log: Log;
}

const jobLimits = {
  /** Jobs of one station at a time: they end in calls, of which a station takes one at a time. */
  leasedAtOnce: 5,
  /** After so many beginnings a job that fails is given up and shown. */
  attempts: 10,
  /** One whose end is never recorded, because its node or connection ends each time, is given up after so many. */
  beginnings: 50,
  /** Stations whose jobs are leased in one statement. */
  stationsAtOnce: 200,
  /** How often jobs whose time has come are looked for; of the stations that are held here, and no others. */
  pollMs: 5_000,
  /** A job that waits for what it gave looks again after this time. */
  unsettledSeconds: 5,
} as const;

/** What has become of a job, and whether the next beginning is a new one or goes on with this one. */
interface Ending {
  readonly outcome: JobOutcome;
  readonly round: 'over' | 'goes on';
}

/**
 * Does the jobs of the stations that this node holds, each after the commit that caused it. A job is leased under the
 * epoch of the connection, so that a node that lost the station cannot keep it; after a crash it is begun again, and
 * finds what it gave before.
 */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { pool, committer, now, log } = options;
  const handlers = new Map(options.handlers.map((handler) => [handler.kind, handler]));
  const asking = new Set(
    options.commands.filter(({ whenLost }) => whenLost.kind === 'changes-nothing').map(({ name }) => name),
  );
  const woken = new Set<CommandTarget>();
  const busy = new Set<CommandTarget>();
  /** Woken while they were busy: looked at again afterwards. */
  const again = new Set<CommandTarget>();
  /** Every target that may have jobs, by its station. */
  const present = new Map<string, CommandTarget>();
  const poll = setInterval(() => void wakeDue(), jobLimits.pollMs);
  poll.unref();
  let looking = false;
  let polling = false;
  let closed = false;
  let idle: (() => void) | undefined;

  return {
    wake,
    forget(target) {
      woken.delete(target);
      again.delete(target);
      if (present.get(target.station.id) === target) present.delete(target.station.id);
    },
    async close() {
      closed = true;
      clearInterval(poll);
      if (looking || busy.size > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };

  function wake(target: CommandTarget): void {
    if (closed) return;
    present.set(target.station.id, target);
    woken.add(target);
    if (looking) return;
    looking = true;
    // After the answer that is on its way has left.
    setTimeout(() => void look(), 0);
  }

  /** Jobs that were put off, written by somebody else, or left behind by a lost statement. */
  async function wakeDue(): Promise<void> {
    const free = [...present.values()].filter((target) => mayWork(target) && !busy.has(target));
    if (closed || polling || committer.away || free.length === 0) return;
    polling = true;
    try {
      const holders = free.map(({ station }) => station);
      for (const stationId of await findStationsWithJobs(pool, holders, now())) {
        const target = present.get(stationId);
        if (target) wake(target);
      }
    } catch (error) {
      log.warn({ err: error }, 'jobs that are due could not be looked for');
    } finally {
      polling = false;
    }
  }

  async function look(): Promise<void> {
    try {
      while (woken.size > 0 && !closed) {
        const targets = [...woken].slice(0, jobLimits.stationsAtOnce);
        for (const target of targets) {
          woken.delete(target);
          if (busy.has(target)) again.add(target);
        }
        const free = targets.filter((target) => mayWork(target) && !busy.has(target));
        const jobs = await leaseJobs(
          pool,
          free.map(({ station }) => station),
          { perStation: jobLimits.leasedAtOnce, now: now() },
        );
        for (const target of free) {
          const own = jobs.get(target.station.id);
          if (own) void work(target, own);
        }
      }
    } catch (error) {
      log.warn({ err: error }, 'jobs could not be looked for');
    } finally {
      looking = false;
      settleIdle();
    }
  }

  async function work(target: CommandTarget, jobs: readonly LeasedJob[]): Promise<void> {
    busy.add(target);
    if (jobs.length === jobLimits.leasedAtOnce) again.add(target);
    try {
      for (const job of jobs) await finish(target, job, await attempt(target, job));
    } catch (error) {
      // The station has connected anew, or the database is away: it is found again, here or where the station is.
      if (error instanceof FencedOut || error instanceof DatabaseAway) return;
      log.warn({ station: target.station.id, err: error }, 'a job could not be finished');
    } finally {
      busy.delete(target);
      if (again.delete(target)) wake(target);
      settleIdle();
    }
  }

  async function attempt(target: CommandTarget, job: LeasedJob): Promise<Ending> {
    const handler = handlers.get(job.kind);
    if (!handler) {
      const problem = `nobody does jobs of the kind ${job.kind}`;
      return { outcome: { done: false, problem, againInSeconds: 3_600 }, round: 'over' };
    }
    if (job.attempts > jobLimits.beginnings) {
      const problem = `it was begun ${jobLimits.beginnings} times and never came to an end`;
      return { outcome: { done: false, problem, againInSeconds: 0 }, round: 'over' };
    }
    const give = bindGive(job, { give: options.give, onlyAsks: (command) => asking.has(command) });
    try {
      const outcome = await handler.run(job, { station: target.station, give, now: now() });
      return { outcome, round: 'over' };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (error instanceof Unsettled) {
        const againInSeconds = jobLimits.unsettledSeconds;
        return {
          outcome: { done: false, problem, againInSeconds, waits: { input: job.input } },
          round: 'goes on',
        };
      }
      // What it gave before that stays given.
      return { outcome: { done: false, problem, againInSeconds: 30 * job.attempts }, round: 'goes on' };
    }
  }

  async function finish(target: CommandTarget, job: LeasedJob, ending: Ending): Promise<void> {
    try {
      await record(target, job, ending);
    } catch (error) {
      if (!(error instanceof EntryRefused) || !ending.outcome.done) throw error;
      const problem = `what it came to could not be written: ${error.message}`;
      const outcome = { done: false, problem, againInSeconds: 30 * job.attempts } as const;
      await record(target, job, { outcome, round: 'goes on' });
    }
  }

  async function record(target: CommandTarget, job: LeasedJob, { outcome, round }: Ending): Promise<void> {
    const { station } = target;
    const waits = outcome.done ? undefined : outcome.waits;
    const isOver = !outcome.done && !waits && job.attempts >= jobLimits.attempts;
    const pauseMs = outcome.done ? 0 : outcome.againInSeconds * 1_000;
    const end = settleJob({
      id: job.id,
      state: outcome.done ? 'Done' : isOver ? 'GivenUp' : 'Open',
      problem: outcome.done ? undefined : outcome.problem,
      run_after: new Date(now().getTime() + pauseMs).toISOString(),
      round: round === 'over' ? job.round + 1 : job.round,
      attempts: waits ? job.attempts - 1 : job.attempts,
      input: waits?.input ?? job.input,
    });
    const change = outcome.done ? outcome.change : undefined;
    const committed = await committer.commit({
      source: station.id,
      fence: { stationId: station.id, epoch: station.epoch },
      ...(change && { claims: change.claims }),
      settle(found) {
        const changed = change?.settle(found);
        const writes = [end, ...((outcome.done && outcome.writes) || []), ...(changed?.writes ?? [])];
        const { apply } = changed ?? {};
        return { answer: undefined, writes, events: changed?.events ?? [], ...(apply && { apply }) };
      },
    });
    committed.apply?.();
  }

  function settleIdle(): void {
    if (!looking && busy.size === 0) idle?.();
  }
}

function mayWork({ station }: CommandTarget): boolean {
  return station.registration === 'Accepted';
}
