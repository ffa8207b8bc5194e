import { defineWrite } from '../../store/write.ts';
import { tokenKey } from '../id-token/key.ts';
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
  idTag: string,
  connectorId: number,
  now: Date,
): number | undefined {
  const wanted = tokenKey(idTag);
  return station.remoteStarts.find(
    ({ idToken, evseId, givenAtMs }) =>
      tokenKey(idToken) === wanted &&
      (evseId === undefined || evseId === connectorId) &&
      now.getTime() - givenAtMs <= remoteStartWindowMs,
  )?.remoteStartId;
}

/** F01.FR.25 and its like: the operation learns what came of it, and an unknown outcome is settled by the fact. */
export const linkRemoteStart = defineWrite<{
  station_id: string;
  correlation_id: number;
  transaction_id: string;
  at: string;
}>({
  name: 'operation_remote_start',
  columns: { station_id: 'text', correlation_id: 'integer', transaction_id: 'uuid', at: 'timestamptz' },
  key: (row) => `${row.station_id} ${row.correlation_id}`,
  sql: (rows) => `update operation set transaction_id = rows.transaction_id,
      state = case when operation.state in ('Sent', 'Unknown') then 'Accepted' else operation.state end,
      settled_at = coalesce(operation.settled_at, rows.at)
    from ${rows}
    where operation.station_id = rows.station_id and operation.correlation_id = rows.correlation_id
      and operation.command = 'remote-start' and operation.transaction_id is null`,
});
