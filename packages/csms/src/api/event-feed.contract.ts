import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { EventFeed, FeedEvent, FeedFilter } from './event-feed.ts';

export interface FeedUnderTest extends AsyncDisposable {
  readonly feed: EventFeed;
  /** Resolves when the events can be read, in the order given. */
  append(events: readonly Omit<FeedEvent, 'position'>[]): Promise<void>;
}

const at = '2026-03-01T12:00:00.000Z';
const booted = (stationId: string, data: object = {}) => ({ type: 'station.booted', stationId, at, data });
const ended = (stationId: string, data: object = {}) => ({ type: 'transaction.ended', stationId, at, data });

/** What whoever reads events may rely on; run by every implementation of the port. */
export function eventFeedContract(name: string, open: () => Promise<FeedUnderTest>): void {
  describe(`event feed: ${name}`, () => {
    it('gives events whole, in the order of their positions', async () => {
      await using under = await open();
      const data = { text: 'Zähler ⚡', nested: { list: [1, 'two', null] } };
      await under.append([booted('CS-1', data), { type: 'id-token.changed', at, data: {} }]);
      const { events } = await under.feed.read(0n, 10, {});
      assert.deepEqual(
        events.map(({ position: _, ...event }) => event),
        [booted('CS-1', data), { type: 'id-token.changed', at, data: {} }],
      );
      assertRising(events);
    });

    it('begins at nothing, and stays there until something happens', async () => {
      await using under = await open();
      const head = await under.feed.head();
      assert.deepEqual(await under.feed.read(head, 10, {}), { events: [], position: head });
    });

    it('has as its head the position of the newest event', async () => {
      await using under = await open();
      await under.append([booted('CS-1'), booted('CS-2')]);
      const { events, position } = await under.feed.read(0n, 10, {});
      assert.equal(await under.feed.head(), events.at(-1)?.position);
      assert.equal(position, events.at(-1)?.position);
    });

    it('can be read from its beginning', async () => {
      await using under = await open();
      assert.equal(await under.feed.begin(), await under.feed.head());
      await under.append([booted('CS-1'), booted('CS-2')]);
      const begin = await under.feed.begin();
      const { events } = await under.feed.read(begin, 1, {});
      assert.equal(events[0]?.position, begin + 1n);
    });

    it('gives everything once to a reader that goes on from each position', async () => {
      await using under = await open();
      await under.append(numbered(7));
      for (const limit of [1, 2, 3, 7, 8])
        assert.deepEqual(numbers(await readAll(under.feed, limit)), range(7));
    });

    it('gives everything of a long history, however much one read looks through', async () => {
      await using under = await open();
      for (const event of numbered(120)) await under.append([event]);
      assert.deepEqual(numbers(await readAll(under.feed, 500)), range(120));
      const last = await readAll(under.feed, 500, { types: ['transaction.ended'] });
      assert.deepEqual(last, []);
    });

    it('filters by station, by types, and by both', async () => {
      await using under = await open();
      await under.append([booted('CS-1'), ended('CS-1'), booted('CS-2'), ended('CS-2')]);
      const seen = async (filter: FeedFilter) =>
        (await under.feed.read(0n, 10, filter)).events.map(({ type, stationId }) => `${type} ${stationId}`);
      assert.deepEqual(await seen({ stationId: 'CS-1' }), ['station.booted CS-1', 'transaction.ended CS-1']);
      assert.deepEqual(await seen({ types: ['transaction.ended'] }), [
        'transaction.ended CS-1',
        'transaction.ended CS-2',
      ]);
      assert.deepEqual(await seen({ stationId: 'CS-2', types: ['station.booted'] }), ['station.booted CS-2']);
      assert.equal((await seen({ types: ['station.booted', 'transaction.ended'] })).length, 4);
      assert.deepEqual(await seen({ stationId: "CS-1' OR true --" }), []);
    });

    it('moves its position past events that the filter leaves out', async () => {
      await using under = await open();
      await under.append([booted('CS-1'), booted('CS-2'), booted('CS-2')]);
      const { events, position } = await under.feed.read(0n, 10, { stationId: 'CS-1' });
      assert.equal(events.length, 1);
      assert.equal(position, await under.feed.head());
    });

    it('stops at the last event given when the limit is reached', async () => {
      await using under = await open();
      await under.append([booted('CS-1'), booted('CS-2'), booted('CS-1')]);
      const { events, position } = await under.feed.read(0n, 1, { stationId: 'CS-1' });
      assert.equal(position, events[0]?.position);
      assert.equal((await under.feed.read(position, 1, { stationId: 'CS-1' })).events.length, 1);
    });

    it('never moves a position back', async () => {
      await using under = await open();
      await under.append([booted('CS-1')]);
      const beyond = (await under.feed.head()) + 100n;
      assert.deepEqual(await under.feed.read(beyond, 10, {}), { events: [], position: beyond });
    });

    it('wakes a subscriber after what it can then read, and not after its end', async () => {
      await using under = await open();
      let woken = Promise.withResolvers<void>();
      let calls = 0;
      const unsubscribe = under.feed.subscribe(() => {
        calls += 1;
        woken.resolve();
      });
      for (let round = 1; round <= 2; round += 1) {
        woken = Promise.withResolvers<void>();
        await under.append([booted('CS-1')]);
        await Promise.race([
          woken.promise,
          wait(5_000, undefined, { ref: false }).then(() => assert.fail('no wake-up')),
        ]);
        assert.equal((await under.feed.read(0n, 10, {})).events.length, round);
      }
      unsubscribe();
      const before = calls;
      await under.append([booted('CS-1')]);
      await wait(20);
      assert.equal(calls, before);
    });

    it('leaves no gap for a reader that follows while others append', async () => {
      await using under = await open();
      const count = 200;
      const seen: FeedEvent[] = [];
      const appended = Promise.all(
        numbered(count).map(async (event, index) => {
          await wait(index % 7);
          await under.append([event]);
        }),
      );
      let position = 0n;
      const giveUpAt = performance.now() + 20_000;
      while (seen.length < count && performance.now() < giveUpAt) {
        const batch = await under.feed.read(position, 10, {});
        seen.push(...batch.events);
        position = batch.position;
        if (batch.events.length === 0) await wait(1);
      }
      await appended;
      assertRising(seen);
      assert.deepEqual(
        numbers(seen).toSorted((a, b) => a - b),
        range(count),
      );
    });
  });
}

async function readAll(feed: EventFeed, limit: number, filter: FeedFilter = {}): Promise<FeedEvent[]> {
  const all: FeedEvent[] = [];
  for (let position = 0n; ; ) {
    const batch = await feed.read(position, limit, filter);
    if (batch.position === position) return all;
    all.push(...batch.events);
    position = batch.position;
  }
}

function numbered(count: number) {
  return range(count).map((number) => booted('CS-1', { number }));
}

function numbers(events: readonly FeedEvent[]): number[] {
  return events.map(({ data }) => ('number' in data ? Number(data.number) : Number.NaN));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function assertRising(events: readonly FeedEvent[]): void {
  for (const [index, { position }] of events.entries()) {
    assert.ok(position > (events[index - 1]?.position ?? 0n), `position ${position} does not follow`);
  }
}
