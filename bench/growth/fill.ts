import type pg from 'pg';

/** What a network leaves behind in so many days. */
export interface Growth {
  readonly stations: number;
  readonly days: number;
  readonly sessionsPerDay: number;
  /** The last so many days have their messages and events too, as those are kept for less long. */
  readonly logDays: number;
  /** The last so many days have the keys of their messages. */
  readonly keyDays: number;
  /** The first day; the last one is yesterday. */
  readonly from: Date;
}

/** A session's hour is enough for most; what the load sent in seconds is drawn out to it. */
const sessionSeconds = 3_600;
const dayMs = 86_400_000;

/**
 * Makes templates of one charging session for each version, from what the server itself wrote for the bench's stations:
 * so the rows are what it writes, whatever that is. Returns how many sampled values a session has on average.
 */
export async function makeTemplates(client: pg.Client, versions: readonly string[]): Promise<number> {
  await client.query(`
    create schema growth;
    create table growth.session as
      select distinct on (version) version, id, station_id, started_received_at as origin, ended_received_at as until,
        ${sessionSeconds} / greatest(extract(epoch from ended_received_at - started_received_at)::float8, 0.001) as stretch
      from transaction where state = 'Ended' and start_seen and end_seen and missing = '[]'
      order by version, started_received_at desc;
    create function growth.id(base timestamptz, n integer) returns uuid immutable language sql return
      (lpad(to_hex((extract(epoch from base) * 1000)::bigint), 12, '0') || lpad(to_hex(n), 20, '0'))::uuid`);
  for (const [table, time] of Object.entries(timeOf)) {
    await client.query(
      `create table growth.${table} as select s.version as of_version, s.origin, s.stretch, t.*
       from growth.session s join ${table} t on ${table === 'transaction_event' ? 't.transaction_id = s.id' : 't.station_id = s.station_id'}
         and t.${time} between s.origin and s.until ${table === 'transaction' ? 'and t.id = s.id' : ''}`,
    );
  }
  await client.query(`
    create table growth.outbox as select row_number() over () - 1 as place, * from
      (select events, event_count from outbox where event_count > 0 order by first_position desc limit 500) last;
    create table growth.operation as select * from operation where state = 'Accepted' limit 1`);
  const { rows } = await client.query(
    `select count(distinct of_version)::integer as versions, sum(json_array_length(samples::json))::float8 as values
     from growth.meter_sample`,
  );
  const [{ versions: found, values }] = rows;
  if (found !== versions.length)
    throw new Error('not every version has ended a transaction: let the load run for longer');
  return values / found;
}

/** The column of each table that places a row in time. */
const timeOf = {
  transaction: 'started_received_at',
  transaction_event: 'received_at',
  meter_sample: 'received_at',
  message_key: 'created_at',
  message_log: 'received_at',
} as const;
type SessionTable = keyof typeof timeOf;

/** Writes the history day by day, in the order in which it would have come in. */
export async function fill(
  client: pg.Client,
  growth: Growth & { readonly versions: readonly string[]; readonly say: (line: string) => void },
): Promise<void> {
  const columns = await columnsOf(client);
  const startedMs = performance.now();
  for (let index = 0; index < growth.days; index++) {
    const day = new Date(growth.from.getTime() + index * dayMs);
    const isLogged = index >= growth.days - growth.logDays;
    await makePartition(client, 'meter_sample', day);
    for (const table of ['transaction', 'transaction_event', 'meter_sample', 'message_key'] as const) {
      if (table === 'message_key' && index < growth.days - growth.keyDays) continue;
      await client.query(copySql(table, columns[table], growth), [day, growth.stations - 1]);
    }
    await client.query(operationSql(columns.operation, growth), [day, growth.stations - 1]);
    if (isLogged) {
      await makePartition(client, 'message_log', day);
      await client.query(copySql('message_log', columns.message_log, growth), [day, growth.stations - 1]);
      await fillOutbox(client, day, growth);
    }
    growth.say(
      `day ${index + 1} of ${growth.days}, ${((performance.now() - startedMs) / 1_000).toFixed(0)} s`,
    );
  }
}

/** When session k of station n begins: spread over the day, each station at a time of its own. */
function baseSql({ sessionsPerDay }: Growth): string {
  const slot = Math.floor(86_400 / sessionsPerDay);
  return `$1::timestamptz + make_interval(secs => k * ${slot} + (n::bigint * 7919 % ${slot - sessionSeconds}))`;
}

function copySql(
  table: SessionTable,
  columns: readonly Column[],
  growth: Growth & { readonly versions: readonly string[] },
): string {
  const cells = columns.map(({ name, type }) => cellOf(table, name, type));
  const versions = growth.versions.map((version) => `'${version}'`).join(', ');
  return `insert into ${table} (${columns.map(({ name }) => name).join(', ')})
    select ${cells.join(', ')}
    from generate_series(0, $2::integer) n cross join generate_series(0, ${growth.sessionsPerDay - 1}) k
    cross join lateral (select ${baseSql(growth)} as base) b
    join growth.${table} t on t.of_version = (array[${versions}])[n % ${growth.versions.length} + 1]
    order by base + (t.${timeOf[table]} - t.origin) * t.stretch`;
}

/** Rows differ from their template in whose they are and when; texts that have to be unique get the time added. */
function cellOf(table: SessionTable, name: string, type: string): string {
  if (type === 'timestamp with time zone') return `base + (t.${name} - t.origin) * t.stretch`;
  if (name === 'station_id') return `'BENCH-' || n`;
  if (name === 'transaction_id' || (name === 'id' && table === 'transaction')) {
    return `case when t.${name} is not null then growth.id(base, n) end`;
  }
  if (name === 'station_transaction_id') return 'extract(epoch from base)::bigint::text';
  if (name === 'id_token') return `'TOKEN-' || n`;
  if (name === 'key') return `t.key || '-' || extract(epoch from base)::bigint`;
  return `t.${name}`;
}

/** One command for each station and day. */
function operationSql(columns: readonly Column[], growth: Growth): string {
  const cells = columns.map(({ name, type }) => {
    if (type === 'timestamp with time zone') return 'base';
    if (name === 'id') return 'growth.id(base, n)';
    if (name === 'station_id') return `'BENCH-' || n`;
    return name === 'idempotency_key' ? 'null' : `t.${name}`;
  });
  return `insert into operation (${columns.map(({ name }) => name).join(', ')})
    select ${cells.join(', ')} from generate_series(0, $2::integer) n, growth.operation t,
      lateral (select 0 as k) only_one, lateral (select ${baseSql(growth)} as base) b order by base`;
}

/** Batches as the server committed them, as many as the day's messages need; positions go on where they were. */
async function fillOutbox(client: pg.Client, day: Date, growth: Growth): Promise<void> {
  await makePartition(client, 'outbox', day);
  await client.query(
    `with facts as (
       select (select sum(event_count)::float8 / count(*) from growth.outbox) as each, (select count(*) from growth.outbox) as templates,
         (select last_position from relay) as last,
         (select count(*)::float8 / count(distinct of_version) from growth.message_log) * $2::integer * $3::integer as messages
     ),
     batches as (
       select i, t.events, t.event_count, facts.last
       from facts, generate_series(0, (facts.messages / facts.each)::integer) i
       join growth.outbox t on t.place = i % (select templates from facts)
     ),
     placed as (
       insert into outbox (created_at, batch_id, attempt, events, event_count, first_position)
       select $1::timestamptz + i * (interval '1 day' / (select max(i) + 1 from batches)), gen_random_uuid(), 1, events, event_count,
         last + 1 + sum(event_count) over (order by i) - event_count
       from batches order by i
       returning first_position + event_count - 1 as reached
     )
     update relay set last_position = (select max(reached) from placed)`,
    [day, growth.stations, growth.sessionsPerDay],
  );
}

async function makePartition(client: pg.Client, table: string, day: Date): Promise<void> {
  const name = `${table}_p${day.toISOString().slice(0, 10).replaceAll('-', '')}`;
  const until = new Date(day.getTime() + dayMs);
  await client.query(
    `create table if not exists ${name} partition of ${table} for values from ('${day.toISOString()}') to ('${until.toISOString()}')`,
  );
}

interface Column {
  readonly name: string;
  readonly type: string;
}

async function columnsOf(client: pg.Client): Promise<Record<SessionTable | 'operation', Column[]>> {
  const of = async (table: string): Promise<Column[]> => {
    const { rows } = await client.query<Column>(
      `select column_name as name, data_type as type from information_schema.columns
       where table_schema = 'public' and table_name = $1 order by ordinal_position`,
      [table],
    );
    return rows;
  };
  return {
    transaction: await of('transaction'),
    transaction_event: await of('transaction_event'),
    meter_sample: await of('meter_sample'),
    message_key: await of('message_key'),
    message_log: await of('message_log'),
    operation: await of('operation'),
  };
}
