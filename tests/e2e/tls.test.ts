import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createOcppClient, UpgradeRefused } from '@busbar/ocpp';
import { authority, serverCertificate, serverKey } from '../../packages/ocpp/src/testing/certificates.ts';
import { startCsms } from '../support/csms.ts';

const boot = { reason: 'PowerUp', chargingStation: { vendorName: 'Volt', model: 'One' } };

/** A server that listens with TLS and without. */
async function startSecure(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-tls-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const certificate = join(folder, 'server.pem');
  const key = join(folder, 'server.key');
  await writeFile(certificate, serverCertificate);
  await writeFile(key, serverKey, { mode: 0o600 });
  const environment = { BUSBAR_OCPP_TLS_PORT: '0', BUSBAR_TLS_CERTIFICATE: certificate, BUSBAR_TLS_KEY: key };
  const csms = await startCsms(t, { environment });
  const secureUrl = (csms.server.ocppTlsUrl ?? '').replace('127.0.0.1', 'localhost');
  assert.ok(secureUrl.startsWith('wss://'), 'it listens with TLS');
  return { csms, secureUrl };
}

/** The status with which the upgrade is refused; undefined when it is let in, and then boots. */
async function attempt(
  t: TestContext,
  url: string,
  identity: string,
  password: string,
): Promise<number | undefined> {
  const failed = Promise.withResolvers<number>();
  const client = createOcppClient({
    url,
    identity,
    password,
    versions: ['2.0.1'],
    tls: { ca: authority },
    backoff: { waitMinimumSeconds: 60 },
    onCall: () => ({ status: 'Rejected' }),
    onConnectFailed: ({ error }) => failed.resolve(error instanceof UpgradeRefused ? error.status : 0),
  });
  t.after(() => client.close());
  const connected = client.connect().then(async (peer) => {
    assert.equal(((await peer.call('BootNotification', boot)) as { status: string }).status, 'Accepted');
    return undefined;
  });
  connected.catch(() => {});
  return Promise.race([connected, failed.promise]);
}

test('A00.FR.306 A00.FR.307 a station of security profile 2 boots over TLS, and is refused without', async (t) => {
  const { csms, secureUrl } = await startSecure(t);
  const { password } = await csms.api.post('/stations', { id: 'TLS-1', securityProfile: 2 });
  assert.equal(await attempt(t, secureUrl, 'TLS-1', password), undefined);
  assert.equal(await attempt(t, csms.server.ocppUrl, 'TLS-1', password), 401);
  assert.equal(await attempt(t, secureUrl, 'TLS-1', 'b'.repeat(20)), 401);
});

test('a station is pinned to its profile: one of profile 1 is refused over TLS', async (t) => {
  const { csms, secureUrl } = await startSecure(t);
  const { password } = await csms.api.post('/stations', { id: 'TLS-2' });
  assert.equal(await attempt(t, secureUrl, 'TLS-2', password), 401);
  assert.equal(await attempt(t, csms.server.ocppUrl, 'TLS-2', password), undefined);
});

test('nobody is let in with profile 3 before certificates are bound to stations', async (t) => {
  const { csms, secureUrl } = await startSecure(t);
  await csms.api.post('/stations', { id: 'TLS-3', securityProfile: 3 });
  assert.equal(await attempt(t, secureUrl, 'TLS-3', 'c'.repeat(20)), 401);
});
