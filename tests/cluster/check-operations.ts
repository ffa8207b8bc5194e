import type pg from 'pg';
import type { Attempt, Order } from './orders.ts';
import type { Problems } from './problems.ts';
import type { ModelStation } from './station.ts';

interface OperationRow {
  readonly id: string;
  readonly station_id: string;
  readonly command: string;
  readonly state: string;
  readonly message_id: string;
  readonly result: object | null;
  readonly idempotency_key: string | null;
  readonly settled_at: string | null;
}

/** Answers by which the caller knows that nothing was asked of the station, unless they say where to look. */
const refusals = ['station-offline', 'station-not-accepted', 'unsupported-by-version', 'not-found'];

/** What an operation may be told as before it has ended. */
const unfinished = ['Sent', 'Unknown'];

/** Each operation has ended, as its caller was told; each CALL reached its station at most once. */
export async function checkOperations(
  sql: pg.Pool,
  { stations, orders }: { readonly stations: readonly ModelStation[]; readonly orders: readonly Order[] },
  problems: Problems,
): Promise<void> {
  const ids = stations.map(({ id }) => id);
  const { rows } = await sql.query<OperationRow>('select * from operation where station_id = any($1)', [ids]);
  const calls = new Map<string, number>();
  for (const { messageId } of stations.flatMap(({ asked }) => asked)) {
    calls.set(messageId, (calls.get(messageId) ?? 0) + 1);
  }
  for (const [messageId, count] of calls) {
    problems.holds(count === 1, `CALL ${messageId} reached its station ${count} times`);
  }
  for (const row of rows) {
    const name = `${row.command} for ${row.station_id} (${row.id})`;
    const isSettled = ['Accepted', 'Rejected', 'Failed'].includes(row.state);
    problems.holds(isSettled, `${name} has not ended: it is ${row.state}`);
    problems.holds(!isSettled || row.settled_at !== null, `${name} has ended at no time`);
    if (row.result !== null && row.command !== 'get-base-report') {
      problems.holds(
        calls.has(row.message_id),
        `${name} was answered, and its CALL never reached the station`,
      );
    }
  }
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const order of orders) checkOrder(order, { stations, rows, byId }, problems);
  await checkJobs(sql, ids, problems);
}

function checkOrder(
  { command, stationId, key, mark, attempts }: Order,
  {
    stations,
    rows,
    byId,
  }: {
    readonly stations: readonly ModelStation[];
    readonly rows: readonly OperationRow[];
    readonly byId: ReadonlyMap<string, OperationRow>;
  },
  problems: Problems,
): void {
  const name = `${command.name} ${mark} for ${stationId}`;
  const ids = new Set<string>();
  for (const { node, status, body } of attempts) {
    if (status !== 200 && status !== 202) continue;
    ids.add(body.id);
    const row = byId.get(body.id);
    if (!row) problems.say(`${name}: ${node} told of operation ${body.id}, which there is not`);
    else if (!unfinished.includes(body.state)) {
      problems.equal(row.state, body.state, `${name}: what ${node} was told that came of it`);
    }
  }
  if (key !== undefined) problems.holds(ids.size <= 1, `${name}: one key led to operations ${[...ids]}`);
  if (command.name !== 'data-transfer') return;
  const station = stations.find(({ id }) => id === stationId);
  const reached = (station?.asked ?? []).filter(({ payload }) => payload.data === mark).length;
  const begun = key === undefined ? attempts.length : 1;
  problems.holds(reached <= begun, `${name} reached the station ${reached} times`);
  const isRefused = attempts.every(({ body }) => isRefusal(body));
  if (!isRefused) return;
  problems.equal(reached, 0, `${name} was refused by ${attempts.map(({ body }) => codeOf(body))}; CALLs`);
  const recorded = rows.filter(({ idempotency_key }) => key !== undefined && idempotency_key === key).length;
  problems.equal(recorded, 0, `${name} was refused; operations`);
}

function isRefusal(body: Attempt['body']): boolean {
  return refusals.includes(codeOf(body)) && !/look at GET/.test(body.detail);
}

/** The problem's code is the end of its type. */
function codeOf(body: { readonly type?: string } | undefined): string {
  return body?.type?.split(/[/#]/).at(-1) ?? '';
}

async function checkJobs(sql: pg.Pool, ids: readonly string[], problems: Problems): Promise<void> {
  const { rows } = await sql.query(
    `select kind, station_id, attempts, problem from job where station_id = any($1) and state = 'Leased'`,
    [ids],
  );
  problems.equal(rows, [], 'jobs that somebody has begun and nobody ends');
  const lost = await sql.query(
    `select kind, station_id, attempts, problem from job where station_id = any($1) and state = 'GivenUp'`,
    [ids],
  );
  problems.equal(lost.rows, [], 'jobs that were given up');
}
