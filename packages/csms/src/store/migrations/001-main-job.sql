-- Who may connect and what the station said of itself when it booted.
create table station (
  id text primary key,
  -- Identities are compared without regard to case; this is the spelling that they are compared by.
  identity_key text not null unique,
  -- The operator's decision, told to the station in its next BootNotification.
  admission text not null check (admission in ('Accepted', 'Pending', 'Rejected')),
  -- What the last BootNotification was answered; null until the first.
  registration text check (registration in ('Accepted', 'Pending', 'Rejected')),
  mode text not null default 'lenient' check (mode in ('lenient', 'strict')),
  security_profile smallint not null check (security_profile between 0 and 3),
  password jsonb,
  -- The version that a station is taken to speak when it offers no subprotocol.
  default_version text check (default_version in ('1.6', '2.0.1', '2.1')),
  version text check (version in ('1.6', '2.0.1', '2.1')),
  vendor text,
  model text,
  serial_number text,
  firmware_version text,
  modem jsonb,
  boot_reason text,
  -- The firmware by which the device model was last reported in full; '' where it has no version.
  inventory_of text,
  inventory_at timestamptz,
  booted_at timestamptz,
  last_seen_at timestamptz,
  created_at timestamptz not null,
  note text
);

-- Which connection owns a station. The epoch grows with each connection and fences the one before.
create table station_owner (
  station_id text primary key,
  epoch bigint not null,
  node text,
  remote_address text,
  connected_at timestamptz,
  disconnected_at timestamptz
) with (fillfactor = 70);

-- Evse 0 is the station itself, connector 0 the EVSE itself.
create table connector (
  station_id text not null,
  evse_id integer not null,
  connector_id integer not null,
  status text,
  detail text,
  error_code text,
  vendor jsonb,
  operational boolean,
  reported_at timestamptz,
  changed_at timestamptz not null,
  primary key (station_id, evse_id, connector_id)
) with (fillfactor = 70);

create table id_token (
  token_key text primary key,
  id_token text not null,
  type text,
  status text not null check (status in ('Accepted', 'Blocked')),
  group_id text,
  expires_at timestamptz,
  concurrent boolean not null default false,
  language text,
  note text,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create index id_token_by_group on id_token (group_id, token_key) where group_id is not null;

-- A token that charges, held by one transaction: the claim that decides ConcurrentTx.
create table token_use (
  token_key text primary key,
  transaction_id uuid not null,
  station_id text not null,
  since timestamptz not null
);
create index token_use_by_transaction on token_use (transaction_id);

-- Numbers for the transactions of 1.6 stations, taken in blocks of 100, never reused, gaps allowed.
create sequence transaction_number as integer increment by 100 minvalue 1 maxvalue 2147483501 no cycle;
-- Ids that operations give to stations (remoteStartId, requestId), taken in blocks of 100.
create sequence request_number as integer increment by 100 minvalue 1 maxvalue 2147483501 no cycle;

create table transaction (
  id uuid primary key,
  station_id text not null,
  -- The id on the wire. A station that uses one again after its transaction ended gets a further row.
  station_transaction_id text not null,
  reuse integer not null default 0,
  version text not null,
  evse_id integer,
  connector_id integer,
  state text not null check (state in ('Active', 'Ended')),
  start_seen boolean not null,
  end_seen boolean not null default false,
  charging_state text,
  id_token text,
  id_token_type text,
  id_token_status text,
  group_id text,
  remote_start_id integer,
  reservation_id integer,
  start_trigger text,
  stopped_reason text,
  stop_id_token text,
  started_at timestamptz not null,
  started_received_at timestamptz not null,
  ended_at timestamptz,
  ended_received_at timestamptz,
  meter_start_wh numeric,
  meter_stop_wh numeric,
  imported_wh numeric,
  exported_wh numeric,
  energy_trusted boolean,
  energy_reasons jsonb,
  energy_method text,
  -- Sequence numbers that have not arrived, as [first, last] pairs.
  missing jsonb not null default '[]',
  unique (station_id, station_transaction_id, reuse)
) with (fillfactor = 80);
create index transaction_active on transaction (station_id) where state = 'Active';
create index transaction_by_start on transaction (started_received_at desc, id desc);
create index transaction_by_station on transaction (station_id, started_received_at desc);

create table transaction_event (
  transaction_id uuid not null,
  -- Our order of receipt within the transaction.
  ordinal integer not null,
  kind text not null check (kind in ('Started', 'Updated', 'Ended')),
  seq_no bigint,
  trigger text,
  at timestamptz not null,
  received_at timestamptz not null,
  offline boolean not null default false,
  -- JSON, kept as text: it is read back as a whole.
  details text not null,
  primary key (transaction_id, ordinal)
);

-- One row for each MeterValue (one instant), its samples as they were given.
create table meter_sample (
  received_at timestamptz not null,
  station_id text not null,
  evse_id integer,
  connector_id integer,
  transaction_id uuid,
  seq_no bigint,
  at timestamptz not null,
  -- JSON, kept as text: PostgreSQL never looks into it, and parsing it would cost more than storing it.
  samples text not null
) partition by range (received_at);
create table meter_sample_default partition of meter_sample default;
create index meter_sample_by_station on meter_sample (station_id, received_at);
create index meter_sample_by_transaction on meter_sample (transaction_id) where transaction_id is not null;

create table variable (
  station_id text not null,
  component text not null,
  component_instance text not null default '',
  evse_id integer not null default 0,
  connector_id integer not null default 0,
  name text not null,
  name_instance text not null default '',
  actual text,
  target text,
  min_set text,
  max_set text,
  mutability text,
  persistent boolean,
  constant boolean,
  characteristics jsonb,
  reported_at timestamptz not null,
  primary key (station_id, component, component_instance, evse_id, connector_id, name, name_instance)
);

-- Messages whose repetition must have no effect, with the first answer.
create table message_key (
  station_id text not null,
  kind text not null,
  key text not null,
  digest text not null,
  answer text not null,
  created_at timestamptz not null,
  primary key (station_id, kind, key, digest)
);
create index message_key_by_age on message_key using brin (created_at);

-- One row for each exchange on the wire: the CALL or SEND and what it was answered, as JSON texts.
create table message_log (
  received_at timestamptz not null,
  station_id text not null,
  sent_by text not null check (sent_by in ('CS', 'CSMS')),
  kind text not null,
  message_id text,
  action text,
  request text,
  answer text,
  error text,
  duration_ms integer
) partition by range (received_at);
create table message_log_default partition of message_log default;
create index message_log_by_station on message_log (station_id, received_at desc);

-- Transaction messages that could be stored but not understood; acknowledged, to be looked at by a person.
create table quarantine (
  id bigint generated always as identity primary key,
  station_id text not null,
  received_at timestamptz not null,
  action text not null,
  message_id text,
  payload json not null,
  reason text not null
);
create index quarantine_by_station on quarantine (station_id, id desc);

create table finding (
  station_id text not null,
  kind text not null,
  subject text not null,
  detail text not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  count bigint not null,
  primary key (station_id, kind, subject)
);

create table operation (
  id uuid primary key,
  station_id text not null,
  command text not null,
  state text not null check (state in ('Pending', 'Sent', 'Accepted', 'Rejected', 'Failed', 'Unknown')),
  input jsonb not null,
  correlation_id integer,
  action text,
  message_id text,
  result jsonb,
  problem jsonb,
  transaction_id uuid,
  given_by text not null,
  idempotency_key text,
  input_digest text not null,
  epoch bigint,
  created_at timestamptz not null,
  sent_at timestamptz,
  settled_at timestamptz
);
create unique index operation_by_idempotency_key on operation (given_by, idempotency_key) where idempotency_key is not null;
create index operation_by_station on operation (station_id, created_at desc, id desc);
create index operation_by_time on operation (created_at desc, id desc);
create index operation_open on operation (station_id) where state in ('Pending', 'Sent', 'Unknown');

create table job (
  id uuid primary key,
  station_id text not null,
  kind text not null,
  -- At most one open job of a kind and subject for each station.
  subject text not null default '',
  input jsonb not null,
  state text not null default 'Open' check (state in ('Open', 'Leased', 'Done', 'GivenUp')),
  attempts integer not null default 0,
  epoch bigint,
  run_after timestamptz not null,
  created_at timestamptz not null,
  problem text
);
create unique index job_open on job (station_id, kind, subject) where state in ('Open', 'Leased');

-- The only event log, one row for each committed batch; the relay gives positions after commit.
create sequence outbox_seq;
create table outbox (
  created_at timestamptz not null,
  batch_id uuid not null,
  attempt integer not null,
  seq bigint not null default nextval('outbox_seq'),
  events text not null,
  event_count integer not null,
  first_position bigint,
  primary key (created_at, batch_id)
) partition by range (created_at);
create table outbox_default partition of outbox default;
create index outbox_unpositioned on outbox (seq) where first_position is null and event_count > 0;
create index outbox_by_position on outbox (first_position) where first_position is not null;

create table relay (
  only_one boolean primary key default true check (only_one),
  last_position bigint not null
);
insert into relay (last_position) values (0);

-- Who may use the API. The token itself is not kept.
create table access_token (
  id text primary key,
  name text not null,
  token_hash bytea not null unique,
  permissions text[] not null,
  created_at timestamptz not null
);
-- Read back as a whole by position: compressing them would cost more than it saves.
alter table outbox alter column events set storage external;
