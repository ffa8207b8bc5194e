import type { EventDraft } from '../events.ts';
import type { OperationView } from './view.ts';

/** An operation was given, or what is known of it has changed. */
export function operationChanged(
  operation: Pick<
    OperationView,
    'id' | 'stationId' | 'command' | 'state' | 'result' | 'problem' | 'transactionId'
  >,
  at: Date,
): EventDraft {
  const { id, stationId, command, state, result, problem, transactionId } = operation;
  return {
    type: 'operation.changed',
    stationId,
    at: at.toISOString(),
    data: {
      operationId: id,
      command,
      state,
      result,
      problem,
      ...(transactionId !== undefined && { transactionId }),
    },
  };
}
