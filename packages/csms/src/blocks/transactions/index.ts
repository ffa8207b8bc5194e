import type { Block } from '../../block.ts';
import type { Numbers } from '../../core/numbers.ts';
import type { FactReaders } from '../../core/transaction/prepare.ts';
import { getTransactionStatus } from './get-transaction-status.ts';
import { askForMissingEvents } from './missing-events.ts';
import { startTransaction } from './start-transaction.ts';
import { stopTransaction } from './stop-transaction.ts';
import { transactionEvent } from './transaction-event.ts';

export interface TransactionsDeps extends FactReaders {
  readonly newId: () => string;
  /** For the transactions of 1.6. */
  readonly transactionNumbers: Numbers;
}

/** Block E: transactions, in the words of every version. */
export function transactions(deps: TransactionsDeps): Block {
  return {
    name: 'transactions',
    receives: [transactionEvent(deps), startTransaction(deps), stopTransaction(deps)],
    commands: [getTransactionStatus],
    jobs: [askForMissingEvents(deps)],
  };
}
