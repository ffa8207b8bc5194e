import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { nkeys } from '@nats-io/transport-node';
import { eventually } from '../../../../tests/support/eventually.ts';
import { stationCertificate, stationKey } from '../../../ocpp/src/testing/certificates.ts';
import { type NatsServerOptions, startNatsServer, withoutNats } from '../testing/nats.ts';
import { listeningLog, openBus } from './nats.fixture.ts';
import type { NatsSettings } from './nats-server.ts';

const user = { name: 'busbar', password: 'geh@im/1' };

/** A server, and how to open a bus on it that is closed with the test. */
async function start(t: TestContext, options: NatsServerOptions) {
  const server = await startNatsServer(options);
  const closing: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const close of closing) await close();
    await server.stop();
  });
  const file = (name: string) => join(server.folder, name);
  const open = async (settings: Partial<NatsSettings> = {}) => {
    const listening = listeningLog();
    const bus = await openBus({ natsUrl: server.url, ...settings }, { log: listening.log });
    closing.push(() => bus.close());
    return { bus, ...listening };
  };
  const withLogin = (login: string) => server.url.replace('//', `//${login}@`);
  return { server, open, file, withLogin };
}

type Opened = Awaited<ReturnType<Awaited<ReturnType<typeof start>>['open']>>;

function assertRefused({ bus, lines }: Opened, reason: RegExp): void {
  assert.equal(bus.state, 'away');
  assert.equal(lines[0]?.level, 'error');
  assert.match(lines[0]?.msg ?? '', reason);
}

describe('who a node is to NATS', { skip: withoutNats }, () => {
  it('a user and a password, with characters that a URL has to escape', async (t) => {
    const { open, withLogin } = await start(t, { user });
    const { bus } = await open({ natsUrl: withLogin('busbar:geh%40im%2F1') });
    assert.equal(bus.state, 'connected');
  });

  it('a token', async (t) => {
    const { open, withLogin } = await start(t, { token: 'geheim1' });
    assert.equal((await open({ natsUrl: withLogin('geheim1') })).bus.state, 'connected');
    assertRefused(await open({ natsUrl: withLogin('geheim2') }), /refuses this node/);
  });

  it('a wrong password is said without it, and connects once NATS takes it', async (t) => {
    const { server, open, withLogin } = await start(t, { user });
    const opened = await open({ natsUrl: withLogin('busbar:falsch123') });
    assertRefused(
      opened,
      /refuses this node \(.*Authorization Violation.*check user and password in BUSBAR_NATS_URL/,
    );
    await server.restart({ user: { ...user, password: 'falsch123' } });
    await eventually(() => opened.bus.state === 'connected', 'it connects');
    assert.doesNotMatch(opened.text(), /falsch123/);
  });

  it('a password that NATS does not take any more is said, without it, and tried for ever', async (t) => {
    const { server, open, withLogin } = await start(t, { user });
    const opened = await open({ natsUrl: withLogin('busbar:geh%40im%2F1') });
    assert.equal(opened.bus.state, 'connected');
    await server.restart({ user: { ...user, password: 'other' } });
    const refusals = () => opened.lines.filter(({ level, msg }) => level === 'error' && /refuses/.test(msg));
    // The same is logged again after a dozen attempts: more than the two after which the library would give up.
    await eventually(() => refusals().length >= 2, 'it says so');
    await server.restart({ user });
    await eventually(() => opened.bus.state === 'connected', 'it connects again');
    assert.doesNotMatch(opened.text(), /geh(@|%40)im/);
  });

  it('a file of credentials, read anew at every attempt', async (t) => {
    const keys = nkeys.createUser();
    const { open, file } = await start(t, { nkey: keys.getPublicKey() });
    const natsCredentials = file('node.creds');
    const missing = await open({ natsCredentials });
    assertRefused(missing, /BUSBAR_NATS_CREDENTIALS: .*node\.creds cannot be read \(ENOENT\)/);
    await writeFile(natsCredentials, 'nothing');
    assertRefused(await open({ natsCredentials }), /node\.creds holds no credentials for NATS/);
    const seed = new TextDecoder().decode(keys.getSeed());
    const part = (name: string, text: string) =>
      `-----BEGIN ${name}-----\n${text}\n------END ${name}------\n\n`;
    await writeFile(natsCredentials, part('NATS USER JWT', 'none') + part('USER NKEY SEED', seed));
    await eventually(() => missing.bus.state === 'connected', 'it connects');
    assert.ok(!missing.text().includes(seed));
  });

  it('a permission that is missing is said', async (t) => {
    const { open, withLogin } = await start(t, { user, permitted: 'other.>' });
    const { bus, lines } = await open({ natsUrl: withLogin('busbar:geh%40im%2F1') });
    bus.serve('station.a', async () => ({}));
    await bus.settled();
    await eventually(
      () => lines.some(({ level, msg }) => level === 'error' && /busbar\.ask\.station\.a/.test(msg)),
      'it is logged',
    );
  });
});

describe('NATS with TLS', { skip: withoutNats }, () => {
  it('is trusted by its authority, and by no other', async (t) => {
    const { server, open, file } = await start(t, { tls: 'offer' });
    assert.equal((await open({ natsCa: file('ca.pem') })).bus.state, 'connected');
    assertRefused(await open(), /a certificate that cannot be trusted \(.*\): check BUSBAR_NATS_CA/);
    assertRefused(
      await open({ natsCa: file('ca.pem'), natsUrl: `tls://127.0.0.1:${server.port}` }),
      /shows a certificate for another name/,
    );
    assertRefused(await open({ natsCa: file('none.pem') }), /BUSBAR_NATS_CA: .*none\.pem cannot be read/);
  });

  it('may demand a certificate of the node', async (t) => {
    const { open, file } = await start(t, { tls: 'verify' });
    await writeFile(file('node.pem'), stationCertificate);
    await writeFile(file('node.key'), stationKey);
    const natsCa = file('ca.pem');
    const own = { natsCertificate: file('node.pem'), natsKey: file('node.key') };
    assertRefused(await open({ natsCa }), /set BUSBAR_NATS_CERTIFICATE and BUSBAR_NATS_KEY/);
    assert.equal((await open({ natsCa, ...own })).bus.state, 'connected');
  });

  it('is demanded by tls:// and by an authority, and never done without', async (t) => {
    const { server, open, file } = await start(t, {});
    assertRefused(await open({ natsUrl: `tls://localhost:${server.port}` }), /has no TLS, which tls:\/\//);
    assertRefused(await open({ natsCa: file('ca.pem') }), /has no TLS/);
  });

  it('is used where NATS has it, also without tls://', async (t) => {
    const { server, open } = await start(t, { tls: 'offer' });
    assertRefused(await open({ natsUrl: `nats://localhost:${server.port}` }), /cannot be trusted/);
  });
});

describe('several NATS servers', { skip: withoutNats }, () => {
  it('are tried one after the other, each with its own user', async (t) => {
    const { server, open, withLogin } = await start(t, { user });
    const gone = await startNatsServer();
    await gone.stop();
    const both = await open({ natsUrl: `${gone.url}, ${withLogin('busbar:geh%40im%2F1')}` });
    await eventually(() => both.bus.state === 'connected', 'it finds the one that is there');
    await gone.restart();
    await server.stop();
    await eventually(
      () => both.text().includes(`"server":"127.0.0.1:${gone.port}"`),
      'it finds the other one',
    );
    assert.equal(both.bus.state, 'connected');
    await both.bus.close();
    await gone.stop();
  });
});
