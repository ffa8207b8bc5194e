import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { withServerSettings } from './testing/data-folder.ts';
import { runBusbar } from './testing/run-busbar.ts';

test('serves, shows the first token once, makes another beside it and after it, and stops', async () => {
  await withServerSettings(async (settings) => {
    const server = runBusbar(['serve'], settings);
    const [, first = ''] = await server.says(/(busbar_\S+)\nCtrl-C/);
    const [, api = ''] = await server.says(/the API +(\S+)/);
    const stationsAs = (token: string) =>
      fetch(`${api}/stations`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await stationsAs(first)).status, 200);

    const beside = runBusbar(['token'], settings);
    assert.equal(await beside.ended, 0, beside.said);
    assert.equal((await stationsAs(beside.said.trim())).status, 200);

    assert.equal(await server.stop('SIGTERM'), 0, server.said);
    const after = runBusbar(['token'], settings);
    assert.equal(await after.ended, 0, after.said);
    assert.match(after.said, /^busbar_\S+\n$/);

    const again = runBusbar(['serve'], settings);
    await again.says(/Ctrl-C stops it/);
    assert.doesNotMatch(again.said, /token/i);
    assert.equal(await again.stop('SIGINT'), 0, again.said);
  });
});

test('a taken port is named, and the first token is shown by the start that succeeds', async () => {
  await withServerSettings(async (settings) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const refused = runBusbar(['serve'], { ...settings, BUSBAR_OCPP_PORT: port });
    assert.equal(await refused.ended, 1, refused.said);
    assert.match(refused.said, new RegExp(`^busbar: Port ${port} on 127.0.0.1 is taken`, 'm'));
    other.close();
    const server = runBusbar(['serve'], settings);
    await server.says(/token, shown this once/);
    assert.equal(await server.stop('SIGTERM'), 0, server.said);
  });
});

test('a token is not made where there is no database', async () => {
  await withServerSettings(async (settings) => {
    const token = runBusbar(['token'], settings);
    assert.equal(await token.ended, 1);
    assert.match(token.said, /^busbar: There is no database in /);
  });
});

test('settings come from a file, and the environment wins over it', async () => {
  await withServerSettings(async (settings) => {
    const file = join(settings.BUSBAR_DATA ?? '', 'settings');
    await writeFile(file, 'BUSBAR_HTTP_PORT=none\nBUSBAR_HEARTBEAT_INTERVAL=soon\n');
    const server = runBusbar(['serve', '--config', file], settings);
    assert.equal(await server.ended, 1);
    assert.match(server.said, /^busbar: BUSBAR_HEARTBEAT_INTERVAL is "soon": /);
  });
});
