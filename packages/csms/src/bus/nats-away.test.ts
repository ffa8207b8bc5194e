import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { eventually } from '../../../../tests/support/eventually.ts';
import { startNatsServer, withoutNats } from '../testing/nats.ts';
import { BusAway, BusTimeout } from './bus.ts';
import { listeningLog, openBus, soonFrozen } from './nats.fixture.ts';
import type { NatsBus, NatsBusOptions } from './nats.ts';

/** Longer than any test: what ends sooner was not ended by its time-out. */
const forEver = 600_000;

async function network(t: TestContext, options: Partial<NatsBusOptions> = {}) {
  const server = await startNatsServer();
  const [one, other] = await Promise.all([
    openBus({ natsUrl: server.url }, options),
    openBus({ natsUrl: server.url }, options),
  ]);
  t.after(async () => {
    await Promise.all([one.close(), other.close()]);
    await server.stop();
  });
  return { server, one, other };
}

const isState = (state: 'connected' | 'away', ...buses: NatsBus[]) =>
  eventually(() => buses.every((bus) => bus.state === state), `the buses are ${state}`, 30_000);

describe('NATS that is away', { skip: withoutNats }, () => {
  it('a node starts without it, answers what it serves itself, and finds it later', async (t) => {
    const server = await startNatsServer();
    await server.stop();
    const { log, lines } = listeningLog();
    let dropped = 0;
    const metrics = { publishDropped: () => void dropped++, badMessage() {} };
    const states: string[] = [];
    const bus = await openBus(
      { natsUrl: server.url },
      { log, metrics, onState: (state) => states.push(state) },
    );
    t.after(async () => {
      await bus.close();
      await server.stop();
    });
    assert.equal(bus.state, 'away');
    assert.equal(lines[0]?.level, 'warn');
    assert.match(lines[0]?.msg ?? '', /ECONNREFUSED/);

    bus.serve('station.a', async () => ({ by: 'me' }));
    const heard: object[] = [];
    bus.subscribe('events', (message) => heard.push(message));
    assert.deepEqual(await bus.request('station.a', {}, forEver), { by: 'me' });
    await assert.rejects(bus.request('station.b', {}, forEver), BusAway);
    bus.publish('events', { position: 1 });
    assert.equal(dropped, 1);

    await server.restart();
    await isState('connected', bus);
    await eventually(() => heard.length === 2, 'the hearer is told to look');
    assert.deepEqual(heard, [{ position: 1 }, {}]);
    assert.deepEqual(states, ['connected']);
  });

  it('what is under way when it goes fails, and all is served and heard when it is back', async (t) => {
    const { server, one, other } = await network(t);
    const arrived = Promise.withResolvers<void>();
    one.serve('station.slow', () => {
      arrived.resolve();
      return new Promise(() => {});
    });
    one.serve('station.a', async () => ({ by: 'one' }));
    const heard: string[] = [];
    one.subscribe('events', (message) => heard.push(`one ${JSON.stringify(message)}`));
    other.subscribe('events', (message) => heard.push(`other ${JSON.stringify(message)}`));
    await one.settled();
    const lost = assert.rejects(other.request('station.slow', {}, forEver), (error: unknown) => {
      assert.ok(error instanceof BusAway);
      assert.match(error.message, /whether the request was heard is not known/);
      return true;
    });
    await arrived.promise;
    assert.equal(other.requestsInFlight, 1);

    await server.stop();
    await lost;
    await isState('away', one, other);
    assert.equal(other.requestsInFlight, 0);
    await assert.rejects(other.request('station.a', {}, forEver), /it was not sent/);

    await server.restart();
    await isState('connected', one, other);
    assert.deepEqual(await other.request('station.a', {}, 5_000), { by: 'one' });
    await eventually(() => heard.length === 2, 'both hearers are told to look');
    assert.deepEqual(heard.sort(), ['one {}', 'other {}']);
    other.publish('events', { position: 2 });
    await eventually(() => heard.includes('one {"position":2}'), 'what is published is heard again');
  });

  it('ten thousand stations are served, and served again after a restart', async (t) => {
    const { server, one, other } = await network(t);
    const subjects = Array.from({ length: 10_000 }, (_, n) => `station.${n}`);
    for (const subject of subjects) one.serve(subject, async () => ({ subject }));
    const askAll = async () => {
      const answers = await Promise.all(subjects.map((subject) => other.request(subject, {}, 30_000)));
      assert.deepEqual(
        answers,
        subjects.map((subject) => ({ subject })),
      );
    };
    await one.settled();
    await askAll();
    await server.stop();
    await isState('away', one, other);
    await server.restart();
    // Connected means that NATS knows all of them again.
    await isState('connected', one, other);
    await askAll();
  });
});

describe('NATS that is frozen', { skip: withoutNats }, () => {
  it('requests end by their time, the connection is given up, and it heals', async (t) => {
    const { server, one, other } = await network(t, { limits: soonFrozen });
    one.serve('station.a', async () => ({ by: 'one' }));
    await one.settled();
    server.pause();
    const patient = assert.rejects(other.request('station.a', {}, forEver), BusAway);
    await assert.rejects(other.request('station.a', {}, 20), BusTimeout);
    await patient;
    await isState('away', one, other);
    await assert.rejects(other.request('station.a', {}, forEver), BusAway);
    server.resume();
    await isState('connected', one, other);
    assert.deepEqual(await other.request('station.a', {}, 5_000), { by: 'one' });
  });

  it('a node ends all the same, and leaves no socket open', async (t) => {
    const server = await startNatsServer();
    t.after(() => server.stop());
    const { log, lines } = listeningLog();
    const bus = await openBus({ natsUrl: server.url }, { log, limits: { ...soonFrozen, dialTimeoutMs: 30 } });
    t.after(() => bus.close());
    const before = sockets();
    server.pause();
    await isState('away', bus);
    // The same is logged again after a dozen attempts, each of which opens a socket.
    const silent = () => lines.filter(({ msg }) => msg.endsWith('said nothing in 30 ms'));
    await eventually(() => silent().length === 2, 'a dozen attempts', 30_000);
    assert.ok(sockets() <= before + 1, `${sockets()} sockets, before the freeze ${before}`);
    await bus.close();
    await server.stop();
    await eventually(() => sockets() < before, 'the sockets are closed');
  });

  it('a node ends while a request is under way', async (t) => {
    const server = await startNatsServer();
    t.after(() => server.stop());
    const bus = await openBus({ natsUrl: server.url }, { limits: { pingEveryMs: forEver } });
    t.after(() => bus.close());
    server.pause();
    const lost = assert.rejects(bus.request('station.a', {}, forEver), /this node ends/);
    await bus.close();
    await lost;
    await server.stop();
  });

  it('what it does not read is bounded, and a full socket does not keep the connection from being given up', async (t) => {
    let dropped = 0;
    const metrics = { publishDropped: () => void dropped++, badMessage() {} };
    const limits = { ...soonFrozen, mostUnconfirmedBytes: 32 * 1024 * 1024 };
    const { server, one } = await network(t, { metrics, limits });
    server.pause();
    const text = 'x'.repeat(400_000);
    for (let n = 0; n < 200; n++) one.publish('events', { text });
    assert.equal(dropped, 200 - Math.floor(limits.mostUnconfirmedBytes / 400_011));
    assert.ok(dropped > 100);
    await assert.rejects(one.request('station.a', { text }, forEver), BusAway);
    await isState('away', one);
    server.resume();
    await isState('connected', one);
  });
});

function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}
