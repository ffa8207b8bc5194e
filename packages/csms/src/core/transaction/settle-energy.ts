import { transactionEnergy } from '../meter/energy.ts';
import type { MeterValue } from '../meter/meter-value.ts';
import type { TransactionTwin } from './twin.ts';

/** The transaction with its energy, from every reading that is known of it. */
export function energyOf(transaction: TransactionTwin, readings: readonly MeterValue[]): TransactionTwin {
  const energy = transactionEnergy({
    readings,
    ...(transaction.meterStartWh !== undefined && { meterStartWh: transaction.meterStartWh }),
    ...(transaction.meterStopWh !== undefined && { meterStopWh: transaction.meterStopWh }),
    startedAt: transaction.startedAt,
    ...(transaction.endedAt !== undefined && { endedAt: transaction.endedAt }),
    startSeen: transaction.startSeen,
    endSeen: transaction.endSeen,
    sequenceGaps: transaction.missing.length > 0,
  });
  return {
    ...transaction,
    importedWh: energy.importedWh,
    exportedWh: energy.exportedWh,
    energyTrusted: energy.trusted,
    energyReasons: energy.reasons,
    energyMethod: energy.method,
  };
}
