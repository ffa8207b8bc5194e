import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { collectGarbage } from '../testing/garbage.ts';
import type { StreamLimits } from './event-stream.ts';
import { asOperator, asReader, portOf, testApi } from './fixture.ts';

const at = '2026-03-01T12:00:00.000Z';
const numbered = (count: number, from = 1, pad = '') =>
  Array.from({ length: count }, (_, index) => ({
    type: index % 2 === 0 ? 'station.booted' : 'transaction.ended',
    stationId: `CS-${(from + index) % 3}`,
    at,
    data: { number: from + index, pad },
  }));

/** A reader on a socket of its own, which can be made to stop reading. */
class Reader {
  readonly response: IncomingMessage;
  text = '';
  ended: Promise<void>;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8').on('data', (chunk) => {
      this.text += chunk;
    });
    this.ended = new Promise((resolve) => response.on('close', resolve).on('error', () => undefined));
  }

  static open(port: number, query = '', headers: Record<string, string> = {}): Promise<Reader> {
    const { promise, resolve, reject } = Promise.withResolvers<Reader>();
    const options = {
      host: '127.0.0.1',
      port,
      path: `/api/v1/events${query}`,
      headers: { ...asOperator, ...headers },
    };
    get({ ...options, agent: false }, (response) => resolve(new Reader(response))).on('error', reject);
    return promise;
  }

  get ids(): number[] {
    return [...this.text.matchAll(/^id: (\d+)\ndata:/gm)].map((match) => Number(match[1]));
  }

  async until(condition: (reader: Reader) => boolean): Promise<void> {
    const giveUpAt = performance.now() + 5_000;
    while (!condition(this)) {
      assert.ok(performance.now() < giveUpAt, `still waiting; heard: ${this.text.slice(-300)}`);
      await wait(2);
    }
  }

  leave(): void {
    this.response.destroy();
  }
}

async function served(t: TestContext, streamLimits: Partial<StreamLimits> = {}) {
  const edge = testApi([], { streamLimits, limits: { shutdownGraceMs: 500 } });
  const port = await portOf(edge.api);
  t.after(() => edge.api.close());
  return {
    ...edge,
    port,
    open: (query?: string, headers?: Record<string, string>) => Reader.open(port, query, headers),
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('event stream', () => {
  it('tells when to come back, then what happens from now on, whole and in order', async (t) => {
    const { feed, open } = await served(t);
    await feed.append(numbered(3));
    const reader = await open();
    await reader.until(({ text }) => text.includes('retry: 3000\n\n'));
    await feed.append(numbered(2, 4));
    await reader.until(({ ids }) => ids.length === 2);
    assert.equal(
      reader.text,
      'retry: 3000\n\n' +
        `id: 4\ndata: {"type":"station.booted","stationId":"CS-1","at":"${at}","data":{"number":4,"pad":""}}\n\n` +
        `id: 5\ndata: {"type":"transaction.ended","stationId":"CS-2","at":"${at}","data":{"number":5,"pad":""}}\n\n`,
    );
    assert.equal(reader.response.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(reader.response.headers['cache-control'], 'no-store');
    reader.leave();
  });

  it('replays from Last-Event-ID, which counts more than ?after=, and goes on live', async (t) => {
    const { feed, open } = await served(t, { readEventsMax: 10 });
    await feed.append(numbered(95));
    const fromHeader = await open('?after=3', { 'last-event-id': '40' });
    const fromQuery = await open('?after=3');
    const fromStart = await open('?after=0');
    await feed.append(numbered(5, 96));
    for (const reader of [fromHeader, fromQuery, fromStart])
      await reader.until(({ ids }) => ids.at(-1) === 100);
    assert.deepEqual(fromHeader.ids, range(41, 100));
    assert.deepEqual(fromQuery.ids, range(4, 100));
    assert.deepEqual(fromStart.ids, range(1, 100));
  });

  it('gives nothing twice and leaves nothing out while others append during the replay', async (t) => {
    const { feed, open } = await served(t, { readEventsMax: 7, recentEventsMax: 20 });
    await feed.append(numbered(300));
    const readers = await Promise.all([0, 100, 290].map((after) => open(`?after=${after}`)));
    for (let next = 301; next <= 700; next += 20) {
      await feed.append(numbered(20, next));
      await wait(1);
    }
    for (const reader of readers) await reader.until(({ ids }) => ids.at(-1) === 700);
    assert.deepEqual(
      readers.map(({ ids }) => ids),
      [range(1, 700), range(101, 700), range(291, 700)],
    );
  });

  it('filters by station and by types, in the replay and live', async (t) => {
    const { feed, open } = await served(t);
    await feed.append(numbered(12));
    const reader = await open('?after=0&stationId=CS-1&type=station.booted&type=id-token.changed');
    await feed.append(numbered(12, 13));
    await reader.until(({ ids }) => ids.at(-1) === 19);
    assert.deepEqual(reader.ids, [1, 7, 13, 19]);
    const oneType = await open('?after=20&type=station.booted');
    await oneType.until(({ ids }) => ids.length === 2);
    assert.deepEqual(oneType.ids, [21, 23]);
  });

  it('beats while nothing happens, with the position so that a filtered stream resumes where it looked', async (t) => {
    const { feed, open } = await served(t, { heartbeatIntervalMs: 20 });
    const reader = await open('?stationId=nobody');
    await feed.append(numbered(8));
    await reader.until(({ text }) => text.includes(':\nid: 8\n\n'));
    assert.deepEqual(reader.ids, []);
  });

  it('reads the feed as often for many streams as for one, however many streams there are', async (t) => {
    const { feed, open } = await served(t, { streamsPerPrincipalMax: 100 });
    const readers = await Promise.all(Array.from({ length: 50 }, () => open()));
    const before = feed.reads;
    for (let next = 1; next <= 20; next += 1) {
      await feed.append(numbered(1, next));
      await wait(1);
    }
    for (const reader of readers) await reader.until(({ ids }) => ids.length === 20);
    assert.ok(feed.reads - before <= 42, `${feed.reads - before} reads for 20 events and 50 streams`);
  });

  it('reads on to the end when one read of the feed looks through little', async (t) => {
    const { feed, open } = await served(t);
    feed.eventsPerRead = 3;
    await feed.append(numbered(20));
    const [live, replayed] = [await open(), await open('?after=0&stationId=CS-1')];
    await feed.append(numbered(20, 21));
    await live.until(({ ids }) => ids.at(-1) === 40);
    assert.deepEqual(live.ids, range(21, 40));
    await replayed.until(({ ids }) => ids.at(-1) === 40);
    assert.deepEqual(
      replayed.ids,
      range(1, 40).filter((id) => id % 3 === 1),
    );
  });

  it('finds what a lost wake-up announced', async (t) => {
    const { feed, open } = await served(t, { pollIntervalMs: 20 });
    const reader = await open();
    feed.silent = true;
    await feed.append(numbered(1));
    await reader.until(({ ids }) => ids.length === 1);
  });

  it('goes on when the feed was away for a while', async (t) => {
    const { feed, open, logged } = await served(t, { pollIntervalMs: 20 });
    const reader = await open();
    feed.failure = new Error('away');
    await feed.append(numbered(2));
    await wait(50);
    feed.failure = undefined;
    await reader.until(({ ids }) => ids.length === 2);
    assert.match(logged.join(), /event feed could not be read/);
  });

  it('disconnects in the middle of a replay that fails, so that the reader resumes', async (t) => {
    const { feed, open } = await served(t, { readEventsMax: 5, bufferBytesMax: 1024, recentEventsMax: 5 });
    await feed.append(numbered(20_000, 1, 'x'.repeat(100)));
    const reader = await open('?after=0');
    feed.failure = new Error('away');
    await reader.ended;
    const last = reader.ids.at(-1) ?? 0;
    assert.deepEqual(reader.ids, range(1, last));
    assert.ok(last < 20_000);
    feed.failure = undefined;
    const again = await open('', { 'last-event-id': '19990' });
    await again.until(({ ids }) => ids.length === 10);
  });

  it('answers a problem when the feed cannot be read at all, and serves the next one', async (t) => {
    const { feed, open } = await served(t);
    feed.failure = new Error('away');
    assert.equal((await open()).response.statusCode, 500);
    feed.failure = undefined;
    assert.equal((await open()).response.statusCode, 200);
  });
});

describe('event stream: limits', () => {
  it('holds little for a reader that stops reading, and cuts it off when it does not read on', async (t) => {
    const { api, feed, open, clock, metrics } = await served(t, {
      bufferBytesMax: 10_000,
      readEventsMax: 10,
      heartbeatIntervalMs: 10,
      stallMs: 1_000,
    });
    const stalled = await open();
    const lively = await open();
    stalled.response.pause();
    collectGarbage();
    const before = process.memoryUsage().external + process.memoryUsage().arrayBuffers;
    for (let next = 1; next <= 1_000; next += 10) {
      await feed.append(numbered(10, next, 'x'.repeat(20_000)));
      await wait(0);
    }
    await lively.until(({ ids }) => ids.at(-1) === 1_000);
    assert.deepEqual(lively.ids, range(1, 1_000));
    collectGarbage();
    assert.ok(process.memoryUsage().external + process.memoryUsage().arrayBuffers - before < 100_000_000);
    clock.nowMs += 1_000;
    await wait(50);
    stalled.response.resume();
    await stalled.ended;
    assert.ok(stalled.ids.length < 1_000);
    assert.deepEqual(stalled.ids, range(1, stalled.ids.length), 'what it got is without a gap');
    assert.match((await metrics.expose()).text, /streams_ended_total\{by="stalled"\} 1/);
    const resumed = await open('', { 'last-event-id': String(stalled.ids.length) });
    await resumed.until(({ ids }) => ids.at(-1) === 1_000);
    assert.deepEqual(resumed.ids, range(stalled.ids.length + 1, 1_000));
    assert.ok(api.server.listening);
  });

  it('lets a slow reader that reads on have everything', async (t) => {
    const { feed, open } = await served(t, { bufferBytesMax: 1_000, readEventsMax: 10, recentEventsMax: 20 });
    const reader = await open('?after=0');
    reader.response.pause();
    for (let next = 1; next <= 2_000; next += 100) await feed.append(numbered(100, next, 'x'.repeat(2_000)));
    await wait(20);
    reader.response.resume();
    await reader.until(({ ids }) => ids.at(-1) === 2_000);
    assert.deepEqual(reader.ids, range(1, 2_000));
  });

  it('gives one token so many streams, and takes a place back when its stream ends', async (t) => {
    const { open, metrics, logged } = await served(t, { streamsPerPrincipalMax: 2 });
    const first = await open();
    await open();
    const third = await open();
    assert.equal(third.response.statusCode, 429);
    assert.equal(third.response.headers['retry-after'], '3');
    await third.until(({ text }) => text.includes('"code":"rate-limited"'));
    assert.equal((await open('', asReader)).response.statusCode, 200);
    first.leave();
    await wait(20);
    assert.equal((await open()).response.statusCode, 200);
    assert.match((await metrics.expose()).text, /^busbar_event_streams 3$/m);
    assert.match((await metrics.expose()).text, /streams_ended_total\{by="left"\} 1/);
    assert.match(logged.join(), /request left by its caller/);
  });

  it('holds so many streams in all', async (t) => {
    const { open } = await served(t, { streamsMax: 1 });
    await open();
    const second = await open('', asReader);
    assert.equal(second.response.statusCode, 503);
  });

  it('ends a stream after its time, so that its token is asked for again', async (t) => {
    const { open, clock } = await served(t, { heartbeatIntervalMs: 10, ageMaxMs: 3_600_000 });
    const reader = await open();
    clock.nowMs += 3_600_000;
    await reader.ended;
    assert.equal(reader.response.complete, true);
  });

  it('follows the feed only while somebody listens', async (t) => {
    const { feed, open } = await served(t, { pollIntervalMs: 5 });
    const reader = await open();
    await feed.append(numbered(1));
    await reader.until(({ ids }) => ids.length === 1);
    reader.leave();
    await wait(30);
    const before = feed.reads;
    await feed.append(numbered(3, 2));
    await wait(30);
    assert.equal(feed.reads, before);
    const next = await open('?after=1');
    await next.until(({ ids }) => ids.length === 3);
  });

  it('ends all streams at once when the server stops', async () => {
    const edge = testApi();
    const port = await portOf(edge.api);
    const readers = await Promise.all([Reader.open(port), Reader.open(port, '?after=0')]);
    const startedAt = performance.now();
    await edge.api.close();
    await Promise.all(readers.map((reader) => reader.ended));
    assert.ok(performance.now() - startedAt < 1_000);
    assert.ok(readers.every(({ response }) => response.complete));
  });

  it('stops in time with a reader that does not read', async () => {
    const edge = testApi([], { streamLimits: { bufferBytesMax: 1_000 }, limits: { shutdownGraceMs: 100 } });
    const port = await portOf(edge.api);
    const reader = await Reader.open(port);
    reader.response.pause();
    await edge.feed.append(numbered(500, 1, 'x'.repeat(50_000)));
    await wait(50);
    const startedAt = performance.now();
    await edge.api.close();
    assert.ok(performance.now() - startedAt < 2_000);
    reader.leave();
  });
});

describe('event stream: requests', () => {
  const refusals: [name: string, query: string, headers: Record<string, string>, field: string][] = [
    ['a position that is no number', '?after=yesterday', {}, 'after'],
    ['a Last-Event-ID that is no number', '', { 'last-event-id': '-1' }, 'last-event-id'],
    ['a position with too many digits', '?after=99999999999999999999', {}, 'after'],
    ['a position beyond the newest event', '?after=7', {}, 'last-event-id'],
    ['an unknown filter', '?station=CS-1', {}, 'station'],
  ];
  for (const [name, query, headers, field] of refusals) {
    it(`refuses ${name}`, async () => {
      const { api, feed } = testApi();
      await feed.append(numbered(3));
      const response = await api.inject({
        url: `/api/v1/events${query}`,
        headers: { ...asOperator, ...headers },
      });
      assert.deepEqual(
        [response.statusCode, response.json().errors?.[0]?.field],
        [400, field],
        response.body,
      );
    });
  }

  it('has no HEAD, whose answer would never end', async () => {
    const response = await testApi().api.inject({
      method: 'HEAD',
      url: '/api/v1/events',
      headers: asOperator,
    });
    assert.equal(response.statusCode, 405);
  });

  it('needs a token', async () => {
    assert.equal((await testApi().api.inject('/api/v1/events')).statusCode, 401);
  });

  it('tells a reader that was away for longer than events are kept, and where to go on', async () => {
    const edge = testApi([]);
    const port = await portOf(edge.api);
    await edge.feed.append(numbered(10));
    edge.feed.dropped = 4;
    const late = await edge.api.inject({ url: '/api/v1/events?after=3', headers: asOperator });
    assert.equal(late.statusCode, 410);
    assert.equal(late.json().code, 'events-gone');
    assert.equal(late.json().begin, '4');
    for (const [after, first] of [
      ['4', 5],
      ['0', 1],
    ] as const) {
      const reader = await Reader.open(port, `?after=${after}`);
      await reader.until(({ ids }) => ids[0] === first);
      reader.leave();
    }
    await edge.api.close();
  });
});
