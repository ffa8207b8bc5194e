import { randomUUID } from 'node:crypto';
import type { EventDraft } from '../core/events.ts';
import { type Batch, type BatchRunner, BatchUndecided, type Settled } from './batch.ts';
import { isConnectionLoss, isRetryable } from './connection.ts';
import type { Claim, Found, MessageKey, Outcome, Write } from './write.ts';

/** One decision on its way into the database. */
export interface Entry<Answer = unknown> {
  /** Who caused it (a station, an operator): one that poisons batches is committed alone for a while. */
  readonly source: string;
  /** The connection that it came over; left out when another connection has taken the station since. */
  readonly fence?: { readonly stationId: string; readonly epoch: number };
  readonly key?: MessageKey;
  readonly claims?: readonly Claim[];
  /** Pure: it runs again when the batch has to be repeated. */
  settle(found: Found): Outcome<Answer>;
  /** Rows that are written for a repetition too, such as the message log. */
  record?(answer: Answer, repeated: boolean): readonly Write[];
}

export interface Committed<Answer> {
  readonly answer: Answer;
  /** The message was known: this is its first answer, and it had no effect now. */
  readonly repeated: boolean;
  readonly writes: readonly Write[];
  readonly events: readonly EventDraft[];
  readonly apply: (() => void) | undefined;
}

/** The entry's connection is not the owner of its station any more; nothing was written and nothing is answered. */
export class FencedOut extends Error {}

/** The database refused the entry's own data; nothing of it was written. */
export class EntryRefused extends Error {}

/** The database did not answer in time; whether the entry was written is not known. It must not be acknowledged. */
export class DatabaseAway extends Error {}

export const committerLimits = {
  /** Messages in one transaction: enough to carry the cost of a commit, few enough to stay within milliseconds. */
  batchEntries: 500,
  /** While one batch waits for the disk the next is filled and sent. */
  batchesInFlight: 2,
  /**
   * Entries that have to wait before a further batch is sent beside one that is on its way: fewer are better carried
   * together once it is back, as each batch costs its statements and a sync of the disk.
   */
  furtherBatchFrom: 100,
  /** They do not wait longer than this for a batch that may be held up by a lock. */
  furtherBatchAfterMs: 15,
  /** From this age of the oldest entry on the database counts as away (ARCHITECTURE.md, Database away). */
  awayAfterMs: 5_000,
  /** How long a source that poisoned a batch is committed alone. */
  quarantineMs: 60_000,
  /** Waiting entries of all stations; a lane holds one per station, so this is far above what is normal. */
  waitingEntries: 100_000,
  /** First pause before a batch is repeated, doubled up to the last. */
  retryFirstMs: 20,
  retryLastMs: 500,
} as const;

export interface CommitterMetrics {
  batch(entries: number, seconds: number): void;
  refused(): void;
  retried(): void;
}

export interface CommitterOptions {
  readonly runner: BatchRunner;
  readonly now: () => Date;
  readonly limits?: Partial<Record<keyof typeof committerLimits, number>>;
  readonly metrics?: CommitterMetrics;
  /** Called after each commit that carried events. */
  readonly onEvents?: () => void;
  readonly onAway?: (away: boolean) => void;
}

export interface Committer {
  /**
   * Writes the entry together with whatever else is waiting and resolves after the commit.
   *
   * @throws FencedOut, EntryRefused, DatabaseAway
   */
  commit<Answer>(entry: Entry<Answer>): Promise<Committed<Answer>>;
  readonly away: boolean;
  /** Entries that wait or are on their way. */
  readonly pending: number;
  /** Refuses new entries and resolves when what was accepted is committed. */
  close(): Promise<void>;
}

interface Waiting {
  readonly entry: Entry;
  readonly sinceMs: number;
  readonly resolve: (committed: Committed<never>) => void;
  readonly reject: (error: Error) => void;
  done: boolean;
}

/** Builds the committer: the one way by which facts reach the database. */
export function createCommitter(options: CommitterOptions): Committer {
  const limits: Record<keyof typeof committerLimits, number> = { ...committerLimits, ...options.limits };
  const { runner, metrics } = options;
  const waiting: Waiting[] = [];
  const inFlight = new Set<readonly Waiting[]>();
  const aloneUntil = new Map<string, number>();
  const watch = setInterval(watchAge, Math.min(250, limits.awayAfterMs / 4));
  watch.unref();
  let away = false;
  let closing: (() => void) | undefined;
  let scheduled = false;
  /** Looks again when those that wait have waited long enough. */
  let patience: NodeJS.Timeout | undefined;

  return {
    commit,
    get away() {
      return away;
    },
    get pending() {
      return waiting.length + [...inFlight].reduce((sum, batch) => sum + batch.length, 0);
    },
    close,
  };

  function commit<Answer>(entry: Entry<Answer>): Promise<Committed<Answer>> {
    if (away) return Promise.reject(new DatabaseAway('the database does not answer'));
    if (closing) return Promise.reject(new DatabaseAway('the server is shutting down'));
    if (waiting.length >= limits.waitingEntries) {
      return Promise.reject(
        new DatabaseAway(`more than ${limits.waitingEntries} entries wait for the database`),
      );
    }
    return new Promise((resolve, reject) => {
      waiting.push({
        entry: entry as Entry,
        sinceMs: Date.now(),
        resolve: resolve as Waiting['resolve'],
        reject,
        done: false,
      });
      schedule();
    });
  }

  /** Entries that arrive in the same turn of the event loop share a batch. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      fill();
    });
  }

  function fill(): void {
    while (mayStart()) {
      const batch = take();
      inFlight.add(batch);
      void run(batch).finally(() => {
        inFlight.delete(batch);
        if (waiting.length > 0) fill();
        else if (inFlight.size === 0) closing?.();
      });
    }
  }

  function mayStart(): boolean {
    if (inFlight.size === 0) return waiting.length > 0;
    if (inFlight.size >= limits.batchesInFlight) return false;
    if (waiting.length >= limits.furtherBatchFrom) return true;
    const [oldest] = waiting;
    if (!oldest) return false;
    if (Date.now() - oldest.sinceMs >= limits.furtherBatchAfterMs) return true;
    patience ??= setTimeout(() => {
      patience = undefined;
      fill();
    }, limits.furtherBatchAfterMs);
    return false;
  }

  function take(): Waiting[] {
    const nowMs = Date.now();
    const alone = aloneUntil.size === 0 ? -1 : waiting.findIndex(({ entry }) => isAlone(entry.source, nowMs));
    if (alone === 0) return waiting.splice(0, 1);
    return waiting.splice(0, Math.min(limits.batchEntries, alone < 0 ? waiting.length : alone));
  }

  function isAlone(source: string, nowMs: number): boolean {
    const until = aloneUntil.get(source);
    if (until === undefined) return false;
    if (until > nowMs) return true;
    aloneUntil.delete(source);
    return false;
  }

  async function run(members: readonly Waiting[]): Promise<void> {
    const batch: Batch = {
      id: randomUUID(),
      createdAt: options.now().toISOString(),
      entries: members.map(({ entry }) => entry),
    };
    const startedMs = performance.now();
    for (let attempt = 1, pauseMs: number = limits.retryFirstMs; ; attempt++) {
      try {
        const settled = await runner.run(batch, attempt);
        metrics?.batch(members.length, (performance.now() - startedMs) / 1_000);
        finish(members, settled);
        return;
      } catch (error) {
        if (members.every(({ done }) => done)) return;
        if (error instanceof BatchUndecided || isConnectionLoss(error) || isRetryable(error)) {
          metrics?.retried();
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          pauseMs = Math.min(pauseMs * 2, limits.retryLastMs);
          if (members.every(({ done }) => done)) return;
          continue;
        }
        await takeApart(members, error);
        return;
      }
    }
  }

  /** Only the entry at fault may fail: halves are committed on their own until it stands alone. */
  async function takeApart(members: readonly Waiting[], error: unknown): Promise<void> {
    const [first] = members;
    if (members.length === 1 && first) {
      aloneUntil.set(first.entry.source, Date.now() + limits.quarantineMs);
      metrics?.refused();
      reject(
        first,
        new EntryRefused(error instanceof Error ? error.message : String(error), { cause: error }),
      );
      return;
    }
    const middle = Math.ceil(members.length / 2);
    await run(members.slice(0, middle));
    await run(members.slice(middle));
  }

  function finish(members: readonly Waiting[], settled: readonly (Settled | undefined)[]): void {
    let events = false;
    members.forEach((member, index) => {
      const result = settled[index];
      if (!result) {
        reject(member, new FencedOut('another connection of this station has taken over'));
        return;
      }
      events ||= result.events.length > 0;
      if (member.done) return;
      member.done = true;
      member.resolve(result as Committed<never>);
    });
    if (events) options.onEvents?.();
  }

  function reject(member: Waiting, error: Error): void {
    if (member.done) return;
    member.done = true;
    member.reject(error);
  }

  function watchAge(): void {
    const oldest = Math.min(
      waiting[0]?.sinceMs ?? Infinity,
      ...[...inFlight].map(([first]) => first?.sinceMs ?? Infinity),
    );
    if (away || Date.now() - oldest < limits.awayAfterMs) return;
    away = true;
    options.onAway?.(true);
    const lost = [...waiting.splice(0), ...[...inFlight].flat()];
    for (const member of lost) reject(member, new DatabaseAway('the database does not answer'));
    void comeBack();
  }

  async function comeBack(): Promise<void> {
    runner.abandon();
    while (!closing && !(await runner.probe())) {
      await new Promise((resolve) => setTimeout(resolve, limits.retryLastMs));
    }
    // Whoever closes us has heard that it is away, and does not wait for it.
    if (closing) return;
    away = false;
    options.onAway?.(false);
  }

  async function close(): Promise<void> {
    const idle = () => waiting.length === 0 && inFlight.size === 0;
    if (!idle() && !away) await new Promise<void>((resolve) => (closing = resolve));
    closing ??= () => {};
    clearInterval(watch);
    clearTimeout(patience);
    await runner.close();
  }
}
