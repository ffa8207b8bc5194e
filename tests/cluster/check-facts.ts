import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { Problems } from './problems.ts';
import type { ToldTransaction } from './script.ts';
import type { ModelStation } from './station.ts';

// biome-ignore lint/suspicious/noExplicitAny: rows of many statements, looked at below
type Row = any;

/** Everything that was acknowledged is recorded, once, and nothing else. All has been answered by now. */
export async function checkFacts(
  sql: pg.Pool,
  stations: readonly ModelStation[],
  problems: Problems,
): Promise<void> {
  const ids = stations.map(({ id }) => id);
  const read = async (text: string): Promise<Row[]> => (await sql.query(text, [ids])).rows;
  const by = (name: string, rows: Row[]) => Map.groupBy(rows, (row) => row[name] as string);
  const [known, connectors, transactions, facts, samples, findings, quarantine, uses] = await Promise.all([
    read('select * from station where id = any($1)'),
    read('select * from connector where evse_id = 1 and connector_id = 1 and station_id = any($1)'),
    read('select * from transaction where station_id = any($1)'),
    read(`select event.* from transaction_event event join transaction on transaction.id = event.transaction_id
      where station_id = any($1) order by ordinal`),
    read('select * from meter_sample where station_id = any($1)'),
    read(`select * from finding where kind not like 'tolerated-%' and station_id = any($1)`),
    read('select * from quarantine where station_id = any($1)'),
    read(`select transaction.id, state, id_token_status, token_use.token_key from transaction
      left join token_use on token_use.transaction_id = transaction.id where transaction.station_id = any($1)`),
  ]);
  problems.equal(findings, [], 'findings that the stations gave no reason for');
  problems.equal(quarantine, [], 'messages in quarantine');
  for (const { id, state, id_token_status, token_key } of uses) {
    const holds = state === 'Active' && id_token_status === 'Accepted';
    problems.equal(token_key !== null, holds, `whether transaction ${id} (${state}) holds its token`);
  }
  const rows: Rows = {
    transactions: by('station_id', transactions),
    facts: by('transaction_id', facts),
    samples: by('transaction_id', samples),
    loose: by(
      'station_id',
      samples.filter(({ transaction_id }) => transaction_id === null),
    ),
  };
  for (const station of stations) {
    const { id } = station;
    const { told } = station.script;
    for (const fault of station.faults) problems.say(fault);
    checkAnswers(station, problems);
    const row = known.find((candidate) => candidate.id === id);
    problems.equal(row?.registration, 'Accepted', `${id}: its registration`);
    problems.equal(row?.firmware_version, told.firmwareVersion, `${id}: its last boot`);
    const connector = connectors.find(({ station_id }) => station_id === id);
    problems.equal(connector?.detail, told.connectorStatus, `${id}: its last status`);
    checkTransactions(id, told, rows, problems);
  }
}

interface Rows {
  readonly transactions: Map<string, Row[]>;
  readonly facts: Map<string, Row[]>;
  readonly samples: Map<string, Row[]>;
  readonly loose: Map<string, Row[]>;
}

/** A repetition gets the first answer, wherever it is said. */
function checkAnswers({ id, said }: ModelStation, problems: Problems): void {
  for (const { action, keyed, answers } of new Set(said.values())) {
    if (!keyed || answers.every((answer) => isDeepStrictEqual(answer, answers[0]))) continue;
    problems.say(`${id}: one ${action} got different answers: ${JSON.stringify(answers)}`);
  }
}

function checkTransactions(
  id: string,
  told: ModelStation['script']['told'],
  rows: Rows,
  problems: Problems,
): void {
  problems.equal(
    (rows.loose.get(id) ?? []).map(({ at }) => at).toSorted(),
    told.clockAligned,
    `${id}: meter values outside of transactions`,
  );
  const recorded = rows.transactions.get(id) ?? [];
  problems.equal(
    recorded.map(({ station_transaction_id }) => station_transaction_id).toSorted(),
    told.transactions.map(({ wireId }) => wireId).toSorted(),
    `${id}: its transactions`,
  );
  for (const transaction of told.transactions) {
    const row = recorded.find(({ station_transaction_id }) => station_transaction_id === transaction.wireId);
    if (row) checkTransaction(`${id} ${transaction.wireId}`, transaction, { row, rows }, problems);
  }
}

function checkTransaction(
  name: string,
  { facts }: ToldTransaction,
  { row, rows }: { readonly row: Row; readonly rows: Rows },
  problems: Problems,
): void {
  problems.equal(
    (rows.facts.get(row.id) ?? []).map(({ kind, seq_no, at }) => [
      kind,
      seq_no === null ? undefined : Number(seq_no),
      at,
    ]),
    facts.map(({ kind, seqNo, at }) => [kind, seqNo, at]),
    `${name}: its events`,
  );
  problems.equal(row.reuse, 0, `${name}: uses of its number before`);
  problems.equal(row.missing, [], `${name}: events that are missing`);
  problems.equal(
    (rows.samples.get(row.id) ?? []).map(({ at }) => at).toSorted(),
    facts.filter(({ kind, seqNo }) => seqNo !== undefined || kind === 'Updated').map(({ at }) => at),
    `${name}: its meter values`,
  );
  const [first] = facts;
  const last = facts.at(-1);
  problems.equal(row.state, last?.kind === 'Ended' ? 'Ended' : 'Active', `${name}: its state`);
  if (last?.kind !== 'Ended' || !first) return;
  problems.equal(Number(row.imported_wh), last.registerWh - first.registerWh, `${name}: its energy`);
  problems.equal(row.energy_trusted, true, `${name}: whether its energy is trusted`);
}
