import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createBatchRunner } from '../batch.ts';
import { createCommitter, DatabaseAway } from '../committer.ts';
import { connect, isConnectionLoss } from '../connection.ts';

/** A server behind a dead network: it takes connections and says nothing. Gives a way to connect to it in vain. */
async function silentServer(t: TestContext): Promise<() => ReturnType<typeof connect>> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return () => connect({ host: '127.0.0.1', port, connectionTimeoutMillis: 20, pipeline: true });
}

test('a connection that could not be made in time is a loss of the connection', async (t) => {
  const connectInVain = await silentServer(t);
  await assert.rejects(connectInVain(), isConnectionLoss);
});

test('what waits while no connection can be made is not refused: the database is away', async (t) => {
  const connectInVain = await silentServer(t);
  const committer = createCommitter({
    runner: createBatchRunner({ connect: connectInVain, probeTimeoutMs: 100 }),
    now: () => new Date(),
    limits: { awayAfterMs: 150 },
  });
  t.after(() => committer.close());
  const entry = { source: 'test', settle: () => ({ answer: undefined, writes: [], events: [] }) };
  await assert.rejects(committer.commit(entry), DatabaseAway);
});
