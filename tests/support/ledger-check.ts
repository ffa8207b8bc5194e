import assert from 'node:assert/strict';
import type pg from 'pg';
import { eventually } from './eventually.ts';
import type { AcknowledgedTransaction, Ledger, Load } from './load.ts';

/**
 * Compares what the stations know to be recorded with what the database holds: all of it is there, nothing of it
 * twice, and nothing else. The load must have finished.
 */
export async function checkLedgers(sql: pg.Pool | pg.Client, load: Load): Promise<void> {
  assert.deepEqual(load.faults, []);
  const rows = await readAll(sql);
  for (const ledger of load.ledgers) checkStation(ledger, rows);
  await checkEvents(sql, load);
  await checkRest(sql);
}

// biome-ignore lint/suspicious/noExplicitAny: rows of many statements, looked at below
type Row = any;

interface Rows {
  readonly transactions: Map<string, Row[]>;
  readonly facts: Map<string, Row[]>;
  readonly samples: Map<string, Row[]>;
  readonly loose: Map<string, Row[]>;
  readonly stations: Map<string, Row>;
  readonly connectors: Map<string, Row>;
}

async function readAll(sql: pg.Pool | pg.Client): Promise<Rows> {
  const read = async (text: string): Promise<Row[]> => (await sql.query(text)).rows;
  const by = (name: string, rows: Row[]) => Map.groupBy(rows, (row) => row[name] as string);
  return {
    transactions: by('station_id', await read('select * from transaction')),
    facts: by('transaction_id', await read('select * from transaction_event order by ordinal')),
    samples: by('transaction_id', await read('select * from meter_sample where transaction_id is not null')),
    loose: by('station_id', await read('select * from meter_sample where transaction_id is null')),
    stations: new Map((await read('select * from station')).map((row) => [row.id, row])),
    connectors: new Map(
      (await read('select * from connector where evse_id = 1 and connector_id = 1')).map((row) => [
        row.station_id,
        row,
      ]),
    ),
  };
}

function checkStation(ledger: Ledger, rows: Rows): void {
  const { id } = ledger;
  const station = rows.stations.get(id);
  assert.equal(station.registration, 'Accepted');
  assert.equal(station.firmware_version, ledger.firmwareVersion, `${id}: the last boot`);
  assert.equal(rows.connectors.get(id)?.detail, ledger.connectorStatus, `${id}: the last status`);
  assert.deepEqual(
    (rows.loose.get(id) ?? []).map(({ at }) => at).toSorted(),
    ledger.clockAligned,
    `${id}: clock-aligned meter values`,
  );
  const recorded = rows.transactions.get(id) ?? [];
  assert.deepEqual(
    recorded.map((row) => row.station_transaction_id).toSorted(),
    ledger.transactions.map(({ wireId }) => wireId).toSorted(),
    `${id}: the ids of its transactions`,
  );
  for (const transaction of ledger.transactions) {
    const row = recorded.find((candidate) => candidate.station_transaction_id === transaction.wireId);
    checkTransaction(`${id} ${transaction.wireId}`, transaction, row, rows);
  }
}

function checkTransaction(name: string, { facts }: AcknowledgedTransaction, row: Row, rows: Rows): void {
  assert.deepEqual(
    (rows.facts.get(row.id) ?? []).map(({ kind, seq_no, at }) => [
      kind,
      seq_no === null ? undefined : Number(seq_no),
      at,
    ]),
    facts.map(({ kind, seqNo, at }) => [kind, seqNo, at]),
    `${name}: its events`,
  );
  const first = facts[0];
  const last = facts.at(-1);
  assert.equal(row.started_at, first?.at);
  assert.equal(row.reuse, 0);
  assert.deepEqual(row.missing, []);
  const readings = (rows.samples.get(row.id) ?? []).map(({ at }) => at).toSorted();
  const told = facts.filter(({ kind, seqNo }) => seqNo !== undefined || kind === 'Updated');
  assert.deepEqual(
    readings,
    told.map(({ at }) => at),
    `${name}: its meter values`,
  );
  if (last?.kind !== 'Ended') return;
  assert.equal(row.state, 'Ended', name);
  assert.equal(row.ended_at, last.at);
  assert.equal(Number(row.imported_wh), last.registerWh - (first?.registerWh ?? 0), `${name}: its energy`);
  assert.equal(row.energy_trusted, true, `${name}: ${JSON.stringify(row.energy_reasons)}`);
}

/** The outbox tells of each fact once, at positions without holes. */
async function checkEvents(sql: pg.Pool | pg.Client, load: Load): Promise<void> {
  // The relay is a moment behind the commits.
  const batches = await eventually(async () => {
    const { rows } = await sql.query(
      'select first_position, event_count, events::jsonb from outbox where event_count > 0 order by first_position',
    );
    return rows.every(({ first_position }) => first_position !== null) && rows;
  }, 'all events to have positions');
  let next = 1;
  const told = new Map<string, number>();
  for (const { first_position, event_count, events } of batches) {
    assert.equal(Number(first_position), next, 'positions follow each other');
    next += event_count;
    assert.equal(events.length, event_count);
    for (const { type, data } of events) {
      const key = `${type} ${data.stationTransactionId} ${data.at}`;
      told.set(key, (told.get(key) ?? 0) + 1);
    }
  }
  const names = { Started: 'started', Updated: 'updated', Ended: 'ended' } as const;
  for (const { transactions } of load.ledgers) {
    for (const { wireId, facts } of transactions) {
      for (const { kind, at } of facts) {
        assert.equal(told.get(`transaction.${names[kind]} ${wireId} ${at}`), 1, `${wireId} ${kind} ${at}`);
      }
    }
  }
}

/** What must not be left behind. */
async function checkRest(sql: pg.Pool | pg.Client): Promise<void> {
  const none = async (what: string, text: string) => {
    const { rows } = await sql.query(text);
    assert.deepEqual(rows, [], what);
  };
  await none('messages in quarantine', 'select * from quarantine');
  await none(
    'tokens held by transactions that have ended',
    `select * from token_use join transaction on transaction.id = token_use.transaction_id where state = 'Ended'`,
  );
  await none(
    'tokens of open transactions that are not held',
    `select * from transaction where state = 'Active' and not exists (
       select from token_use where token_use.transaction_id = transaction.id)`,
  );
  await none(
    'findings that these stations gave no reason for',
    `select * from finding where kind not like 'tolerated-%'`,
  );
  await none(
    'facts that are acknowledged twice under one key',
    `select station_id, kind, key from message_key group by 1, 2, 3 having count(*) > 1`,
  );
}
