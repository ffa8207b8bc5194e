import type { Write } from '../../store/write.ts';
import type { EventDraft } from '../events.ts';
import { writeSettlement } from './tables.ts';

/** An operation whose answer is awaited, as it stands in the database. */
export interface SentOperation {
  readonly id: string;
  readonly station_id: string;
  readonly command: string;
}

/** What is written when nobody waits for the answer to an operation any more: whether it took effect is not known. */
export function lostOperation(
  { id, station_id: stationId, command }: SentOperation,
  problem: { readonly code: string; readonly detail: string },
  at: string,
): { readonly writes: readonly Write[]; readonly events: readonly EventDraft[] } {
  const state = 'Unknown';
  return {
    writes: [writeSettlement({ id, state, result: undefined, problem, at })],
    events: [
      { type: 'operation.changed', stationId, at, data: { operationId: id, command, state, problem } },
    ],
  };
}
