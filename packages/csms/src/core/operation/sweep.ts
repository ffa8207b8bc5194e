import type { Pool } from 'pg';
import type { Command } from '../../command.ts';
import type { Committer } from '../../store/committer.ts';
import { writeJob } from '../job.ts';
import { settleOperationJob } from './lost.ts';
import { type OperationProblemCode, operationProblem } from './problems.ts';
import { settleOperation } from './settle.ts';
import { detailOf } from './settle-operation.ts';
import { operationView } from './view.ts';

export const sweepLimits = {
  /** A call's answer comes within minutes; whoever sent an operation longer ago does not wait any more. */
  lostAfterMinutes: 10,
  /** A station that was away for a long weekend may still tell; after that nobody waits. */
  givenUpAfterDays: 7,
  /** Operations in one statement and one commit. */
  atOnce: 500,
} as const;

export interface SweepOptions {
  readonly pool: Pool;
  readonly committer: Pick<Committer, 'commit'>;
  readonly commands: readonly Command[];
  readonly now: () => Date;
}

/**
 * Makes up for whatever was missed, so that every operation ends: operations that nobody waits for become Unknown,
 * those of which nothing more can be learned are settled without their station, and each that is Unknown has its job.
 * To be called now and then, by any node, by several at once.
 */
export async function sweepLostOperations(options: SweepOptions): Promise<void> {
  await sweepSent(options);
  const asking = options.commands.filter(({ whenLost }) => whenLost.kind === 'changes-nothing');
  await sweepUnknown(options, {
    where: 'command = any($1::text[])',
    parameters: [asking.map(({ name }) => name)],
    code: 'NotAnswered',
    why: 'it only asks: nothing has changed, ask again',
  });
  await sweepUnknown(options, {
    where: 'created_at < $1',
    parameters: [minutesAgo(options, sweepLimits.givenUpAfterDays * 24 * 60)],
    code: 'NotConfirmed',
    why: `the station could not be asked in ${sweepLimits.givenUpAfterDays} days`,
  });
  await writeMissingJobs(options);
}

async function sweepSent(options: SweepOptions): Promise<void> {
  const problem = operationProblem('Lost', 'The node that sent it did not record an answer');
  await inRounds(async () => {
    const { rows } = await options.pool.query(
      `select * from operation where state = 'Sent' and created_at < $1 order by created_at limit ${sweepLimits.atOnce}`,
      [minutesAgo(options, sweepLimits.lostAfterMinutes)],
    );
    const now = options.now();
    await commitAll(
      options,
      rows.map((row) => settleOperation({ ...operationView(row), state: 'Unknown', problem }, now)),
    );
    return rows.length;
  });
}

async function sweepUnknown(
  options: SweepOptions,
  which: { where: string; parameters: readonly unknown[]; code: OperationProblemCode; why: string },
): Promise<void> {
  await inRounds(async () => {
    const { rows } = await options.pool.query(
      `select * from operation where state = 'Unknown' and ${which.where} order by created_at limit ${sweepLimits.atOnce}`,
      [...which.parameters],
    );
    const now = options.now();
    await commitAll(
      options,
      rows.map((row) => {
        const operation = operationView(row);
        const problem = operationProblem(which.code, detailOf(operation, which.why));
        return settleOperation({ ...operation, state: 'Failed', problem }, now);
      }),
    );
    return rows.length;
  });
}

/** Operations of earlier versions of the program, and those whose job was given up. */
async function writeMissingJobs(options: SweepOptions): Promise<void> {
  await inRounds(async () => {
    const { rows } = await options.pool.query(
      `select id, station_id from operation where state = 'Unknown' and not exists (
         select from job where job.station_id = operation.station_id and job.kind = $1
           and job.subject = operation.id::text and job.state in ('Open', 'Leased'))
       order by created_at limit ${sweepLimits.atOnce}`,
      [settleOperationJob],
    );
    if (rows.length === 0) return 0;
    const now = options.now();
    const writes = rows.map(({ id, station_id: stationId }) =>
      writeJob({ stationId, kind: settleOperationJob, subject: id, input: {}, now }),
    );
    await options.committer.commit({
      source: 'operations',
      settle: () => ({ answer: undefined, writes, events: [] }),
    });
    return rows.length;
  });
}

async function commitAll(
  { committer }: SweepOptions,
  changes: readonly ReturnType<typeof settleOperation>[],
): Promise<void> {
  await Promise.all(
    changes.map(({ claims, settle }) =>
      committer.commit({
        source: 'operations',
        claims,
        settle: (found) => ({ answer: undefined, ...settle(found) }),
      }),
    ),
  );
}

async function inRounds(round: () => Promise<number>): Promise<void> {
  while ((await round()) === sweepLimits.atOnce);
}

function minutesAgo({ now }: SweepOptions, minutes: number): string {
  return new Date(now().getTime() - minutes * 60_000).toISOString();
}
