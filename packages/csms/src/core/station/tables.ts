import { defineWrite } from '../../store/write.ts';

/** What a BootNotification says and is answered. Nothing is known of the device model that another firmware has. */
export const writeBoot = defineWrite<{
  id: string;
  registration: string;
  version: string;
  vendor: string;
  model: string;
  serial_number: string | undefined;
  firmware_version: string | undefined;
  modem: object | undefined;
  boot_reason: string | undefined;
  booted_at: string;
}>({
  name: 'station_boot',
  columns: {
    id: 'text',
    registration: 'text',
    version: 'text',
    vendor: 'text',
    model: 'text',
    serial_number: 'text',
    firmware_version: 'text',
    modem: 'jsonb',
    boot_reason: 'text',
    booted_at: 'timestamptz',
  },
  key: (row) => row.id,
  station: (row) => row.id,
  sql: (rows) => `update station set registration = rows.registration, version = rows.version,
      vendor = rows.vendor, model = rows.model, serial_number = rows.serial_number,
      firmware_version = rows.firmware_version, modem = rows.modem, boot_reason = rows.boot_reason,
      booted_at = rows.booted_at, last_seen_at = rows.booted_at,
      inventory_of = case when station.firmware_version is not distinct from rows.firmware_version
        then station.inventory_of end
    from ${rows} where station.id = rows.id`,
});

/** The device model has been reported in full, by this firmware, unless the station has booted with another since. */
export const writeInventory = defineWrite<{ id: string; firmware_version: string | undefined; at: string }>({
  name: 'station_inventory',
  columns: { id: 'text', firmware_version: 'text', at: 'timestamptz' },
  key: (row) => row.id,
  station: (row) => row.id,
  sql: (
    rows,
  ) => `update station set inventory_of = coalesce(rows.firmware_version, ''), inventory_at = rows.at
    from ${rows} where station.id = rows.id and station.firmware_version is not distinct from rows.firmware_version`,
});

/** Liveness, flushed coarsely: never part of an acknowledged fact. */
export const writeLastSeen = defineWrite<{ id: string; at: string }>({
  name: 'station_last_seen',
  columns: { id: 'text', at: 'timestamptz' },
  key: (row) => row.id,
  station: (row) => row.id,
  sql: (rows) => `update station set last_seen_at = rows.at
    from ${rows} where station.id = rows.id and (station.last_seen_at is null or station.last_seen_at < rows.at)`,
});

export const writeConnector = defineWrite<{
  station_id: string;
  evse_id: number;
  connector_id: number;
  status: string;
  detail: string;
  error_code: string | undefined;
  vendor: object | undefined;
  reported_at: string | undefined;
  changed_at: string;
}>({
  name: 'connector',
  columns: {
    station_id: 'text',
    evse_id: 'integer',
    connector_id: 'integer',
    status: 'text',
    detail: 'text',
    error_code: 'text',
    vendor: 'jsonb',
    reported_at: 'timestamptz',
    changed_at: 'timestamptz',
  },
  key: (row) => `${row.station_id} ${row.evse_id} ${row.connector_id}`,
  sql: (rows) => `insert into connector
      (station_id, evse_id, connector_id, status, detail, error_code, vendor, reported_at, changed_at)
    select station_id, evse_id, connector_id, status, detail, error_code, vendor, reported_at, changed_at from ${rows}
    on conflict (station_id, evse_id, connector_id) do update set status = excluded.status, detail = excluded.detail,
      error_code = excluded.error_code, vendor = excluded.vendor, reported_at = excluded.reported_at,
      changed_at = excluded.changed_at`,
});
