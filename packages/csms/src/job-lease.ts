import type { Pool } from 'pg';
import type { StationTwin } from './core/twin.ts';
import type { Job } from './jobs.ts';
import { defineWrite } from './store/write.ts';

/** A job that this node does, under the epoch of its connection. */
export interface LeasedJob extends Job {
  /** How often its handler has ended with "not yet". Beginnings after a crash belong to the same round. */
  readonly round: number;
  /** When it was begun this time. */
  readonly begunAt: string;
}

type Holder = Pick<StationTwin, 'id' | 'epoch'>;

/**
 * Leases the jobs that are due, a few for each of the stations, by one statement. None of the stations may have jobs under
 * way: a job that is leased by the present connection has then lost its worker (its end could not be recorded), as has
 * one of an earlier connection. Nothing is leased for a connection that has lost its station.
 */
export async function leaseJobs(
  pool: Pool,
  stations: readonly Holder[],
  { perStation, now }: { readonly perStation: number; readonly now: Date },
): Promise<Map<string, LeasedJob[]>> {
  if (stations.length === 0) return new Map();
  const begunAt = now.toISOString();
  const { rows } = await pool.query(
    `with holder as (
       select owner.station_id, owner.epoch
       from unnest($1::text[], $2::bigint[]) as held(station_id, epoch)
       join station_owner owner on owner.station_id = held.station_id and owner.epoch = held.epoch
       order by owner.station_id for key share of owner
     ),
     due as (
       select job.id, holder.epoch from holder cross join lateral (
         select id from job
         where job.station_id = holder.station_id and ${isDue('$3')} and job.state in ('Open', 'Leased')
           and (job.state = 'Open' or job.epoch <= holder.epoch)
         order by created_at limit $4 for update skip locked) job
     )
     update job set state = 'Leased', attempts = attempts + 1, epoch = due.epoch
     from due where job.id = due.id
     returning job.*`,
    [stations.map(({ id }) => id), stations.map(({ epoch }) => epoch), begunAt, perStation],
  );
  const jobs = rows.map(
    (row): LeasedJob => ({
      id: row.id,
      stationId: row.station_id,
      kind: row.kind,
      subject: row.subject,
      input: row.input,
      attempts: row.attempts,
      round: row.round,
      begunAt,
    }),
  );
  return Map.groupBy(jobs, ({ stationId }) => stationId);
}

/** Those of the stations that have jobs to be begun; open jobs of other stations are not looked at. */
export async function findStationsWithJobs(
  pool: Pool,
  stations: readonly Holder[],
  now: Date,
): Promise<string[]> {
  const { rows } = await pool.query<{ station_id: string }>(
    // With its limit each station is looked up in the index: the jobs of all who are absent would be many more.
    `select held.station_id from unnest($1::text[], $2::bigint[]) as held(station_id, epoch)
     cross join lateral (
       select from job where job.station_id = held.station_id and ${isDue('$3')} and job.state in ('Open', 'Leased')
         and (job.state = 'Open' or job.epoch <= held.epoch) limit 1) due`,
    [stations.map(({ id }) => id), stations.map(({ epoch }) => epoch), now.toISOString()],
  );
  return rows.map(({ station_id }) => station_id);
}

function isDue(now: string): string {
  return `job.run_after <= ${now}::timestamptz`;
}

/** What became of a job that was leased. */
export const settleJob = defineWrite<{
  id: string;
  state: 'Open' | 'Done' | 'GivenUp';
  problem: string | undefined;
  run_after: string;
  round: number;
  attempts: number;
  input: object;
}>({
  name: 'job_settlement',
  columns: {
    id: 'uuid',
    state: 'text',
    problem: 'text',
    run_after: 'timestamptz',
    round: 'integer',
    attempts: 'integer',
    input: 'jsonb',
  },
  key: (row) => row.id,
  sql: (rows) => `update job set state = rows.state, problem = rows.problem, run_after = rows.run_after,
      round = rows.round, attempts = rows.attempts, input = rows.input
    from ${rows} where job.id = rows.id`,
});
