import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { portOf, testApi } from './fixture.ts';
import { routeUpgrades } from './upgrade.ts';

describe('shared server', () => {
  it('hands upgrades to the owner of their path, refuses others, and serves HTTP beside them', async (t) => {
    const { api } = testApi([], { limits: { idleSocketTimeoutMs: 50 } });
    const sockets = new WebSocketServer({ noServer: true });
    sockets.on('connection', (socket) => socket.on('message', (text) => socket.send(`heard ${text}`)));
    routeUpgrades(api.server, {
      '/ocpp/': (request, socket, head) =>
        sockets.handleUpgrade(request, socket, head, (open) => sockets.emit('connection', open)),
    });
    t.after(() => api.close());
    t.after(() => {
      for (const socket of sockets.clients) socket.terminate();
    });
    const port = await portOf(api);

    const station = new WebSocket(`ws://127.0.0.1:${port}/ocpp/CS-1`);
    await once(station, 'open');
    await new Promise((resolve) => setTimeout(resolve, 120));
    station.send('hello');
    const [answer] = await once(station, 'message');
    assert.equal(String(answer), 'heard hello', 'an idle socket that was upgraded is not timed out by HTTP');

    for (const path of ['/', '/ocpp', '/api/v1/events', '/elsewhere/ocpp/']) {
      const refused = new WebSocket(`ws://127.0.0.1:${port}${path}`);
      const [error] = await once(refused, 'error');
      assert.match(error.message, /404/, path);
    }
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
    station.terminate();
  });

  it('survives a peer that leaves while it is refused', async (t) => {
    const { api } = testApi();
    routeUpgrades(api.server, {});
    t.after(() => api.close());
    const port = await portOf(api);
    for (let n = 0; n < 20; n += 1) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write('GET /x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.resetAndDestroy();
    }
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  });
});
