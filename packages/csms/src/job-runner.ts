import type { Pool } from 'pg';
import type { CommandTarget } from './command-runner.ts';
import type { GiveCommand } from './commands.ts';
import type { Job, JobHandler, JobOutcome } from './jobs.ts';
import type { Log } from './log.ts';
import { type Committer, DatabaseAway, FencedOut } from './store/committer.ts';
import { defineWrite } from './store/write.ts';

export interface JobRunner {
  /** Jobs may be waiting for this station. */
  wake(target: CommandTarget): void;
  /** The station is not held any more. */
  forget(target: CommandTarget): void;
  close(): Promise<void>;
}

export interface JobRunnerOptions {
  readonly handlers: readonly JobHandler[];
  readonly pool: Pool;
  readonly committer: Committer;
  readonly give: GiveCommand;
  readonly now: () => Date;
  readonly log: Log;
}

const jobLimits = {
  /** Jobs of one station at a time: they end in calls, of which a station takes one at a time. */
  leasedAtOnce: 5,
  /** After so many beginnings a job is given up and shown. */
  attempts: 10,
  /** Stations whose jobs are looked for in one statement. */
  stationsAtOnce: 200,
  /** How often jobs whose time has come are looked for. */
  pollMs: 5_000,
} as const;

/**
 * Does the jobs of the stations that this node holds, each after the commit that caused it. A job is leased under the
 * epoch of the connection, so that a node that lost the station cannot keep it; after a crash it is begun again.
 */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { pool, committer, now, log } = options;
  const handlers = new Map(options.handlers.map((handler) => [handler.kind, handler]));
  const woken = new Set<CommandTarget>();
  const busy = new Set<CommandTarget>();
  /** Woken while they were busy: looked at again afterwards. */
  const again = new Set<CommandTarget>();
  /** Every target that may have jobs, by its station. */
  const present = new Map<string, CommandTarget>();
  const poll = setInterval(() => void wakeDue(), jobLimits.pollMs);
  poll.unref();
  let looking = false;
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

  /** Jobs that were put off, by us or before a restart, and those that a lost statement left behind. */
  async function wakeDue(): Promise<void> {
    if (closed || present.size === 0) return;
    try {
      const { rows } = await pool.query(
        `select distinct station_id from job where state = 'Open' and run_after <= $1`,
        [now().toISOString()],
      );
      for (const { station_id: stationId } of rows) {
        const target = present.get(stationId);
        if (target) wake(target);
      }
    } catch (error) {
      log.warn({ err: error }, 'jobs that are due could not be looked for');
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
        const free = targets.filter((target) => !busy.has(target));
        const jobs = await lease(free);
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

  /** One statement for all stations; a job leased under an earlier epoch has lost its worker. */
  async function lease(targets: readonly CommandTarget[]): Promise<Map<string, Job[]>> {
    if (targets.length === 0) return new Map();
    const { rows } = await pool.query(
      `update job set state = 'Leased', attempts = attempts + 1, epoch = holder.epoch
       from unnest($1::text[], $2::bigint[]) as holder(station_id, epoch)
       where job.id in (
         select due.id from job due
         where due.station_id = any($1::text[]) and due.run_after <= $3
           and (due.state = 'Open' or due.state = 'Leased')
         order by due.created_at limit $4 for update skip locked)
         and job.station_id = holder.station_id
         and (job.state = 'Open' or job.epoch < holder.epoch)
       returning job.*`,
      [
        targets.map(({ station }) => station.id),
        targets.map(({ station }) => station.epoch),
        now().toISOString(),
        targets.length * jobLimits.leasedAtOnce,
      ],
    );
    const jobs = rows.map(
      (row): Job => ({
        id: row.id,
        stationId: row.station_id,
        kind: row.kind,
        subject: row.subject,
        input: row.input,
        attempts: row.attempts,
      }),
    );
    return Map.groupBy(jobs, ({ stationId }) => stationId);
  }

  async function work(target: CommandTarget, jobs: readonly Job[]): Promise<void> {
    busy.add(target);
    try {
      for (const job of jobs) await finish(target, job, await attempt(target, job));
    } catch (error) {
      // The station has connected anew, or the database is away: the job is begun again with its next connection.
      if (error instanceof FencedOut || error instanceof DatabaseAway) return;
      log.warn({ station: target.station.id, err: error }, 'a job could not be finished');
    } finally {
      busy.delete(target);
      if (again.delete(target)) wake(target);
      settleIdle();
    }
  }

  async function attempt(target: CommandTarget, job: Job): Promise<JobOutcome> {
    const handler = handlers.get(job.kind);
    if (!handler)
      return { done: false, problem: `nobody does jobs of the kind ${job.kind}`, againInSeconds: 3_600 };
    try {
      return await handler.run(job, { station: target.station, give: options.give, now: now() });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { done: false, problem, againInSeconds: 30 * job.attempts };
    }
  }

  async function finish(target: CommandTarget, job: Job, outcome: JobOutcome): Promise<void> {
    const retry = !outcome.done && job.attempts < jobLimits.attempts;
    const state = outcome.done ? 'Done' : retry ? 'Open' : 'GivenUp';
    const pauseMs = outcome.done ? 0 : outcome.againInSeconds * 1_000;
    await committer.commit({
      source: target.station.id,
      fence: { stationId: target.station.id, epoch: target.station.epoch },
      settle: () => ({
        answer: undefined,
        writes: [
          settleJob({
            id: job.id,
            state,
            problem: outcome.done ? undefined : outcome.problem,
            run_after: new Date(now().getTime() + pauseMs).toISOString(),
          }),
          ...(outcome.done ? (outcome.writes ?? []) : []),
        ],
        events: [],
      }),
    });
  }

  function settleIdle(): void {
    if (!looking && busy.size === 0) idle?.();
  }
}

const settleJob = defineWrite<{ id: string; state: string; problem: string | undefined; run_after: string }>({
  name: 'job_settlement',
  columns: { id: 'uuid', state: 'text', problem: 'text', run_after: 'timestamptz' },
  key: (row) => row.id,
  sql: (rows) => `update job set state = rows.state, problem = rows.problem, run_after = rows.run_after
    from ${rows} where job.id = rows.id`,
});
