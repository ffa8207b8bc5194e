import { defineClaim, type Outcome } from '../../store/write.ts';
import type { Change } from '../change.ts';
import { operationChanged } from './events.ts';
import { lostOperation } from './lost.ts';
import { writeSettlement } from './tables.ts';
import type { OperationView } from './view.ts';

/**
 * Settles an operation, or leaves it as Unknown, to be found out. What settled it first stands: then nothing is told,
 * and only what the station answered is added to it.
 */
export function settleOperation(after: OperationView, at: Date): Change {
  return {
    claims: [claimOpenOperation({ id: after.id, only_sent: after.state === 'Unknown' })],
    settle: ({ held }) => (held[0] ? changed(after, at) : { writes: [settlementOf(after, at)], events: [] }),
  };
}

/** No answer came, or none that tells: whether it is settled already. */
export function isOpen({ state }: Pick<OperationView, 'state'>): boolean {
  return state === 'Sent' || state === 'Unknown';
}

function changed(after: OperationView, at: Date): Pick<Outcome<never>, 'writes' | 'events'> {
  if (after.state === 'Unknown' && after.problem) {
    const { id, stationId: station_id, command } = after;
    return lostOperation({ id, station_id, command }, after.problem, at.toISOString());
  }
  return { writes: [settlementOf(after, at)], events: [operationChanged(after, at)] };
}

function settlementOf({ id, state, result, problem }: OperationView, at: Date) {
  return writeSettlement({ id, state, result, problem, at: at.toISOString() });
}

/**
 * Held by the one who settles the operation: it is open, and stays locked until the end of the transaction. What has
 * become Unknown does not do so again. Of several in one batch the first holds it.
 */
const claimOpenOperation = defineClaim<{ id: string; only_sent: boolean }>({
  name: 'operation_open',
  columns: { id: 'uuid', only_sent: 'boolean' },
  key: (row) => row.id,
  sql: (rows) => `with wanted as (select * from ${rows}),
    open as (
      select id, state from operation
      where id in (select id from wanted) and state in ('Sent', 'Unknown')
      order by id for no key update
    )
    select min(wanted.idx) as idx from wanted join open using (id)
    where open.state = 'Sent' or not wanted.only_sent group by wanted.id`,
});
