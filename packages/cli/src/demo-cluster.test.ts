import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { findNatsServer } from './cluster/nats.ts';
import { withServerSettings } from './testing/data-folder.ts';
import { type RunningBusbar, runBusbar } from './testing/run-busbar.ts';

const hasNats = await findNatsServer().then(
  () => true,
  () => false,
);
const skip = hasNats || process.env.CI ? false : 'no nats-server is installed';

test('where no nats-server is installed the demo says how to get one', async () => {
  await assert.rejects(findNatsServer(['/nowhere']), /no nats-server .* apt-get install nats-server$/);
});

test('one of two nodes is killed and the other drained, and what was acknowledged is there', {
  skip,
}, async () => {
  await withServerSettings(async (settings) => {
    const demo = runBusbar(['demo', '--cluster', '--once'], settings);
    const pids = await nodesOf(demo);
    const [, token = ''] = await demo.says(/token, at both nodes:\n +(busbar_\S+)/);
    assert.equal(await demo.ended, 0, demo.said);
    const facts = [
      /node-1: (\S+, ){2}\S+\n +node-2: (\S+, ){2}\S+\n/,
      /given to node-1\n +get-variables: Accepted after \d+ ms.* each 2 s/,
      /3 stations are at node-1 after [\d.]+ s/,
      /answer lost: (\w+, then )*Accepted, [\d.]+ s after the kill\.\n +It was not sent again: \S+ was asked/,
      /Their 3 sessions go on\. The \d+ messages/,
      /sent its stations away, and ended with 0/,
      /6 stations are at node-2/,
      /All 6 sessions go on\. The \d+ messages/,
    ];
    for (const fact of facts) assert.match(demo.said, fact);
    for (const pid of [...pids, ...(await nodesOf(demo))]) assert.ok(!isRunning(pid), `${pid} still runs`);
    await looksRightAfterwards(settings, token);
  });
});

test('Ctrl-C ends it in the middle of the story, also where npm says it twice', { skip }, async () => {
  await withServerSettings(async (settings) => {
    const demo = runBusbar(['demo', '--cluster'], settings);
    const pids = await nodesOf(demo);
    await demo.says(/is killed/);
    void demo.stop('SIGINT');
    assert.equal(await demo.stop('SIGINT'), 0, demo.said);
    for (const pid of pids) assert.ok(!isRunning(pid), `${pid} still runs`);
  });
});

test('nodes end with a demo that is killed', { skip }, async () => {
  await withServerSettings(async (settings) => {
    const demo = runBusbar(['demo', '--cluster'], settings);
    const pids = await nodesOf(demo);
    await demo.stop('SIGKILL');
    await eventually(() => pids.every((pid) => !isRunning(pid)));
    // What the embedded database is left with, the next one takes over and ends.
    const next = runBusbar(['demo', '--cluster'], settings);
    await nodesOf(next);
    assert.equal(await next.stop('SIGTERM'), 0, next.said);
  });
});

/** One node on the demo's folder finds every session ended, without a gap. */
async function looksRightAfterwards(settings: Record<string, string>, token: string): Promise<void> {
  const folder = join(settings.BUSBAR_DATA ?? '', 'demo-cluster');
  const server = runBusbar(['serve'], { ...settings, BUSBAR_DATA: folder });
  const [, api = ''] = await server.says(/the API +(\S+)/);
  await server.says(/Ctrl-C/);
  const response = await fetch(`${api}/transactions?limit=100`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { items }: { items: { stationId: string; state: string; missing: object[] }[] } = JSON.parse(
    await response.text(),
  );
  assert.equal(items.length, 6);
  for (const { stationId, state, missing } of items)
    assert.deepEqual([state, missing], ['Ended', []], stationId);
  assert.equal(await server.stop('SIGTERM'), 0, server.said);
}

/** The processes of the two nodes. */
async function nodesOf(demo: RunningBusbar): Promise<number[]> {
  await demo.says(/token, at both nodes/);
  return [...demo.said.matchAll(/node-\d .* process (\d+)/g)].map(([, pid]) => Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function eventually(look: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (look()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('it did not come');
}
