import type { Version } from '@busbar/ocpp';
import type { Pool } from 'pg';
import { gatherLoads } from '../../store/gather.ts';
import { defineWrite } from '../../store/write.ts';
import type { SentOperation } from '../operation/lost.ts';
import { mostRemoteStarts, remoteStartWindowMs } from '../transaction/remote-starts.ts';
import type { TransactionStore } from '../transaction/store.ts';
import { type ConnectorState, connectorKey, type StationTwin } from '../twin.ts';

/** All of a twin but the version, which the connection decides. */
export type StoredTwin = Omit<StationTwin, 'version'>;

/** A station that was taken for this node. */
export interface Taken {
  readonly twin: StoredTwin;
  /** The node that has held it until now, if any: it may not know yet. */
  readonly formerNode: string | undefined;
  /** Operations of earlier connections: whoever sent them is gone, and with it the hope for an answer. */
  readonly lost: readonly SentOperation[];
}

/**
 * Takes stations for this node and loads their twins. The epoch is increased under the row lock before anything is
 * read, so that no batch of an earlier connection can be committed after it. Stations that come at once are taken
 * together.
 */
export function createOwnership(options: {
  readonly pool: Pool;
  readonly node: string;
  readonly transactions: TransactionStore;
  readonly now: () => Date;
}): (stationId: string) => Promise<Taken | undefined> {
  const { pool, node, transactions, now } = options;

  const take = gatherLoads<Taken>(async (ids) => {
    const owners = await raiseEpochs(ids);
    const [stations, connectors, open, starts, sent] = await Promise.all([
      pool.query('select * from station where id = any($1::text[])', [ids]),
      pool.query('select * from connector where station_id = any($1::text[])', [ids]),
      transactions.openOf(ids),
      pool.query(
        `select station_id, correlation_id, input, created_at from operation
         where station_id = any($1::text[]) and command = 'remote-start' and transaction_id is null
           and (state in ('Sent', 'Unknown') or state = 'Accepted' and created_at > $2)
         order by created_at`,
        [ids, new Date(now().getTime() - remoteStartWindowMs).toISOString()],
      ),
      pool.query<SentOperation & { epoch: string }>(
        `select id, station_id, command, epoch from operation where station_id = any($1::text[]) and state = 'Sent'`,
        [ids],
      ),
    ]);
    const connectorsOf = Map.groupBy(connectors.rows, (row) => row.station_id as string);
    const startsOf = Map.groupBy(starts.rows, (row) => row.station_id as string);
    const sentOf = Map.groupBy(sent.rows, (row) => row.station_id);
    return new Map(
      stations.rows.map((row): [string, Taken] => {
        const { epoch, formerNode } = owners.get(row.id) ?? { epoch: 0, formerNode: undefined };
        const twin = {
          id: row.id,
          epoch,
          admission: row.admission,
          registration: row.registration ?? undefined,
          mode: row.mode,
          serialNumber: row.serial_number ?? undefined,
          firmwareVersion: row.firmware_version ?? undefined,
          inventoryOf: row.inventory_of ?? undefined,
          connectors: new Map((connectorsOf.get(row.id) ?? []).map(connectorOf)),
          transactions: new Map((open.get(row.id) ?? []).map((twin) => [twin.stationTransactionId, twin])),
          remoteStarts: (startsOf.get(row.id) ?? [])
            .slice(-mostRemoteStarts)
            .map(({ correlation_id, input, created_at }) => ({
              remoteStartId: correlation_id,
              idToken: input.idToken,
              evseId: input.evseId,
              givenAtMs: Date.parse(created_at),
            })),
          solicited: new Map(),
        };
        const lost = (sentOf.get(row.id) ?? []).filter((operation) => Number(operation.epoch) < epoch);
        return [row.id, { twin, formerNode, lost }];
      }),
    );
  });

  async function raiseEpochs(
    ids: readonly string[],
  ): Promise<Map<string, { epoch: number; formerNode: string | undefined }>> {
    const { rows } = await pool.query(
      // The lock is stronger than that of an update, which the batches' own locks let pass: see the fence.
      `with locked as (
         select station_id, node from station_owner where station_id = any($1::text[]) order by station_id for update
       ),
       taken as (
         insert into station_owner (station_id, epoch, node)
         select id, 1, $2 from unnest($1::text[]) as wanted(id) left join locked on locked.station_id = id order by id
         on conflict (station_id) do update set epoch = station_owner.epoch + 1, node = excluded.node
         returning station_id, epoch
       )
       select taken.station_id, taken.epoch::integer, nullif(locked.node, $2) as former
       from taken left join locked using (station_id)`,
      [ids, node],
    );
    return new Map(
      rows.map(({ station_id, epoch, former }) => [station_id, { epoch, formerNode: former ?? undefined }]),
    );
  }

  // Two connections of one station at once must get two epochs.
  const last = new Map<string, Promise<unknown>>();
  return async (stationId) => {
    const turn = (last.get(stationId) ?? Promise.resolve()).then(
      () => take(stationId),
      () => take(stationId),
    );
    last.set(stationId, turn);
    try {
      return await turn;
    } finally {
      if (last.get(stationId) === turn) last.delete(stationId);
    }
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a row as the driver gives it, typed here once
function connectorOf(row: any): [string, ConnectorState] {
  const { evse_id: evseId, connector_id: connectorId, status, detail, error_code } = row;
  return [
    connectorKey(evseId, connectorId),
    { evseId, connectorId, status, detail, errorCode: error_code ?? undefined },
  ];
}

/** The connection stands: who holds the station, from where, and in which version. */
export const writeConnected = defineWrite<{
  station_id: string;
  remote_address: string;
  version: Version;
  at: string;
}>({
  name: 'station_owner_connected',
  columns: { station_id: 'text', remote_address: 'text', version: 'text', at: 'timestamptz' },
  key: (row) => row.station_id,
  station: (row) => row.station_id,
  sql: (rows) => `with connected as (
      update station_owner set remote_address = rows.remote_address, connected_at = rows.at, disconnected_at = null
      from ${rows} where station_owner.station_id = rows.station_id
      returning station_owner.station_id, rows.version, rows.at
    )
    update station set version = connected.version, last_seen_at = connected.at
    from connected where station.id = connected.station_id`,
});

export const writeDisconnected = defineWrite<{ station_id: string; at: string }>({
  name: 'station_owner_disconnected',
  columns: { station_id: 'text', at: 'timestamptz' },
  key: (row) => row.station_id,
  sql: (rows) => `update station_owner set node = null, disconnected_at = rows.at
    from ${rows} where station_owner.station_id = rows.station_id`,
});
