-- expand
-- One row for each server process that runs, kept alive by it with the database's clock. It removes the row when it
-- ends; another node does when nothing was heard of it for too long.
create table node (
  id text primary key,
  name text not null,
  program_version text not null,
  -- Migrations that its program knows.
  schema_number integer not null,
  draining boolean not null default false,
  started_at timestamptz not null,
  seen_at timestamptz not null
);

-- What a node held, for the one that finds it dead.
create index station_owner_by_node on station_owner (node) where node is not null;

-- Who gives positions, and until when nobody else may, by the database's clock.
alter table relay add column holder text, add column leased_until timestamptz;

-- What all nodes have to have in common without its being in the database.
create table installation (
  only_one boolean primary key default true check (only_one),
  pepper_check text not null
);

-- What retention removes, the oldest first. (A BRIN index would come to match every row: its ranges never shrink when
-- their space is used again.)
drop index message_key_by_age;
create index message_key_by_age on message_key (created_at);
create index job_done on job (created_at) where state in ('Done', 'GivenUp');

-- As a share of a table with a year's rows the usual fifth is months of what was removed.
alter table message_key set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
alter table transaction set (autovacuum_vacuum_scale_factor = 0.05);

-- How often the handler of a job has come to an end without its being done. What it gives to its station has keys by the
-- round, so that a second beginning after a crash finds it.
alter table job add column round integer not null default 0;

-- Stations that wait for the operator: counted before another one is held.
create index station_pending on station (id) where admission = 'Pending';

-- What was charged with a token, the latest first. Tokens are compared without regard to case.
create index transaction_by_token on transaction (lower(id_token), started_received_at desc, id desc)
  where id_token is not null;
