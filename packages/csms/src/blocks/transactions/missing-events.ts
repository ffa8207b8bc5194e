import { writeJob } from '../../core/job.ts';
import type { TransactionTwin } from '../../core/transaction/twin.ts';
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
