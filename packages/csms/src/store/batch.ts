import type { Client } from 'pg';
import type { Committed, Entry } from './committer.ts';
import { isConnectionLoss } from './connection.ts';
import { rowSource } from './row-source.ts';
import { type Claim, type ClaimKind, type Found, statementsOf, stationsOf, type Write } from './write.ts';

/** Entries that are committed together. A repetition of a batch keeps its id and its time. */
export interface Batch {
  readonly id: string;
  readonly createdAt: string;
  readonly entries: readonly Entry[];
}

export type Settled = Committed<unknown>;

/** The connection was lost while the batch was being committed: it may or may not be there. */
export class BatchUndecided extends Error {}

export interface BatchRunner {
  /** Commits the batch; `undefined` stands for an entry that was fenced out. */
  run(batch: Batch, attempt: number): Promise<(Settled | undefined)[]>;
  /** Drops connections that do not answer. */
  abandon(): void;
  /** Whether the database answers. */
  probe(): Promise<boolean>;
  close(): Promise<void>;
}

export interface BatchRunnerOptions {
  /** A connection with `pipeline: true`, connected. */
  readonly connect: () => Promise<Client>;
  readonly probeTimeoutMs: number;
}

/** A server that is frozen does not answer a farewell, and must not keep us from ending. */
const farewellMs = 2_000;

interface Attempt {
  readonly attempt: number;
  readonly settled: (Settled | undefined)[];
}

/**
 * Runs batches, each in one transaction: first what the decisions depend on (ownership, keys, claims), then, with
 * everything settled, one statement per kind of row. Statements are pipelined, so that a batch costs two round trips.
 */
export function createBatchRunner({ connect, probeTimeoutMs }: BatchRunnerOptions): BatchRunner {
  const idle: Client[] = [];
  const all = new Set<Client>();
  /** What each undecided batch would have answered, by the attempt that got as far as COMMIT. */
  const undecided = new Map<string, Attempt[]>();

  return {
    async run(batch, attempt) {
      const client = await borrow();
      try {
        const settled =
          (await resultOfLostAttempt(client, batch)) ?? (await transact(client, batch, attempt));
        undecided.delete(batch.id);
        giveBack(client);
        return settled;
      } catch (error) {
        if (isConnectionLoss(error) || error instanceof BatchUndecided) {
          discard(client);
          throw error;
        }
        // An attempt that was thought lost may have been committed meanwhile, so that its rows stood in the way.
        const lost = await client.query('rollback').then(() => resultOfLostAttempt(client, batch));
        undecided.delete(batch.id);
        giveBack(client);
        if (lost) return lost;
        throw error;
      }
    },
    abandon() {
      undecided.clear();
      for (const client of all) discard(client);
    },
    async probe() {
      const timeout = new Promise<false>((resolve) => setTimeout(resolve, probeTimeoutMs, false).unref());
      return Promise.race([alive(), timeout]);
    },
    async close() {
      const patience = setTimeout(() => {
        for (const client of all) discard(client);
      }, farewellMs);
      await Promise.allSettled([...all].map((client) => client.end()));
      clearTimeout(patience);
    },
  };

  async function resultOfLostAttempt(
    client: Client,
    batch: Batch,
  ): Promise<(Settled | undefined)[] | undefined> {
    const attempts = undecided.get(batch.id);
    if (!attempts) return undefined;
    const { rows } = await client.query(
      'select attempt from outbox where created_at = $1 and batch_id = $2',
      [batch.createdAt, batch.id],
    );
    return attempts.find(({ attempt }) => attempt === rows[0]?.attempt)?.settled;
  }

  async function transact(client: Client, batch: Batch, attempt: number): Promise<(Settled | undefined)[]> {
    const facts = await readFacts(client, batch.entries);
    const settled = batch.entries.map((entry, index) => settle(entry, index, facts));
    const writes: Write[] = [];
    const events: object[] = [];
    batch.entries.forEach((entry, index) => {
      const result = settled[index];
      if (!result) return;
      for (const write of result.writes) writes.push(write);
      for (const event of result.events) events.push(event);
      if (entry.key && !result.repeated) writes.push(keyRow(entry.key, result.answer, batch.createdAt));
    });
    const sent = lockStations(client, stationsOf(writes));
    for (const { kind, rows } of statementsOf(writes)) {
      sent.push(client.query({ name: kind.name, text: kind.sql, values: kind.parameters(rows) }));
    }
    sent.push(client.query(insertBatch(batch, attempt, events)));
    const attempts = undecided.get(batch.id) ?? [];
    undecided.set(batch.id, [...attempts, { attempt, settled }]);
    const commit = client.query('commit');
    const outcomes = await Promise.allSettled([...sent, commit]);
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!failure) return settled;
    if (isConnectionLoss(failure.reason))
      throw new BatchUndecided('connection lost during commit', { cause: failure.reason });
    if (attempts.length > 0) undecided.set(batch.id, attempts);
    else undecided.delete(batch.id);
    throw failure.reason;
  }

  async function borrow(): Promise<Client> {
    const client = idle.pop();
    if (client) return client;
    const fresh = await connect();
    all.add(fresh);
    fresh.on('error', () => discard(fresh));
    fresh.on('end', () => discard(fresh));
    return fresh;
  }

  function giveBack(client: Client): void {
    if (all.has(client)) idle.push(client);
  }

  function discard(client: Client): void {
    if (!all.delete(client)) return;
    const position = idle.indexOf(client);
    if (position >= 0) idle.splice(position, 1);
    // A frozen server does not answer a polite farewell: the socket itself is closed.
    client.connection.stream.destroy();
  }

  async function alive(): Promise<boolean> {
    try {
      const client = await borrow();
      // A standby answers, and can commit nothing.
      const { rows } = await client.query('select pg_is_in_recovery() as standby');
      giveBack(client);
      return rows[0]?.standby === false;
    } catch {
      return false;
    }
  }
}

function lockStations(client: Client, stations: readonly string[]): Promise<unknown>[] {
  if (stations.length === 0) return [];
  const text = 'select from station where id = any($1::text[]) order by id for no key update';
  return [client.query({ name: 'stations', text, values: [stations] })];
}

interface Facts {
  readonly owned: Set<number> | undefined;
  readonly keys: Map<number, { digest: string; answer: string }[]>;
  readonly held: Set<string>;
}

async function readFacts(client: Client, entries: readonly Entry[]): Promise<Facts> {
  const begun = client.query('begin');
  const fences = entries.flatMap(({ fence }, idx) =>
    fence ? [{ idx, station_id: fence.stationId, epoch: fence.epoch }] : [],
  );
  const keys = entries.flatMap(({ key }, idx) =>
    key && !key.unseen ? [{ idx, station_id: key.stationId, kind: key.kind, key: key.key }] : [],
  );
  const owned =
    fences.length > 0
      ? client.query({ name: 'fence', text: fenceSql, values: fenceRows.parameters(fences) })
      : undefined;
  const found =
    keys.length > 0
      ? client.query({ name: 'known', text: knownSql, values: knownRows.parameters(keys) })
      : undefined;
  const [, ownedFound, keysFound] = await Promise.all([begun, owned, found]);
  const facts: Facts = {
    owned: ownedFound && new Set(ownedFound.rows.map((row) => row.idx)),
    keys: Map.groupBy(keysFound?.rows ?? [], (row) => row.idx),
    held: new Set(),
  };
  await tryClaims(client, entries, facts);
  return facts;
}

/** Claims are tried only for what will be settled: not for a repetition, not for a connection that lost its station. */
async function tryClaims(client: Client, entries: readonly Entry[], facts: Facts): Promise<void> {
  const byKind = new Map<ClaimKind, { entry: number; claim: number; row: object; key: string }[]>();
  entries.forEach((entry, index) => {
    if (!entry.claims?.length || isFencedOut(entry, index, facts) || knownAnswer(entry, index, facts)) return;
    entry.claims.forEach((claim: Claim, position) => {
      const tries = byKind.get(claim.kind) ?? [];
      if (tries.length === 0) byKind.set(claim.kind, tries);
      tries.push({ entry: index, claim: position, row: claim.row, key: claim.kind.key(claim.row as never) });
    });
  });
  const kinds = [...byKind.keys()].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const kind of kinds) {
    const tries = (byKind.get(kind) ?? []).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    const rows = tries.map(({ row }, idx) => ({ idx, ...row }));
    const { rows: won } = await client.query({
      name: kind.name,
      text: kind.sql,
      values: kind.parameters(rows),
    });
    for (const { idx } of won) {
      const winner = tries[idx];
      if (winner) facts.held.add(`${winner.entry}:${winner.claim}`);
    }
  }
}

function settle(entry: Entry, index: number, facts: Facts): Settled | undefined {
  if (isFencedOut(entry, index, facts)) return undefined;
  const known = knownAnswer(entry, index, facts);
  if (known) {
    return {
      answer: known.answer,
      repeated: true,
      writes: entry.record?.(known.answer, true) ?? [],
      events: [],
      apply: undefined,
    };
  }
  const found: Found = {
    held: (entry.claims ?? []).map((_, claim) => facts.held.has(`${index}:${claim}`)),
    keyReused: facts.keys.has(index),
  };
  const outcome = entry.settle(found);
  return {
    answer: outcome.answer,
    repeated: false,
    writes: [...outcome.writes, ...(entry.record?.(outcome.answer, false) ?? [])],
    events: outcome.events,
    apply: outcome.apply,
  };
}

function isFencedOut(entry: Entry, index: number, facts: Facts): boolean {
  return entry.fence !== undefined && facts.owned?.has(index) !== true;
}

function knownAnswer(entry: Entry, index: number, facts: Facts): { answer: unknown } | undefined {
  const known = facts.keys.get(index)?.find(({ digest }) => digest === entry.key?.digest);
  return known && { answer: JSON.parse(known.answer) };
}

function keyRow(
  key: { stationId: string; kind: string; key: string; digest: string },
  answer: unknown,
  createdAt: string,
): Write {
  return {
    kind: messageKeyKind,
    row: {
      station_id: key.stationId,
      kind: key.kind,
      key: key.key,
      digest: key.digest,
      answer: JSON.stringify(answer),
      created_at: createdAt,
    },
  };
}

const messageKeyRows = rowSource({
  station_id: 'text',
  kind: 'text',
  key: 'text',
  digest: 'text',
  answer: 'text',
  created_at: 'timestamptz',
});
const fenceRows = rowSource({ idx: 'integer', station_id: 'text', epoch: 'bigint' });
const knownRows = rowSource({ idx: 'integer', station_id: 'text', kind: 'text', key: 'text' });

const messageKeyKind = {
  name: 'message_key',
  sql: `insert into message_key (station_id, kind, key, digest, answer, created_at)
    select station_id, kind, key, digest, answer, created_at
    from ${messageKeyRows.text}`,
  parameters: messageKeyRows.parameters,
  key: (row: { station_id: string; kind: string; key: string }) =>
    JSON.stringify([row.station_id, row.kind, row.key]),
  station: undefined,
};

/**
 * The row lock conflicts with the one under which the epoch is increased: whoever takes the station waits for this batch
 * to end. It is the weakest that does, so that other batches may meanwhile say who is connected.
 */
const fenceSql = `select rows.idx
  from ${fenceRows.text}
  join station_owner owner on owner.station_id = rows.station_id and owner.epoch = rows.epoch
  order by owner.station_id for key share of owner`;

const knownSql = `select rows.idx, known.digest, known.answer
  from ${knownRows.text}
  join message_key known using (station_id, kind, key)`;

function insertBatch(
  batch: Batch,
  attempt: number,
  events: readonly object[],
): { name: string; text: string; values: unknown[] } {
  return {
    name: 'outbox',
    text: 'insert into outbox (created_at, batch_id, attempt, events, event_count) values ($1, $2, $3, $4, $5)',
    values: [batch.createdAt, batch.id, attempt, JSON.stringify(events), events.length],
  };
}
