import type { EventDraft } from '../core/events.ts';
import { rowSource } from './row-source.ts';

/**
 * One kind of row that the committer writes: a statement that takes many rows at once.
 *
 * Its rows are called `rows` in its text. Rows of one statement never share a `key`: a second row for the same key goes into a further statement of the same batch, so
 * that "the last word wins" holds for upserts too. Kinds without a key only append.
 */
export interface WriteKind {
  readonly name: string;
  readonly sql: string;
  readonly parameters: (rows: readonly object[]) => string[];
  readonly key: ((row: never) => string) | undefined;
  /** The id of the row of `station` that it changes: see {@link stationsOf}. */
  readonly station: ((row: never) => string) | undefined;
}

/** One row to be written, and of which kind. */
export interface Write {
  readonly kind: WriteKind;
  readonly row: object;
}

/**
 * Declares a kind of row and returns the function that makes one.
 *
 * @param columns PostgreSQL types by column, in the row's own (snake_case) names; the first is never null.
 * @param sql the statement; it is given the text of the row source, to be used as a FROM item.
 */
export function defineWrite<Row extends object>(declaration: {
  readonly name: string;
  readonly columns: Readonly<Record<keyof Row & string, string>>;
  readonly sql: (rows: string) => string;
  readonly key?: (row: Row) => string;
  readonly station?: (row: Row) => string;
}): (row: Row) => Write {
  const { text, parameters } = rowSource(declaration.columns);
  const kind: WriteKind = {
    name: declaration.name,
    sql: declaration.sql(text),
    parameters,
    key: declaration.key,
    station: declaration.station,
  };
  return (row) => ({ kind, row });
}

/**
 * A claim: a conditional row on something that another station, node or person may change meanwhile. It is decided
 * by the database in the same commit as the facts that depend on it, never from a twin or a cache.
 */
export interface ClaimKind {
  readonly name: string;
  readonly sql: string;
  readonly parameters: (rows: readonly object[]) => string[];
  readonly key: (row: never) => string;
}

/** One claim to be tried; `Found.held` tells, in the order of the entry's claims, whether it was obtained. */
export interface Claim {
  readonly kind: ClaimKind;
  readonly row: object;
}

/**
 * Declares a kind of claim. The statement sees the claims as rows with an extra column `idx integer` and must return
 * the `idx` of each claim that is held after it.
 */
export function defineClaim<Row extends object>(declaration: {
  readonly name: string;
  readonly columns: Readonly<Record<keyof Row & string, string>>;
  readonly sql: (rows: string) => string;
  readonly key: (row: Row) => string;
}): (row: Row) => Claim {
  const { text, parameters } = rowSource({ idx: 'integer', ...declaration.columns });
  const kind: ClaimKind = {
    name: declaration.name,
    sql: declaration.sql(text),
    parameters,
    key: declaration.key,
  };
  return (row) => ({ kind, row });
}

/** What a decision amounts to: the answer, the rows that make it true, and the events that tell of it. */
export interface Outcome<Answer> {
  readonly answer: Answer;
  readonly writes: readonly Write[];
  readonly events: readonly EventDraft[];
  /** Brings memory up to date; run once by whoever committed, after the commit. */
  readonly apply?: () => void;
}

/** What the database knew when the decision was settled. */
export interface Found {
  /** By position in the entry's `claims`: was it obtained? */
  readonly held: readonly boolean[];
  /** The natural key was there before, with another content: a new fact under a used key. */
  readonly keyReused: boolean;
}

/** The natural key of a message whose repetition must have no effect. */
export interface MessageKey {
  readonly stationId: string;
  readonly kind: string;
  readonly key: string;
  /** Digest of the content, without what a repetition may change; empty when the key is such a digest itself. */
  readonly digest: string;
  /** The station's twin proves that the key was never used, so that it need not be looked up. */
  readonly unseen?: boolean;
}

/** Splits writes into statements: by kind in a fixed order, rows in key order, no key twice in one statement. */
export function statementsOf(writes: readonly Write[]): { kind: WriteKind; rows: object[] }[] {
  const byKind = new Map<WriteKind, object[]>();
  for (const { kind, row } of writes) {
    const rows = byKind.get(kind);
    if (rows) rows.push(row);
    else byKind.set(kind, [row]);
  }
  const kinds = [...byKind.keys()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return kinds.flatMap((kind) => roundsOf(kind, byKind.get(kind) ?? []).map((rows) => ({ kind, rows })));
}

/**
 * The stations whose rows these writes change, where they are several. Many kinds of write change them, and each
 * statement locks them in the order of its plan: so they are all locked first, in one order. (Waiting for PostgreSQL to
 * find a deadlock takes a second.)
 */
export function stationsOf(writes: readonly Write[]): readonly string[] {
  const stations = new Set<string>();
  for (const { kind, row } of writes) {
    if (kind.station) stations.add(kind.station(row as never));
  }
  return stations.size > 1 ? [...stations] : [];
}

function roundsOf(kind: WriteKind, rows: object[]): object[][] {
  const { key } = kind;
  if (!key) return [rows];
  const rounds: Map<string, object>[] = [];
  for (const row of rows) {
    const rowKey = key(row as never);
    let round = rounds.find((candidate) => !candidate.has(rowKey));
    if (!round) {
      round = new Map();
      rounds.push(round);
    }
    round.set(rowKey, row);
  }
  return rounds.map((round) =>
    [...round.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row),
  );
}
