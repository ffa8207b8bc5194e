import type { Pool } from 'pg';
import type { Block } from '../../block.ts';
import type { Numbers } from '../../core/numbers.ts';
import type { FactReaders } from '../../core/transaction/prepare.ts';
import { getTransactionStatus } from './get-transaction-status.ts';
import { meterRoutes } from './meter-routes.ts';
import { askForMissingEvents } from './missing-events.ts';
import { transactionRoutes } from './routes.ts';
import { startTransaction } from './start-transaction.ts';
import { stopTransaction } from './stop-transaction.ts';
import { transactionEvent } from './transaction-event.ts';

export interface TransactionsDeps extends FactReaders {
  readonly newId: () => string;
  /** For the transactions of 1.6. */
  readonly transactionNumbers: Numbers;
  readonly resources: { readonly pool: Pool; readonly now: () => Date };
}

/** Block E: transactions, in the words of every version. */
export function transactions(deps: TransactionsDeps): Block {
  return {
    name: 'transactions',
    receives: [transactionEvent(deps), startTransaction(deps), stopTransaction(deps)],
    commands: [getTransactionStatus],
    jobs: [askForMissingEvents(deps)],
    routes: [...transactionRoutes(deps.resources), ...meterRoutes(deps.resources)],
  };
}
