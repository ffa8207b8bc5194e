import type pg from 'pg';
import { eventually } from '../support/eventually.ts';
import type { Problems } from './problems.ts';
import type { ModelStation } from './station.ts';

interface Raised {
  readonly station_id: string;
  readonly epoch: bigint;
  /** The process as the table of owners has it; null where a dead one was released. */
  readonly node: string | null;
  /** The process that the database saw doing it. */
  readonly writer: string | null;
}

interface Written {
  readonly source: string;
  readonly station_id: string;
  readonly epoch: bigint | null;
  readonly owner: string | null;
  readonly writer: string | null;
  readonly message_id: string | null;
}

/**
 * At most one owner ever committed in an epoch. The database's own record is compared with itself, and with what the
 * stations saw: which socket, to which process, brought the answer to which message.
 */
export async function checkOwners(
  sql: pg.Pool,
  stations: readonly ModelStation[],
  problems: Problems,
): Promise<void> {
  const ids = stations.map(({ id }) => id);
  const raises = await sql.query<Raised>(
    'select * from audit.raise where station_id = any($1) order by epoch',
    [ids],
  );
  const writes = await sql.query<Written>(
    'select * from audit.write where station_id = any($1) order by at',
    [ids],
  );
  const raisesOf = Map.groupBy(raises.rows, ({ station_id }) => station_id);
  const writesOf = Map.groupBy(writes.rows, ({ station_id }) => station_id);
  for (const station of stations) {
    const raised = raisesOf.get(station.id) ?? [];
    const written = writesOf.get(station.id) ?? [];
    checkEpochs(station.id, raised, written, problems);
    checkLines(station, written, problems);
  }
  await checkPresent(sql, stations, problems);
  await checkOld(stations, problems);
}

function checkEpochs(
  id: string,
  raised: readonly Raised[],
  written: readonly Written[],
  problems: Problems,
): void {
  problems.equal(
    raised.map(({ epoch }) => epoch),
    raised.map((_, index) => BigInt(index + 1)),
    `${id}: each epoch is given once, in order`,
  );
  const owners = new Map(raised.map((raise) => [raise.epoch, raise]));
  for (const { source, epoch, owner, writer } of written) {
    const raise = epoch === null ? undefined : owners.get(epoch);
    // A connection that has ended is the owner of its epoch still: what it had said before is committed in it.
    const isOwner = raise?.node != null && (owner === raise.node || owner === null);
    if (isOwner && raise.writer === writer && writer !== null) continue;
    problems.say(
      `${id}: ${writer} wrote ${source} in epoch ${epoch}, which ${raise?.writer} was given for ${raise?.node}; the owner was ${owner}`,
    );
  }
}

/** A socket has an epoch of its own, all that was answered over it was committed in it by the process at its end. */
function checkLines(
  { id, lines, said }: ModelStation,
  written: readonly Written[],
  problems: Problems,
): void {
  const exchanges = Map.groupBy(
    written.filter(({ source }) => source === 'message_log'),
    ({ message_id }) => message_id ?? '',
  );
  for (const messageId of said.keys()) {
    const count = exchanges.get(messageId)?.length ?? 0;
    problems.holds(count <= 1, `${id}: message ${messageId} was recorded ${count} times`);
  }
  const epochs = new Map<bigint | null, number>();
  for (const [index, { node, answered }] of lines.entries()) {
    for (const messageId of answered) {
      const [exchange] = exchanges.get(messageId) ?? [];
      const what = `${id}: ${said.get(messageId)?.action} ${messageId} was answered by ${node}`;
      if (!exchange) {
        problems.say(`${what} and is not recorded`);
        continue;
      }
      problems.equal(exchange.writer, node, `${what}, recorded by`);
      const other = epochs.get(exchange.epoch) ?? index;
      epochs.set(exchange.epoch, other);
      problems.equal(other, index, `${what} in epoch ${exchange.epoch}, which belongs to socket`);
    }
  }
}

/** The table of owners says truthfully who is connected where. */
async function checkPresent(
  sql: pg.Pool,
  stations: readonly ModelStation[],
  problems: Problems,
): Promise<void> {
  const { rows } = await sql.query(
    `select owner.*, (select writer from audit.raise where raise.station_id = owner.station_id
       and raise.epoch = owner.epoch) as writer
     from station_owner owner where station_id = any($1)`,
    [stations.map(({ id }) => id)],
  );
  for (const { id, current } of stations) {
    const row = rows.find(({ station_id }) => station_id === id);
    problems.equal(row?.writer, current?.node, `${id}: the owner`);
    problems.holds(row?.node !== null, `${id}: is connected, and the table of owners names no node`);
    problems.equal(row?.disconnected_at, null, `${id}: is connected, and its connection has ended`);
  }
}

/** A node that missed the hint looks for itself every half second. */
const closedWithinMs = 5_000;

/** Whoever lost a station to a later connection has closed its socket; the station left it open. */
async function checkOld(stations: readonly ModelStation[], problems: Problems): Promise<void> {
  for (const { id, lines, current } of stations) {
    const left = () => lines.filter((line) => line !== current && line.isOpen);
    await eventually(() => left().length === 0, 'old sockets to be closed', closedWithinMs).catch(() =>
      problems.say(`${id}: ${left().map(({ node }) => node)} keep sockets open that have lost their station`),
    );
  }
}
