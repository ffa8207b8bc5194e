import type pg from 'pg';

/**
 * Has the database itself write down who wrote what: each node process logs in with a name of its own, and triggers
 * note it beside the epoch that stands in the table of owners when the transaction commits. What a node says of itself
 * is not evidence; this is.
 */
export async function installAudit(sql: pg.Pool): Promise<void> {
  await sql.query(`
    create schema audit;
    -- Each time that a station was given another epoch.
    create table audit.raise (
      station_id text not null, epoch bigint not null, node text, writer text, at timestamptz not null
    );
    -- Each fact that a station's connection wrote, with the epoch at its commit.
    create table audit.write (
      source text not null, station_id text not null, epoch bigint, owner text, writer text, message_id text,
      at timestamptz not null
    );
    create index on audit.write (station_id);
    create index on audit.raise (station_id);
    -- Each batch that was given its position, with who had the lease.
    create table audit.position (
      first_position bigint not null, writer text, holder text, leased boolean, at timestamptz not null
    );

    create function audit.note_raise() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' or new.epoch <> old.epoch then
        insert into audit.raise values
          (new.station_id, new.epoch, new.node, current_setting('audit.node', true), clock_timestamp());
      end if;
      return null;
    end $$;
    create trigger audit_raise after insert or update on station_owner
      for each row execute function audit.note_raise();

    create function audit.note_write() returns trigger language plpgsql as $$
    declare
      fields jsonb := to_jsonb(new);
      station text := coalesce(fields ->> 'station_id',
        (select station_id from transaction where id = (fields ->> 'transaction_id')::uuid));
    begin
      if fields ->> 'sent_by' = 'CSMS' then return null; end if;
      insert into audit.write
        select tg_argv[0], station, owner.epoch, owner.node, current_setting('audit.node', true),
          fields ->> 'message_id', clock_timestamp()
        from (select) once left join station_owner owner on owner.station_id = station;
      return null;
    end $$;
    create constraint trigger audit_write after insert on message_log deferrable initially deferred
      for each row execute function audit.note_write('message_log');
    create constraint trigger audit_write after insert on transaction_event deferrable initially deferred
      for each row execute function audit.note_write('transaction_event');
    create constraint trigger audit_write after insert or update on connector deferrable initially deferred
      for each row execute function audit.note_write('connector');
    create constraint trigger audit_write after insert on message_key deferrable initially deferred
      for each row execute function audit.note_write('message_key');

    create function audit.note_position() returns trigger language plpgsql as $$
    begin
      if old.first_position is not null then
        raise exception 'the batch at % was given a second position', old.first_position;
      end if;
      insert into audit.position
        select new.first_position, current_setting('audit.node', true), holder,
          leased_until > clock_timestamp(), clock_timestamp() from relay;
      return null;
    end $$;
    create trigger audit_position after update of first_position on outbox
      for each row execute function audit.note_position();
  `);
}
