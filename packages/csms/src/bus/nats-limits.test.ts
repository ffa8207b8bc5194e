import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { eventually } from '../../../../tests/support/eventually.ts';
import { type NatsServerOptions, startNatsServer, withoutNats } from '../testing/nats.ts';
import { BusFull, Declined, MessageTooLarge } from './bus.ts';
import { listeningLog, openBus } from './nats.fixture.ts';
import type { NatsBusOptions } from './nats.ts';

async function network(
  t: TestContext,
  limits: NatsBusOptions['limits'] = {},
  serverOptions: NatsServerOptions = {},
) {
  const server = await startNatsServer(serverOptions);
  const { log, lines } = listeningLog();
  const counted = { badMessages: 0, publishesDropped: 0 };
  const metrics = {
    badMessage: () => void counted.badMessages++,
    publishDropped: () => void counted.publishesDropped++,
  };
  const open = (id: string) => openBus({ natsUrl: server.url }, { id, limits, metrics, log });
  const one = await open('one');
  const other = await open('other');
  const third = await open('third');
  t.after(async () => {
    await Promise.all([one.close(), other.close(), third.close()]);
    await server.stop();
  });
  const settled = () => Promise.all([one.settled(), other.settled(), third.settled()]);
  return { server, one, other, third, settled, counted, lines };
}

/** A request that has arrived and is not answered yet. */
async function askAndHold({ one, other, settled }: Awaited<ReturnType<typeof network>>) {
  const arrived = Promise.withResolvers<void>();
  const release = Promise.withResolvers<object>();
  one.serve('station.a', () => {
    arrived.resolve();
    return release.promise;
  });
  await settled();
  const answer = other.request('station.a', {}, 30_000);
  await arrived.promise;
  return { answer, release };
}

const tooLarge = 'x'.repeat(2_000);

describe('what the bus on NATS may hold', { skip: withoutNats }, () => {
  it('a request too large, or something too large to be told, fails where it is sent', async (t) => {
    const { one, other, settled } = await network(t, { largestMessageBytes: 1_000 });
    let heard = 0;
    one.serve('station.a', async () => ({}));
    one.subscribe('events', () => heard++);
    await settled();
    await assert.rejects(other.request('station.a', { tooLarge }, 5_000), (error: unknown) => {
      assert.ok(error instanceof MessageTooLarge);
      assert.match(error.message, /2015 bytes on station\.a: the bus takes 1000/);
      return true;
    });
    assert.throws(() => other.publish('events', { tooLarge }), MessageTooLarge);
    assert.deepEqual(await other.request('station.a', {}, 5_000), {});
    assert.equal(heard, 0);
  });

  it('an answer too large, or one that JSON cannot carry, is an error for the asker', async (t) => {
    const { one, other, settled } = await network(t, { largestMessageBytes: 1_000 });
    one.serve('station.a', async () => ({ tooLarge }));
    one.serve('station.b', async () => ({ big: 1n }));
    await settled();
    await assert.rejects(
      other.request('station.a', {}, 5_000),
      /the answer has \d+ bytes: the bus takes 1000/,
    );
    await assert.rejects(other.request('station.b', {}, 5_000), /BigInt/);
  });

  it('a NATS that takes less is heeded, and said', async (t) => {
    const { other, lines } = await network(t, {}, { maxPayloadBytes: 1_000 });
    await assert.rejects(other.request('station.a', { tooLarge }, 5_000), /the bus takes 1000/);
    assert.ok(lines.some(({ level, msg }) => level === 'warn' && /raise its max_payload/.test(msg)));
    assert.equal(other.state, 'connected');
  });

  it('more requests than may wait are refused, and there is room again when they have ended', async (t) => {
    const { one, other, settled } = await network(t, { mostRequests: 10 });
    const release = Promise.withResolvers<object>();
    one.serve('station.a', () => release.promise);
    await settled();
    const asked = Array.from({ length: 10 }, () => other.request('station.a', {}, 30_000));
    assert.equal(other.requestsInFlight, 10);
    await assert.rejects(other.request('station.a', {}, 30_000), BusFull);
    release.resolve({ done: true });
    for (const answer of await Promise.all(asked)) assert.deepEqual(answer, { done: true });
    assert.equal(other.requestsInFlight, 0);
    assert.deepEqual(await other.request('station.a', {}, 30_000), { done: true });
  });

  it('a request that ran out of time leaves its place', async (t) => {
    const { one, other, settled } = await network(t, { mostRequests: 1 });
    one.serve('station.a', () => new Promise(() => {}));
    await settled();
    await assert.rejects(other.request('station.a', {}, 20), /in 20 ms/);
    await assert.rejects(other.request('station.a', {}, 20), /in 20 ms/);
  });

  it('more requests than may be answered at a time are refused by who should', async (t) => {
    const { one, other, settled } = await network(t, { mostAnswers: 2 });
    const release = Promise.withResolvers<object>();
    one.serve('station.a', () => release.promise);
    await settled();
    const asked = Array.from({ length: 5 }, () => other.request('station.a', {}, 30_000));
    const outcome = Promise.allSettled(asked);
    await Promise.allSettled(asked.slice(2));
    release.resolve({});
    const refused = (await outcome).filter((one) => one.status === 'rejected');
    assert.equal(refused.length, 3);
    for (const { reason } of refused) assert.ok(reason instanceof BusFull);
  });
});

describe('several who serve a subject', { skip: withoutNats }, () => {
  // Before and after the other one has said that it is at work.
  for (const [when, delayMs] of Object.entries({ 'at once': 0, 'a little later': 60 })) {
    it(`one who is slow is not given up for one who declines ${when}`, async (t) => {
      const { one, other, third, settled } = await network(t, { workingAfterMs: 5, declinedGraceMs: 150 });
      const release = Promise.withResolvers<object>();
      one.serve('station.a', async () => {
        await delay(delayMs);
        throw new Declined('not mine', {});
      });
      other.serve('station.a', () => release.promise);
      await settled();
      const answer = third.request('station.a', {}, 30_000);
      // Well over the grace.
      setTimeout(() => release.resolve({ by: 'other' }), 500);
      assert.deepEqual(await answer, { by: 'other' });
    });
  }

  it('one who was at work and declines in the end is not waited for', async (t) => {
    const { one, other, settled } = await network(t, { workingAfterMs: 5, declinedGraceMs: 20 });
    const release = Promise.withResolvers<never>();
    one.serve('station.a', () => release.promise);
    await settled();
    const answer = other.request('station.a', {}, 30_000);
    setTimeout(() => release.reject(new Declined('not mine', {})), 50);
    await assert.rejects(answer, Declined);
  });

  it('one who ends answers what is under way first', async (t) => {
    const nodes = await network(t);
    const { answer, release } = await askAndHold(nodes);
    const closed = nodes.one.close();
    release.resolve({ done: true });
    assert.deepEqual(await answer, { done: true });
    await closed;
  });
});

describe('rubbish on the subjects of the bus', { skip: withoutNats }, () => {
  it('is counted, answered nowhere, and harms nothing', async (t) => {
    const { server, one, other, settled, counted } = await network(t);
    const heard: object[] = [];
    one.serve('station.a', async (message) => message);
    one.subscribe('events', (message) => heard.push(message));
    await settled();
    const stranger = await connect({ servers: `127.0.0.1:${server.port}` });
    t.after(() => stranger.close());
    const misled: string[] = [];
    stranger.subscribe('private.>', { callback: (_, { subject }) => void misled.push(subject) });
    const rubbish = ['', '{', 'null', '7', '"text"', Buffer.from([0xff, 0xfe, 0x00]), '{"kind":"answer"}'];
    for (const data of rubbish) {
      stranger.publish('busbar.ask.station.a', data, { reply: 'private.inbox' });
      stranger.publish('busbar.ask.station.a', data);
      stranger.publish('busbar.tell.events', data);
    }
    // The last is JSON, and who listens has to know what to make of it.
    await eventually(() => counted.badMessages === 7 + 7 + 6, `20 bad messages`);
    assert.deepEqual(heard, [{ kind: 'answer' }]);
    assert.deepEqual(misled, []);
    assert.deepEqual(await other.request('station.a', { n: 1 }, 5_000), { n: 1 });
  });

  it('does not end a request that waits for its answer', async (t) => {
    const nodes = await network(t);
    const { server, counted } = nodes;
    const { answer, release } = await askAndHold(nodes);
    const stranger = await connect({ servers: `127.0.0.1:${server.port}` });
    t.after(() => stranger.close());
    const rubbish = [
      '',
      '{',
      '{"kind":"answer","answer":7}',
      '{"kind":"other"}',
      '{"kind":"declined","by":1}',
    ];
    for (const data of rubbish) stranger.publish('busbar.reply.other.1', data);
    stranger.publish('busbar.reply.other.99', '{}');
    stranger.publish('busbar.reply.other.x', '{}');
    await eventually(() => counted.badMessages === rubbish.length, 'the rubbish has come');
    release.resolve({ done: true });
    assert.deepEqual(await answer, { done: true });
  });

  it('is no subject with a wildcard', async (t) => {
    const { one } = await network(t);
    for (const subject of ['station.*', '>', 'station.', '', 'a b']) {
      assert.throws(() => one.serve(subject, async () => ({})), /is no subject/);
      assert.throws(() => one.subscribe(subject, () => {}), /is no subject/);
      await assert.rejects(one.request(subject, {}, 1_000), /is no subject/);
    }
  });
});
