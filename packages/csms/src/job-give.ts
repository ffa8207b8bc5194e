import type { GiveCommand } from './commands.ts';
import { isOpen } from './core/operation/settle.ts';
import type { OperationView } from './core/operation/view.ts';
import type { LeasedJob } from './job-lease.ts';
import type { JobOrder, JobTools } from './jobs.ts';

/** What a job gave may have taken effect, and is not settled yet: the job waits for that. */
export class Unsettled extends Error {}

export interface JobGiveOptions {
  readonly give: GiveCommand;
  /** Whether a command only asks, so that it may be given again. */
  readonly onlyAsks: (command: string) => boolean;
}

/**
 * The commands of a job. Each has a key made of the job, its round and its place in the round, by which a second
 * beginning of the round finds what the first gave.
 */
export function bindGive(job: LeasedJob, { give, onlyAsks }: JobGiveOptions): JobTools['give'] {
  const begunMs = Date.parse(job.begunAt);
  let place = 0;
  return async (order: JobOrder): Promise<OperationView> => {
    const idempotencyKey = `${job.id}/${job.round}/${place++}`;
    const operation = await give({ ...order, givenBy: 'job', idempotencyKey });
    if (operation.state === 'Accepted' || operation.state === 'Rejected') return operation;
    if (onlyAsks(order.command)) {
      const isOfAnEarlierBeginning = Date.parse(operation.createdAt) < begunMs;
      return isOfAnEarlierBeginning ? give({ ...order, givenBy: 'job' }) : operation;
    }
    if (!isOpen(operation)) return operation;
    throw new Unsettled(`whether ${order.command} took effect is not known yet: operation ${operation.id}`);
  };
}
