import { writeFinding } from '../../core/finding.ts';
import { writeJob } from '../../core/job.ts';
import { operationProblems } from '../../core/operation/problems.ts';
import type { OperationView } from '../../core/operation/view.ts';
import type { TransactionStore } from '../../core/transaction/store.ts';
import type { TransactionTwin } from '../../core/transaction/twin.ts';
import type { JobHandler, JobOutcome } from '../../jobs.ts';
import { Problem } from '../../problem.ts';
import type { Write } from '../../store/write.ts';

export const missingEventsJob = 'ask-for-missing-events';

/**
 * E14: when numbers are missing the station is asked whether it still has messages of the transaction. Asked once for
 * each time that the gaps grow, and when the transaction has ended with gaps.
 */
export function askForMissing(
  before: TransactionTwin | undefined,
  after: TransactionTwin,
  now: Date,
): Write[] {
  const grown = after.missing.length > (before?.missing.length ?? 0);
  const endedWithGaps = after.missing.length > 0 && after.state === 'Ended' && before?.state === 'Active';
  if (!grown && !endedWithGaps) return [];
  return [
    writeJob({
      stationId: after.stationId,
      kind: missingEventsJob,
      subject: after.id,
      input: { transactionId: after.id, stationTransactionId: after.stationTransactionId },
      now,
    }),
  ];
}

/** A station that was offline for days empties its queue at its own pace: the last pauses are long. */
const mostAttempts = 8;
const pauseSeconds = 60;
const answerWithinMs = 30_000;

/** Finds out what became of missing events: they are on their way, have come, or are lost. */
export function askForMissingEvents(deps: { readonly transactions: TransactionStore }): JobHandler {
  return {
    kind: missingEventsJob,
    async run({ stationId, input, attempts }, { give, now }): Promise<JobOutcome> {
      const id = stationTransactionIdOf(input);
      const transaction = await deps.transactions.find(stationId, id);
      if (!transaction || transaction.missing.length === 0) return { done: true };
      const operation = await askStation(() =>
        give({
          stationId,
          command: 'get-transaction-status',
          input: { transactionId: id },
          waitMs: answerWithinMs,
        }),
      );
      // 1.6, or a station that does not know the question: the gap is known already, and more cannot be learned.
      if (operation === 'cannot be asked' || isRefused(operation)) return { done: true };
      if (operation.state === 'Accepted' && !hasMessages(operation))
        return lost(transaction, now, 'it has none left');
      if (attempts >= mostAttempts) return lost(transaction, now, 'they have not come in all this time');
      return {
        done: false,
        problem: `the station still has messages of transaction ${id}, or has not answered`,
        againInSeconds: pauseSeconds * 2 ** (attempts - 1),
      };
    },
  };
}

function stationTransactionIdOf(input: object): string {
  if ('stationTransactionId' in input && typeof input.stationTransactionId === 'string') {
    return input.stationTransactionId;
  }
  throw new Error('a job that asks for missing events names their transaction');
}

async function askStation(give: () => Promise<OperationView>): Promise<OperationView | 'cannot be asked'> {
  try {
    return await give();
  } catch (error) {
    if (error instanceof Problem && error.code === 'unsupported-by-version') return 'cannot be asked';
    throw error;
  }
}

/** The station answered with an error: it will the next time. One that did not answer may. */
function isRefused({ state, problem }: OperationView): boolean {
  return state === 'Failed' && (problem === undefined || !Object.hasOwn(operationProblems, problem.code));
}

function hasMessages({ result }: OperationView): boolean {
  const { data } = result ?? {};
  return data !== undefined && 'messagesInQueue' in data && data.messagesInQueue === true;
}

function lost(
  { stationId, stationTransactionId, missing }: TransactionTwin,
  now: Date,
  why: string,
): JobOutcome {
  const numbers = missing
    .map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`))
    .join(', ');
  const finding = {
    kind: 'events-lost',
    subject: stationTransactionId,
    detail: `Events ${numbers} of transaction ${stationTransactionId} are lost: the station was asked, and ${why}`,
  } as const;
  return { done: true, writes: [writeFinding(stationId, finding, now)] };
}
