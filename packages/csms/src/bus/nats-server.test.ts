import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOf, readNatsServers } from './nats-server.ts';

test('servers are read from BUSBAR_NATS_URL, each with its login', () => {
  assert.deepEqual(readNatsServers('nats://a, tls://me:geh%40im@b:5222,nats://token@[::1]:4223'), [
    { host: 'a', port: 4222, demandsTls: false, login: undefined },
    { host: 'b', port: 5222, demandsTls: true, login: { user: 'me', password: 'geh@im' } },
    { host: '::1', port: 4223, demandsTls: false, login: { token: 'token' } },
  ]);
});

test('a server is shown without its login', () => {
  assert.deepEqual(readNatsServers('nats://me:geheim@a:1,nats://[::1]').map(placeOf), ['a:1', '[::1]:4222']);
});

test('what cannot be read is refused by its place, without a password', () => {
  const wrong = {
    'a:4222': /^BUSBAR_NATS_URL: server 1 is no nats:\/\//,
    'nats://a,': /server 2/,
    'nats://a,http://me:geheim@b': /server 2 is no nats:\/\//,
    'nats://me:geheim@': /server 1/,
    'nats://me:geheim%@a': /a % that has to be written %25/,
    '': /server 1/,
  };
  for (const [urls, reason] of Object.entries(wrong)) {
    assert.throws(
      () => readNatsServers(urls),
      (error: unknown) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, reason);
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /geheim/);
        return true;
      },
      urls,
    );
  }
});
