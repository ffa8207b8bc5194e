import { defineClaim } from '../../store/write.ts';

/** The node is alive: held while its row is there, which another node removes when it takes it for dead. */
export const claimBeat = defineClaim<{ id: string; draining: boolean }>({
  name: 'node_beat',
  columns: { id: 'text', draining: 'boolean' },
  key: (row) => row.id,
  sql: (rows) => `update node set seen_at = clock_timestamp(), draining = rows.draining
    from ${rows} where node.id = rows.id returning rows.idx`,
});

/**
 * Takes a station away from a node that is dead, unless it has been taken already. The epoch is raised under the lock
 * that a take-over uses, so that a node that was only asleep can commit nothing of it any more.
 */
export const claimRelease = defineClaim<{ station_id: string; epoch: number; node: string; at: string }>({
  name: 'station_release',
  columns: { station_id: 'text', epoch: 'bigint', node: 'text', at: 'timestamptz' },
  key: (row) => row.station_id,
  sql: (rows) => `with wanted as (select * from ${rows}),
    locked as (
      select owner.station_id from station_owner owner join wanted using (station_id, epoch, node)
      order by owner.station_id for update of owner
    ),
    released as (
      update station_owner set epoch = station_owner.epoch + 1, node = null, disconnected_at = wanted.at
      from wanted join locked using (station_id) where station_owner.station_id = wanted.station_id
      returning station_owner.station_id
    )
    select wanted.idx from wanted join released using (station_id)`,
});
