import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { eventually } from './eventually.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

suite('a link that a test can break', () => {
  test('passes on what is said, and the end of it', async (t) => {
    const { proxy } = await echoBehindProxy(t);
    const { socket, heard } = await connect(t, proxy);
    socket.end('hello');
    await once(socket, 'end');
    assert.equal(heard(), 'hello');
    await eventually(() => proxy.connections === 0, 'the pair to end');
  });

  test('resets what stands when it is cut, refuses what comes, and lets in again when healed', async (t) => {
    const { proxy, served } = await echoBehindProxy(t);
    const { socket } = await connect(t, proxy);
    await eventually(() => served.length === 1, 'the other end');
    const [end] = served;
    assert.ok(end);
    const lost = Promise.all([reset(socket), reset(end)]);
    proxy.cut();
    assert.deepEqual(await lost, ['ECONNRESET', 'ECONNRESET']);
    const refused = createConnection({ port: proxy.port, host: '127.0.0.1' });
    assert.equal(await reset(refused), 'ECONNRESET');
    proxy.heal('goes-on');
    const again = await connect(t, proxy);
    again.socket.write('hello');
    await eventually(() => again.heard() === 'hello', 'the echo');
  });

  for (const stuck of ['goes-on', 'is-reset'] as const) {
    test(`lets nothing through while silent, and afterwards what was stuck ${stuck.replace('-', ' ')}`, async (t) => {
      const { proxy } = await echoBehindProxy(t);
      const before = await connect(t, proxy);
      before.socket.write('before');
      await eventually(() => before.heard() === 'before', 'the echo');
      proxy.silence();
      before.socket.write(' during');
      const during = await connect(t, proxy);
      during.socket.write('new');
      // What would pass has passed when another link of the same kind has passed as much.
      const other = await echoBehindProxy(t);
      const witness = await connect(t, other.proxy);
      witness.socket.write('passed');
      await eventually(() => witness.heard() === 'passed', 'the witness');
      assert.equal(before.heard(), 'before');
      assert.equal(during.heard(), '');
      const lost = stuck === 'is-reset' ? [reset(before.socket), reset(during.socket)] : [];
      proxy.heal(stuck);
      if (stuck === 'is-reset') assert.deepEqual(await Promise.all(lost), ['ECONNRESET', 'ECONNRESET']);
      else {
        await eventually(() => before.heard() === 'before during', 'what was stuck');
        await eventually(() => during.heard() === 'new', 'what was new');
      }
    });
  }

  test('resets the near end when nobody listens at the far one', async (t) => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const port = portOf(closed);
    closed.close();
    const proxy = await startTcpProxy({ port, host: '127.0.0.1' });
    t.after(() => proxy.close());
    assert.equal(await reset(createConnection({ port: proxy.port, host: '127.0.0.1' })), 'ECONNRESET');
  });
});

async function echoBehindProxy(t: TestContext): Promise<{ proxy: TcpProxy; served: Socket[] }> {
  const served: Socket[] = [];
  const server = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startTcpProxy({ port: portOf(server), host: '127.0.0.1' });
  t.after(async () => {
    await proxy.close();
    server.close();
  });
  return { proxy, served };
}

async function connect(t: TestContext, { port }: TcpProxy) {
  const socket = createConnection({ port, host: '127.0.0.1' });
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return { socket, heard: () => text };
}

/** The code of the error by which it ends. */
async function reset(socket: Socket): Promise<string | undefined> {
  const [error] = await once(socket, 'error').catch((failed: unknown) => [failed]);
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
