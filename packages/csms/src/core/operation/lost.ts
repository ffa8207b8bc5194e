import type { Write } from '../../store/write.ts';
import type { EventDraft } from '../events.ts';
import { writeJob } from '../job.ts';
import { operationChanged } from './events.ts';
import type { OperationProblem } from './problems.ts';
import { writeSettlement } from './tables.ts';

/** An operation whose answer is awaited, as it stands in the database. */
export interface SentOperation {
  readonly id: string;
  readonly station_id: string;
  readonly command: string;
}

/** The job that finds out what became of an operation whose outcome is not known; its subject is the operation's id. */
export const settleOperationJob = 'settle-operation';

/**
 * What is written when nobody waits for the answer to an operation any more: whether it took effect is not known, and
 * has to be found out. An operation that was settled meanwhile stays settled; its job then tells of it once more.
 */
export function lostOperation(
  { id, station_id: stationId, command }: SentOperation,
  problem: OperationProblem,
  at: string,
): { readonly writes: readonly Write[]; readonly events: readonly EventDraft[] } {
  const now = new Date(at);
  const state = 'Unknown';
  return {
    writes: [
      writeSettlement({ id, state, result: undefined, problem, at }),
      writeJob({ stationId, kind: settleOperationJob, subject: id, input: {}, now }),
    ],
    events: [operationChanged({ id, stationId, command, state, problem }, now)],
  };
}
