-- To be run once on a database that was restored from a backup, before the first node is started on it:
--   psql -X -f after-restore.sql postgres://busbar:...@host:5432/busbar
-- What happened after the backup's point is gone from the database, but not from stations and from readers of events.
-- This moves everything that is counted so far ahead that nothing which was given to them is given a second time.
-- docs/guides/production.md says what else there is to do.
\set ON_ERROR_STOP on
begin;

-- Numbers of 1.6 transactions and of requests. A station that still has to report the end of transaction 4711 must not
-- be given 4711 again. More than a week's worth of a million stations, and room for a hundred restores.
select setval('transaction_number', nextval('transaction_number') + 20000000) as transaction_numbers_from;
select setval('request_number', nextval('request_number') + 20000000) as request_numbers_from;

-- Positions of events. What readers have seen since is undone, so each has to hear that its position is gone (410,
-- events-gone), and to read the present state. Otherwise it would be refused at first, and later miss what got the
-- positions that it thinks it has seen. All events that there are move with the counter; where these are tens of millions
-- and time is short, `psql -v forget_events=1` drops them: they are also in the tables that they tell of.
\if :{?forget_events}
truncate outbox;
\else
update outbox set first_position = first_position + 1000000000000 where first_position is not null;
\endif
update relay set last_position = last_position + 1000000000000, holder = null, leased_until = null
  returning last_position as event_positions_from;

-- Epochs: a node that was forgotten somewhere and still runs must own nothing.
update station_owner set epoch = epoch + 1000000, node = null;
delete from node;

-- With `psql -v free_tokens=1`: cards count as free that charged when the backup was made. After a backup of some hours
-- ago most of them have left; without this they are refused elsewhere (ConcurrentTx) until the next transaction
-- begins at the place where they charged.
\if :{?free_tokens}
delete from token_use;
\endif

commit;
