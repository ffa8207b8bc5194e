import { defineClaim, defineWrite } from '../../store/write.ts';
import type { StoredPassword } from './credentials.ts';
import { isOnline } from './view.ts';

/** A station is made where there is none of that identity: held by whoever was first. */
export const claimIdentity = defineClaim<{
  id: string;
  identity_key: string;
  admission: string;
  mode: string;
  security_profile: number;
  password: StoredPassword | undefined;
  default_version: string | undefined;
  note: string | undefined;
  created_at: string;
}>({
  name: 'station_identity',
  columns: {
    id: 'text',
    identity_key: 'text',
    admission: 'text',
    mode: 'text',
    security_profile: 'smallint',
    password: 'jsonb',
    default_version: 'text',
    note: 'text',
    created_at: 'timestamptz',
  },
  key: (row) => row.identity_key,
  sql: (rows) => `with claims as (select * from ${rows}),
    made as (
      insert into station
        (id, identity_key, admission, mode, security_profile, password, default_version, note, created_at)
      select distinct on (identity_key)
        id, identity_key, admission, mode, security_profile, password, default_version, note, created_at
      from claims order by identity_key, idx
      on conflict do nothing
      returning identity_key
    )
    select min(idx) as idx from claims join made using (identity_key) group by identity_key`,
});

/** The station is there, and stays so until the commit. */
export const claimStation = defineClaim<{ identity_key: string }>({
  name: 'station_present',
  columns: { identity_key: 'text' },
  key: (row) => row.identity_key,
  sql: (rows) => `select rows.idx from ${rows} join station on station.identity_key = rows.identity_key
    order by station.identity_key for no key update of station`,
});

/** What is undefined stays as it is; what is null is taken away. */
export const writeStationChange = defineWrite<{
  identity_key: string;
  admission: string | undefined;
  mode: string | undefined;
  security_profile: number | undefined;
  password: StoredPassword | undefined;
  takes_default_version: boolean;
  default_version: string | null | undefined;
  takes_note: boolean;
  note: string | null | undefined;
}>({
  name: 'station_change',
  columns: {
    identity_key: 'text',
    admission: 'text',
    mode: 'text',
    security_profile: 'smallint',
    password: 'jsonb',
    takes_default_version: 'boolean',
    default_version: 'text',
    takes_note: 'boolean',
    note: 'text',
  },
  key: (row) => row.identity_key,
  sql: (rows) => `update station set admission = coalesce(rows.admission, station.admission),
      mode = coalesce(rows.mode, station.mode),
      security_profile = coalesce(rows.security_profile, station.security_profile),
      password = coalesce(rows.password, station.password),
      default_version = case when rows.takes_default_version then rows.default_version else station.default_version end,
      note = case when rows.takes_note then rows.note else station.note end
    from ${rows} where station.identity_key = rows.identity_key`,
});

/** A station goes while it is not connected and nobody charges there; its epoch stays, should it ever come back. */
export const claimRemoval = defineClaim<{ identity_key: string }>({
  name: 'station_removal',
  columns: { identity_key: 'text' },
  key: (row) => row.identity_key,
  sql: (rows) => `with claims as (select * from ${rows}),
    gone as (
      delete from station using claims
      where station.identity_key = claims.identity_key
        and not exists (select from station_owner owner where owner.station_id = station.id
          and ${isOnline})
        and not exists (select from transaction where transaction.station_id = station.id and state = 'Active')
      returning station.identity_key
    )
    select min(idx) as idx from claims join gone using (identity_key) group by identity_key`,
});

/** What is kept of a station as it is now. What happened there (transactions, messages) is history and stays. */
export const writeRemains = defineWrite<{ station_id: string }>({
  name: 'station_remains',
  columns: { station_id: 'text' },
  key: (row) => row.station_id,
  sql: (rows) => `with gone as (select station_id from ${rows}),
    connectors as (delete from connector using gone where connector.station_id = gone.station_id),
    variables as (delete from variable using gone where variable.station_id = gone.station_id),
    findings as (delete from finding using gone where finding.station_id = gone.station_id)
    delete from job using gone where job.station_id = gone.station_id and job.state in ('Open', 'Leased')`,
});
