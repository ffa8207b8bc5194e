import type pg from 'pg';
import type { Json } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import type { Follower } from './follower.ts';
import type { Problems } from './problems.ts';
import type { ModelStation } from './station.ts';

/** Where a run begins: what is before it was checked with the runs before. */
export interface EventMark {
  readonly position: number;
}

interface BatchRow {
  readonly first_position: bigint;
  readonly event_count: number;
  readonly events: readonly Json[];
}

/** A wake-up that was lost is made up for by a look every 5 s. */
const readWithinMs = 12_000;

export async function markEvents(sql: pg.Pool): Promise<EventMark> {
  const { rows } = await sql.query('select last_position from relay');
  return { position: Number(rows[0]?.last_position ?? 0) };
}

/** The outbox tells of each fact once, at positions without holes, and every reader has seen just that. */
export async function checkEvents(
  sql: pg.Pool,
  run: {
    readonly since: EventMark;
    readonly followers: readonly Follower[];
    readonly stations: readonly ModelStation[];
  },
  problems: Problems,
): Promise<void> {
  const { since, followers, stations } = run;
  const batches = await eventually(
    async () => {
      const { rows } = await sql.query<BatchRow>(
        `select first_position, event_count, events::jsonb from outbox
         where event_count > 0 and (first_position is null or first_position > $1) order by first_position`,
        [since.position],
      );
      return rows.every(({ first_position }) => first_position !== null) && rows;
    },
    'all events to have positions',
    readWithinMs,
  );
  const outbox: { readonly position: number; readonly event: Json }[] = [];
  for (const { first_position, event_count, events } of batches) {
    problems.equal(Number(first_position), since.position + outbox.length + 1, 'the next position');
    problems.equal(events.length, event_count, `the events of the batch at ${first_position}`);
    for (const event of events) outbox.push({ position: since.position + outbox.length + 1, event });
  }
  const last = since.position + outbox.length;
  for (const [index, follower] of followers.entries()) {
    await eventually(
      () => follower.lastPosition >= last,
      `follower ${index} to come from ${follower.lastPosition} to ${last}`,
      readWithinMs,
    );
    const seen = follower.events.filter(({ position }) => position > since.position && position <= last);
    problems.equal(seen, outbox, `what follower ${index} has seen`);
    follower.forget(last);
  }
  for (const station of stations) checkTold(station, outbox, problems);
  await checkLeases(sql, since, problems);
}

/** Once each, and a station's in the order in which it told them. */
function checkTold(
  { id, script }: ModelStation,
  outbox: readonly { readonly position: number; readonly event: Json }[],
  problems: Problems,
): void {
  const names = { Started: 'started', Updated: 'updated', Ended: 'ended' } as const;
  const told = script.told.transactions.flatMap(({ wireId, facts }) =>
    facts.map(({ kind, at }) => `transaction.${names[kind]} ${wireId} ${at}`),
  );
  const seen = outbox
    .filter(({ event }) => event.stationId === id && event.type.startsWith('transaction.'))
    .map(({ event: { type, data } }) => `${type} ${data.stationTransactionId} ${data.at}`);
  problems.equal(seen, told, `${id}: the events of its transactions`);
  let isConnected = false;
  for (const { position, event } of outbox) {
    if (event.stationId !== id) continue;
    if (event.type === 'station.disconnected') {
      problems.holds(isConnected, `${id}: position ${position} says that it is gone, which it was already`);
    }
    if (event.type === 'station.connected') isConnected = true;
    if (event.type === 'station.disconnected') isConnected = false;
  }
}

/** Positions are given by the process that holds the lease, as the database saw it. */
async function checkLeases(sql: pg.Pool, since: EventMark, problems: Problems): Promise<void> {
  const { rows } = await sql.query(
    `select position.*, (select writer from audit.raise where raise.node = position.holder limit 1) as holds
     from audit.position position where first_position > $1 order by first_position`,
    [since.position],
  );
  for (const { first_position, writer, holds, leased } of rows) {
    problems.holds(leased, `position ${first_position} was given by ${writer} without a lease`);
    if (holds !== null) problems.equal(writer, holds, `who gave position ${first_position}`);
  }
}
