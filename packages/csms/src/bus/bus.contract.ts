import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Bus, BusTimeout, Declined, NoHearer, nodeSubject, stationSubject } from './bus.ts';

/** What every bus does on its own. Run by each implementation with a function that makes a fresh one. */
export function busContract(
  name: string,
  create: () => Promise<Bus>,
  options: { readonly skip?: string | false } = {},
): void {
  describe(name, options, () => {
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

    it('hands over what one who declined says, where nobody else serves the subject', () =>
      withBus(async (bus) => {
        bus.serve('station.a', async () => {
          throw new Declined('not mine any more', { problem: { code: 'station-offline' } });
        });
        const declined = await bus.request('station.a', {}, 1_000).catch((error) => error);
        assert.ok(declined instanceof Declined);
        assert.equal(declined.message, 'not mine any more');
        assert.deepEqual(declined.reply, { problem: { code: 'station-offline' } });
      }));

    it('answers many requests at once, each with its own answer', () =>
      withBus(async (bus) => {
        bus.serve('station.a', async (message) => message);
        const asked = Array.from({ length: 500 }, (_, n) => ({ n }));
        const answers = await Promise.all(asked.map((message) => bus.request('station.a', message, 5_000)));
        assert.deepEqual(answers, asked);
      }));

    it('lets nobody hear twice who has subscribed once, or once who has subscribed and left', () =>
      withBus(async (bus) => {
        const heard: string[] = [];
        const { promise, resolve } = Promise.withResolvers<void>();
        const hear = () => heard.push('same');
        bus.subscribe('events', hear);
        bus.subscribe('events', hear)();
        bus.subscribe('events', () => resolve());
        bus.publish('events', {});
        await promise;
        assert.deepEqual(heard, ['same']);
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

    it('takes any identity as a subject, and none hears what is meant for another', () =>
      withBus(async (bus) => {
        for (const identity of identities) bus.serve(stationSubject(identity), async () => ({ identity }));
        for (const identity of identities) {
          assert.deepEqual(await bus.request(stationSubject(identity), {}, 1_000), { identity });
        }
        await assert.rejects(bus.request(stationSubject('another'), {}, 1_000), NoHearer);
        assert.equal(nodeSubject('0b5e'), 'node.0b5e');
      }));
  });
}

/** Two buses that reach each other, and how to know that each has heard of what the other serves. */
export interface BusNetwork {
  readonly one: Bus;
  readonly other: Bus;
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What every bus does that connects nodes, beyond what it does on its own. */
export function busNetworkContract(
  name: string,
  create: () => Promise<BusNetwork>,
  options: { readonly skip?: string | false } = {},
): void {
  describe(name, options, () => {
    const withNetwork = async (use: (network: BusNetwork) => Promise<void>) => {
      const network = await create();
      try {
        await use(network);
      } finally {
        await network.close();
      }
    };
    const decline = (by: string) => async () => {
      throw new Declined(`declined by ${by}`, { by });
    };

    it('carries a request to the node that serves the subject, and the answer back', () =>
      withNetwork(async ({ one, other, settled }) => {
        for (const identity of identities) {
          one.serve(stationSubject(identity), async (message) => ({ heard: message, identity }));
        }
        await settled();
        for (const identity of identities) {
          assert.deepEqual(await other.request(stationSubject(identity), { n: 1 }, 1_000), {
            heard: { n: 1 },
            identity,
          });
        }
        await assert.rejects(other.request(stationSubject('another'), {}, 1_000), NoHearer);
      }));

    it('says that nobody serves a subject any more', () =>
      withNetwork(async ({ one, other, settled }) => {
        const stop = one.serve('station.a', async () => ({}));
        await settled();
        await other.request('station.a', {}, 1_000);
        stop();
        await settled();
        await assert.rejects(other.request('station.a', {}, 1_000), NoHearer);
      }));

    it('answers on the node itself what is served there and elsewhere', () =>
      withNetwork(async ({ one, other, settled }) => {
        one.serve('station.a', async () => ({ by: 'one' }));
        other.serve('station.a', async () => ({ by: 'other' }));
        await settled();
        assert.deepEqual(await one.request('station.a', {}, 1_000), { by: 'one' });
        assert.deepEqual(await other.request('station.a', {}, 1_000), { by: 'other' });
      }));

    it('hands the error of an answerer on another node to the asker: its message alone', () =>
      withNetwork(async ({ one, other, settled }) => {
        one.serve('station.a', async () => {
          throw Object.assign(new Error('it broke'), { password: 'geheim', stack: 'at secret.ts' });
        });
        await settled();
        const error = await other.request('station.a', {}, 1_000).catch((thrown) => thrown);
        assert.ok(error instanceof Error);
        assert.equal(error.message, 'it broke');
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /geheim|secret\.ts/);
      }));

    it('leaves a request that is declined here to another node, and does not ask itself again', () =>
      withNetwork(async ({ one, other, settled }) => {
        let asked = 0;
        one.serve('station.a', async () => {
          asked++;
          throw new Declined('not mine', {});
        });
        other.serve('station.a', async () => ({ by: 'other' }));
        await settled();
        assert.deepEqual(await one.request('station.a', {}, 1_000), { by: 'other' });
        assert.equal(asked, 1);
      }));

    it('hands over what one who declined says, on this node or on another, when no other answers', () =>
      withNetwork(async ({ one, other, settled }) => {
        one.serve('station.a', decline('one'));
        await settled();
        for (const bus of [one, other]) {
          const declined = await bus.request('station.a', {}, 5_000).catch((error) => error);
          assert.ok(declined instanceof Declined, String(declined));
          assert.equal(declined.message, 'declined by one');
          assert.deepEqual(declined.reply, { by: 'one' });
        }
      }));

    it('gives up after the time allowed, counted over all who are asked', () =>
      withNetwork(async ({ one, other, settled }) => {
        one.serve('station.a', decline('one'));
        other.serve('station.a', () => new Promise(() => {}));
        await settled();
        await assert.rejects(one.request('station.a', {}, 50), BusTimeout);
      }));

    it('answers many requests from both sides at once', () =>
      withNetwork(async ({ one, other, settled }) => {
        one.serve('station.a', async (message) => ({ ...message, by: 'one' }));
        other.serve('station.b', async (message) => ({ ...message, by: 'other' }));
        await settled();
        await Promise.all(
          Array.from({ length: 1_000 }, async (_, n) => {
            assert.deepEqual(await other.request('station.a', { n }, 10_000), { n, by: 'one' });
            assert.deepEqual(await one.request('station.b', { n }, 10_000), { n, by: 'other' });
          }),
        );
      }));

    it('tells hearers on every node, each once', () =>
      withNetwork(async ({ one, other, settled }) => {
        const heard: string[] = [];
        const ends = [one, other].map((bus, index) => {
          const { promise, resolve } = Promise.withResolvers<void>();
          bus.subscribe('events', (message) => heard.push(`${index} ${JSON.stringify(message)}`));
          bus.subscribe('end', () => resolve());
          return promise;
        });
        await settled();
        one.publish('events', { position: 1 });
        // What one node says arrives in its order, so whatever came twice has come by the end.
        one.publish('end', {});
        await Promise.all(ends);
        assert.deepEqual(heard.sort(), ['0 {"position":1}', '1 {"position":1}']);
      }));
  });
}

const identities = ['*', '>', 'a.b', 'CS 1', 'ü', '', 'busbar.>'];
