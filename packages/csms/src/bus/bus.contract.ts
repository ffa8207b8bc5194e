import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Bus, BusTimeout, NoHearer, stationSubject } from './bus.ts';

/** What every bus does. Run by each implementation with a function that makes a fresh one. */
export function busContract(name: string, create: () => Promise<Bus>): void {
  describe(name, () => {
    const withBus = async (use: (bus: Bus) => Promise<void>) => {
      const bus = await create();
      try {
        await use(bus);
      } finally {
        await bus.close();
      }
    };

    it('carries a request to who serves the subject and the answer back', () =>
      withBus(async (bus) => {
        bus.serve('station.a', async (message) => ({ heard: message }));
        assert.deepEqual(await bus.request('station.a', { n: 1 }, 1_000), { heard: { n: 1 } });
      }));

    it('says that nobody serves a subject', () =>
      withBus(async (bus) => {
        await assert.rejects(bus.request('station.nobody', {}, 1_000), NoHearer);
      }));

    it('stops serving when told so, and serves again', () =>
      withBus(async (bus) => {
        const stop = bus.serve('station.a', async () => ({ by: 1 }));
        stop();
        await assert.rejects(bus.request('station.a', {}, 1_000), NoHearer);
        bus.serve('station.a', async () => ({ by: 2 }));
        assert.deepEqual(await bus.request('station.a', {}, 1_000), { by: 2 });
      }));

    it('does not let an earlier server end a later one of the same subject', () =>
      withBus(async (bus) => {
        const stop = bus.serve('station.a', async () => ({ by: 1 }));
        bus.serve('station.a', async () => ({ by: 2 }));
        stop();
        assert.deepEqual(await bus.request('station.a', {}, 1_000), { by: 2 });
      }));

    it('gives up after the time allowed', () =>
      withBus(async (bus) => {
        bus.serve('station.slow', () => new Promise(() => {}));
        await assert.rejects(bus.request('station.slow', {}, 20), BusTimeout);
      }));

    it('hands the error of the answerer to the asker', () =>
      withBus(async (bus) => {
        bus.serve('station.a', async () => {
          throw new Error('it broke');
        });
        await assert.rejects(bus.request('station.a', {}, 1_000), /it broke/);
      }));

    it('wakes every hearer of a subject, and none that has left', () =>
      withBus(async (bus) => {
        const heard: string[] = [];
        const { promise, resolve } = Promise.withResolvers<void>();
        bus.subscribe('events', () => heard.push('first'));
        const leave = bus.subscribe('events', () => heard.push('left'));
        bus.subscribe('events', () => {
          heard.push('second');
          resolve();
        });
        leave();
        bus.publish('events', { position: 1 });
        await promise;
        assert.deepEqual(heard.sort(), ['first', 'second']);
      }));

    it('shares no object between the ends', () =>
      withBus(async (bus) => {
        const sent = { list: [1] };
        bus.serve('station.a', async (message) => {
          (message as typeof sent).list.push(2);
          return message;
        });
        await bus.request('station.a', sent, 1_000);
        assert.deepEqual(sent, { list: [1] });
      }));

    it('takes any identity as a subject', () =>
      withBus(async (bus) => {
        for (const identity of ['*', '>', 'a.b', 'CS 1', 'ü', '']) {
          bus.serve(stationSubject(identity), async () => ({ identity }));
        }
        for (const identity of ['*', '>', 'a.b', 'CS 1', 'ü', '']) {
          assert.deepEqual(await bus.request(stationSubject(identity), {}, 1_000), { identity });
        }
      }));
  });
}
