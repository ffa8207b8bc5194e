import { defineWrite } from '../../store/write.ts';
import { tokenKey } from '../id-token/key.ts';
import { settleOperationJob } from '../operation/lost.ts';
import type { StationTwin } from '../twin.ts';

/** A remote start that was given to the station and from which no transaction has come yet. */
export interface RemoteStart {
  readonly remoteStartId: number;
  readonly idToken: string;
  readonly evseId: number | undefined;
  readonly givenAtMs: number;
}

/** A driver plugs in within this time or the station gives up waiting (its ConnectionTimeOut is far shorter). */
export const remoteStartWindowMs = 10 * 60_000;

/**
 * 1.6 does not carry the id of a remote start back: the start that follows it with the same tag, at the connector
 * that was named if one was, is taken to be its consequence.
 */
export function expectedRemoteStart(
  station: StationTwin,
  start: {
    readonly idTag: string;
    readonly connectorId: number;
    readonly receivedAt: Date;
    /** By the station's clock: one that was offline tells of its start later. */
    readonly startedAt: Date;
  },
): number | undefined {
  const wanted = tokenKey(start.idTag);
  return station.remoteStarts.find(
    ({ idToken, evseId, givenAtMs }) =>
      tokenKey(idToken) === wanted &&
      (evseId === undefined || evseId === start.connectorId) &&
      (start.receivedAt.getTime() - givenAtMs <= remoteStartWindowMs ||
        isWithinWindow(start.startedAt, givenAtMs)),
  )?.remoteStartId;
}

function isWithinWindow(at: Date, givenAtMs: number): boolean {
  const afterMs = at.getTime() - givenAtMs;
  return afterMs >= 0 && afterMs <= remoteStartWindowMs;
}

/** Starts of one station that are remembered at a time: more are not given before those before have come to something. */
export const mostRemoteStarts = 100;

/**
 * F01.FR.25 and its like: the operation learns what came of it. Its outcome comes from the answer; where none came,
 * from the job that finds out about it, for which it is time now.
 */
export const linkRemoteStart = defineWrite<{
  station_id: string;
  correlation_id: number;
  transaction_id: string;
  at: string;
}>({
  name: 'operation_remote_start',
  columns: { station_id: 'text', correlation_id: 'integer', transaction_id: 'uuid', at: 'timestamptz' },
  key: (row) => `${row.station_id} ${row.correlation_id}`,
  sql: (rows) => `with linked as (
      update operation set transaction_id = rows.transaction_id from ${rows}
      where operation.station_id = rows.station_id and operation.correlation_id = rows.correlation_id
        and operation.command = 'remote-start' and operation.transaction_id is null
      returning operation.id, operation.station_id, rows.at
    )
    update job set run_after = linked.at from linked
    where job.station_id = linked.station_id and job.kind = '${settleOperationJob}' and job.subject = linked.id::text
      and job.state = 'Open'`,
});
