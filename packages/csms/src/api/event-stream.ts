import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Log } from '../log.ts';
import type { CounterCell, Metrics } from '../metrics.ts';
import { invalidRequest, Problem, retryLater } from '../problem.ts';
import type { EventFeed, FeedFilter } from './event-feed.ts';
import { EventTail, type TailLimits, tailLimits } from './event-tail.ts';
import { defineRoute, type Route, streamed } from './route.ts';

export interface StreamLimits extends TailLimits {
  readonly streamsMax: number;
  readonly streamsPerPrincipalMax: number;
  /** Text that waits in memory for one slow reader; what is beyond stays in the feed until it has read on. */
  readonly bufferBytesMax: number;
  /** A reader that takes nothing for so long is disconnected; it resumes by Last-Event-ID. */
  readonly stallMs: number;
  /** Keeps proxies from closing a quiet stream, and finds readers that are gone. */
  readonly heartbeatIntervalMs: number;
  /** After this a stream ends and its reader comes back, so that a revoked token does not listen for ever. */
  readonly ageMaxMs: number;
  /** How long a reader is asked to wait before it comes back. */
  readonly retryMs: number;
}

export const streamLimits: StreamLimits = {
  ...tailLimits,
  streamsMax: 1_000,
  streamsPerPrincipalMax: 20,
  bufferBytesMax: 256 * 1024,
  stallMs: 60_000,
  heartbeatIntervalMs: 15_000,
  ageMaxMs: 3_600_000,
  retryMs: 3_000,
};

const ends = ['left', 'stalled', 'aged', 'failed', 'shutdown'] as const;
type End = (typeof ends)[number];

export interface EventStreams {
  readonly route: Route;
  /** Ends all streams, and refuses new ones. */
  close(): void;
}

/** Live events over HTTP: at least once, in the order of the feed, from any position on. */
export function createEventStreams(options: {
  readonly feed: EventFeed;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly limits?: Partial<StreamLimits>;
}): EventStreams {
  const { feed, log, metrics, now } = options;
  const limits = { ...streamLimits, ...options.limits };
  const ended = metrics.counter({
    name: 'busbar_event_streams_ended_total',
    help: 'Event streams that ended, by what ended them',
    labels: { by: ends },
  });
  const streams = new StreamSet({ feed, log, now, limits, ended: (by) => ended.at({ by }) });
  metrics.gauge({
    name: 'busbar_event_streams',
    help: 'Event streams that are open',
    read: () => streams.size,
  });
  return { route: eventsRoute(streams), close: () => streams.close() };
}

const position = Type.String({ pattern: '^[0-9]{1,19}$', examples: ['1042'] });

function eventsRoute(streams: StreamSet): Route {
  return defineRoute({
    method: 'GET',
    path: '/events',
    permission: 'events:read',
    operationId: 'streamEvents',
    summary: 'Receive events as they happen',
    description:
      'A stream of server-sent events. The `id` of each is its position; `data` is JSON with `type`, `at`, `data` and, where it is about a station, `stationId`. Without a position the stream begins with what happens next; with one, with what came after it (0: with the oldest that is kept). Every event comes at least once, and those of a station in their order. The server may end a stream at any time: come back with the last `id` seen. A heartbeat carries an `id` without data, so that a filter that matches little resumes without searching again.',
    tags: ['events'],
    query: Type.Object({
      after: Type.Optional({
        ...position,
        description: 'Begin after this position; Last-Event-ID counts more',
      }),
      stationId: Type.Optional(
        Type.String({ minLength: 1, maxLength: 255, description: 'Only of this station' }),
      ),
      type: Type.Optional(
        Type.Array(Type.String({ maxLength: 100 }), {
          maxItems: 50,
          description: 'Only of these types; may be repeated',
        }),
      ),
    }),
    headers: Type.Object({ 'last-event-id': Type.Optional(position) }),
    responses: {
      200: streamed('text/event-stream; charset=utf-8', 'Events until either side ends the stream'),
    },
    problems: ['events-gone', 'rate-limited', 'overloaded'],
    async handle({ query, headers }, { principal }) {
      const { stationId, type: types } = query;
      const from = headers['last-event-id'] ?? query.after;
      const body = await streams.open({
        principalId: principal.id,
        after: from === undefined ? undefined : BigInt(from),
        filter: { ...(stationId !== undefined && { stationId }), ...(types && { types }) },
      });
      // `close`, so that no finished stream keeps its socket waiting while the server shuts down.
      return { status: 200, body, headers: { connection: 'close', 'x-accel-buffering': 'no' } };
    },
  });
}

interface SetOptions {
  readonly feed: EventFeed;
  readonly log: Log;
  readonly now: () => number;
  readonly limits: StreamLimits;
  readonly ended: (by: End) => CounterCell;
}

/** The streams of this node around one tail, which runs while there are any. */
class StreamSet {
  readonly #options: SetOptions;
  readonly #streams = new Set<EventStream>();
  readonly #perPrincipal = new Map<string, number>();
  #tail: Promise<EventTail> | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #places = 0;
  #closed = false;

  constructor(options: SetOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** The caller owns the stream: destroying it gives its place back. */
  async open(request: {
    readonly principalId: string;
    readonly after: bigint | undefined;
    readonly filter: FeedFilter;
  }): Promise<Readable> {
    this.#takePlace(request.principalId);
    try {
      const tail = await this.#runningTail();
      const position = request.after ?? tail.position;
      if (position > tail.position) await this.#refuseFuture(position);
      // From 0 on means: all that is kept.
      if (position > 0n && !tail.remembers(position)) await this.#refuseForgotten(position);
      if (this.#closed) throw shuttingDown();
      const stream = new EventStream(tail, position, request.filter, this.#options);
      this.#streams.add(stream);
      stream.once('close', () => {
        this.#streams.delete(stream);
        this.#options.ended(stream.endedBy).inc();
        this.#leavePlace(request.principalId);
      });
      return stream;
    } catch (error) {
      this.#leavePlace(request.principalId);
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    for (const stream of this.#streams) stream.end('shutdown');
  }

  #takePlace(principalId: string): void {
    const { streamsMax, streamsPerPrincipalMax, retryMs } = this.#options.limits;
    if (this.#closed) throw shuttingDown();
    if (this.#places >= streamsMax)
      throw retryLater('overloaded', 'No more event streams fit.', retryMs / 1000);
    const own = this.#perPrincipal.get(principalId) ?? 0;
    if (own >= streamsPerPrincipalMax) {
      throw retryLater(
        'rate-limited',
        `One token may have ${own} event streams, and has them.`,
        retryMs / 1000,
      );
    }
    this.#places += 1;
    this.#perPrincipal.set(principalId, own + 1);
  }

  #leavePlace(principalId: string): void {
    this.#places -= 1;
    const own = (this.#perPrincipal.get(principalId) ?? 0) - 1;
    if (own > 0) this.#perPrincipal.set(principalId, own);
    else this.#perPrincipal.delete(principalId);
    if (this.#places === 0) this.#stopTail();
  }

  #runningTail(): Promise<EventTail> {
    if (this.#tail) return this.#tail;
    const { feed, log, limits } = this.#options;
    const tail = EventTail.start(feed, log, limits, () => {
      for (const stream of this.#streams) stream.wake();
    });
    this.#tail = tail;
    // Whoever asked for it hears of the failure; the next one tries anew.
    tail.catch(() => {
      if (this.#tail === tail) this.#tail = undefined;
    });
    this.#heartbeat ??= setInterval(() => {
      for (const stream of this.#streams) stream.heartbeat();
    }, limits.heartbeatIntervalMs).unref();
    return tail;
  }

  #stopTail(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    this.#tail?.then(
      (tail) => tail.stop(),
      () => undefined,
    );
    this.#tail = undefined;
  }

  /** The tail may lag behind the feed, and behind another node that gave this position; the feed itself cannot. */
  /** A reader that was away for longer than events are kept must not believe that it has missed nothing. */
  async #refuseForgotten(position: bigint): Promise<void> {
    const begin = await this.#options.feed.begin();
    if (position >= begin) return;
    throw new Problem(
      'events-gone',
      `What came after ${position} is not kept any more; the oldest event is ${begin + 1n}. Read the present state, then begin after ${begin}`,
      { extras: { begin: String(begin) } },
    );
  }

  async #refuseFuture(position: bigint): Promise<void> {
    const head = await this.#options.feed.head();
    if (position <= head) return;
    throw invalidRequest([
      {
        field: 'last-event-id',
        message: `${position} is beyond the newest event, ${head}; begin without a position`,
      },
    ]);
  }
}

/**
 * One reader's cursor. It takes text from the tail, or from the feed where it is too far behind for that, as fast as
 * its reader does: a slow reader fills its buffer, and then no more is read for it until it has read on.
 */
class EventStream extends Readable {
  readonly #tail: EventTail;
  readonly #filter: FeedFilter;
  readonly #now: () => number;
  readonly #limits: StreamLimits;
  readonly #openedAt: number;
  #position: bigint;
  #wanted = false;
  #pumping = false;
  /** Since when the reader has taken nothing although something waits for it. */
  #blockedAt: number | undefined;
  endedBy: End = 'left';

  constructor(tail: EventTail, position: bigint, filter: FeedFilter, options: SetOptions) {
    super({ highWaterMark: options.limits.bufferBytesMax });
    this.#tail = tail;
    this.#position = position;
    this.#filter = filter;
    this.#now = options.now;
    this.#limits = options.limits;
    this.#openedAt = options.now();
    this.push(`retry: ${options.limits.retryMs}\n\n`);
  }

  override _read(): void {
    this.#wanted = true;
    this.#blockedAt = undefined;
    this.wake();
  }

  wake(): void {
    if (this.#wanted && !this.#pumping) void this.#pump();
  }

  heartbeat(): void {
    if (this.#blockedAt !== undefined) {
      if (this.#now() - this.#blockedAt >= this.#limits.stallMs) this.#cut('stalled');
    } else if (this.#now() - this.#openedAt >= this.#limits.ageMaxMs) this.end('aged');
    else this.#offer(`:\nid: ${this.#position}\n\n`);
  }

  end(by: End): void {
    if (this.readableEnded || this.destroyed) return;
    this.endedBy = by;
    this.#wanted = false;
    this.push(null);
  }

  /** The last look at the tail and the end of pumping are one step, so that no wake-up is lost between them. */
  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      while (this.#wanted) {
        const recent = this.#tail.recent(this.#position, this.#filter);
        const batch = recent ?? (await this.#tail.past(this.#position, this.#filter));
        if (batch.position === this.#position || this.destroyed || this.endedBy !== 'left') break;
        this.#position = batch.position;
        if (batch.text !== '') this.#offer(batch.text);
      }
    } catch (error) {
      this.endedBy = 'failed';
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#pumping = false;
    }
  }

  #offer(text: string): void {
    this.#wanted = false;
    if (this.push(text)) this.#wanted = true;
    else this.#blockedAt ??= this.#now();
  }

  #cut(by: End): void {
    this.endedBy = by;
    this.destroy();
  }
}

function shuttingDown() {
  return retryLater('overloaded', 'The server is shutting down.', 5);
}
