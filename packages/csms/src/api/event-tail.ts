import type { Log } from '../log.ts';
import { type EventFeed, type FeedEvent, type FeedFilter, matches } from './event-feed.ts';

export interface TailLimits {
  /** Newest events kept for all streams; a stream further behind reads from the feed itself. */
  readonly recentEventsMax: number;
  readonly readEventsMax: number;
  /** Streams of one node that read old events at the same time, so that thousands that come back do not crowd out all else. */
  readonly pastReadsMax: number;
  /** A wake-up may be lost; this is the longest that an event is then late. */
  readonly pollIntervalMs: number;
}

export const tailLimits: TailLimits = {
  recentEventsMax: 2_000,
  readEventsMax: 500,
  pastReadsMax: 4,
  pollIntervalMs: 5_000,
};

/** A piece of an event stream, and the position that its reader has reached with it. */
export interface TailBatch {
  readonly text: string;
  readonly position: bigint;
}

interface Recent {
  readonly event: FeedEvent;
  readonly text: string;
}

/**
 * The newest end of the feed, read once for all streams of a node: each event costs one read and is written as text
 * once, however many streams there are.
 */
export class EventTail {
  readonly #feed: EventFeed;
  readonly #log: Log;
  readonly #limits: TailLimits;
  readonly #wakeAll: () => void;
  readonly #unsubscribe: () => void;
  readonly #poll: NodeJS.Timeout;
  readonly #past: Turns;
  /** Every event after `#begin` and up to `#position` is here. */
  #recent: Recent[] = [];
  #begin = 0n;
  #position = 0n;
  #following = false;
  #missed = false;
  #stopped = false;

  /** Begins at the present head. `wakeAll` is called whenever there is more. Rejects when the feed cannot be read. */
  static async start(feed: EventFeed, log: Log, limits: TailLimits, wakeAll: () => void): Promise<EventTail> {
    const tail = new EventTail(feed, log, limits, wakeAll);
    try {
      // Nothing may be followed before there is a position to follow from.
      tail.#following = true;
      tail.#begin = tail.#position = await feed.head();
      tail.#following = false;
      if (tail.#missed) tail.#follow();
      return tail;
    } catch (error) {
      tail.stop();
      throw error;
    }
  }

  private constructor(feed: EventFeed, log: Log, limits: TailLimits, wakeAll: () => void) {
    this.#feed = feed;
    this.#log = log;
    this.#limits = limits;
    this.#wakeAll = wakeAll;
    this.#past = new Turns(limits.pastReadsMax);
    this.#unsubscribe = feed.subscribe(() => this.#follow());
    this.#poll = setInterval(() => this.#follow(), limits.pollIntervalMs).unref();
  }

  get position(): bigint {
    return this.#position;
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
    clearInterval(this.#poll);
  }

  /** Whether all that comes after a position is in memory. */
  remembers(after: bigint): boolean {
    return after >= this.#begin;
  }

  /** What comes after a position, from memory; undefined when that is too long ago. */
  recent(after: bigint, filter: FeedFilter): TailBatch | undefined {
    if (!this.remembers(after)) return undefined;
    if (after >= this.#position) return { text: '', position: after };
    const first = indexAfter(this.#recent, after);
    const batch = this.#recent.slice(first, first + this.#limits.readEventsMax);
    const isLast = first + batch.length === this.#recent.length;
    return {
      text: batch.map(({ event, text }) => (matches(event, filter) ? text : '')).join(''),
      position: isLast ? this.#position : (batch.at(-1)?.event.position ?? after),
    };
  }

  /** The same from the feed. */
  past(after: bigint, filter: FeedFilter): Promise<TailBatch> {
    return this.#past.take(async () => {
      const { events, position } = await this.#feed.read(after, this.#limits.readEventsMax, filter);
      return { text: events.map(textOf).join(''), position };
    });
  }

  #follow(): void {
    this.#missed = true;
    if (!this.#following && !this.#stopped) void this.#readOn();
  }

  async #readOn(): Promise<void> {
    this.#following = true;
    try {
      while (this.#missed && !this.#stopped) {
        this.#missed = false;
        const { events, position } = await this.#feed.read(this.#position, this.#limits.readEventsMax, {});
        if (position === this.#position) continue;
        this.#keep(events, position);
        // Only a read that finds nothing new has seen the end.
        this.#missed = true;
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'the event feed could not be read; the next wake-up tries again');
    } finally {
      this.#following = false;
    }
  }

  #keep(events: readonly FeedEvent[], position: bigint): void {
    for (const event of events) this.#recent.push({ event, text: textOf(event) });
    this.#position = position;
    // Trimmed in large steps: moving the whole array for every event would cost more than it saves.
    if (this.#recent.length > 2 * this.#limits.recentEventsMax) {
      const dropped = this.#recent.splice(0, this.#recent.length - this.#limits.recentEventsMax);
      this.#begin = dropped.at(-1)?.event.position ?? this.#begin;
    }
    this.#wakeAll();
  }
}

/**
 * An event as text/event-stream has it. There is no `event:` field: a browser's EventSource would then hand the event
 * only to listeners that know its type by name, and the type stands in the data.
 */
export function textOf({ position, ...event }: FeedEvent): string {
  return `id: ${position}\ndata: ${JSON.stringify(event)}\n\n`;
}

function indexAfter(recent: readonly Recent[], after: bigint): number {
  let low = 0;
  let high = recent.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const position = recent[middle]?.event.position;
    if (position !== undefined && position <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Lets a few run at once; the others wait in the order in which they came. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  async take<T>(run: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
