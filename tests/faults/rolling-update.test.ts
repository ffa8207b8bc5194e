import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startDemoBalancer } from '../../packages/cli/src/cluster/balancer.ts';
import { withDatabase } from '../../packages/csms/src/testing/database.ts';
import { startNatsServer } from '../../packages/csms/src/testing/nats.ts';
import { createApi } from '../support/api.ts';
import { type ChildServer, freePorts, startChild } from '../support/child-server.ts';
import { startCommander } from '../support/commander.ts';
import { followEvents } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { checkLedgers } from '../support/ledger-check.ts';
import { type Load, startLoad } from '../support/load.ts';
import { send } from '../support/processes.ts';

const stations = 45;

test('two nodes are updated one after the other under load: nothing is lost, all is answered in time', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-rolling-'));
  const nats = await startNatsServer();
  t.after(async () => {
    await nats.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await withDatabase(async (database) => {
    const environment = {
      BUSBAR_DATABASE_URL: database.url,
      BUSBAR_NATS_URL: nats.url,
      BUSBAR_DATA: folder,
      BUSBAR_DRAIN_DELAY: '1',
      BUSBAR_DRAIN: '2',
    };
    const nodes: { ports: Awaited<ReturnType<typeof freePorts>>; child: ChildServer; ready: boolean }[] = [];
    let load: Load | undefined;
    let balancer: { readonly url: string; close(): Promise<void> } | undefined;
    try {
      for (const name of ['first', 'second']) {
        const ports = await freePorts();
        const child = await startChild(ports, { ...environment, BUSBAR_NODE_NAME: name });
        nodes.push({ ports, child, ready: true });
      }
      const [first, second] = nodes;
      assert.ok(first && second);
      balancer = await startDemoBalancer(
        (await freePorts()).ocpp,
        nodes.map((node) => ({
          ocppPort: node.ports.ocpp,
          get isReady() {
            return node.ready;
          },
        })),
      );
      const token = first.child.operatorToken ?? '';
      const api = createApi(first.child.httpUrl, token);
      const events = await followEvents(t, createApi(second.child.httpUrl, token), '?after=0');
      load = await startLoad({ url: balancer.url, api, stations });
      await load.progress(stations * 3);
      for (const node of nodes) {
        const commander = startCommander(
          createApi((node === first ? second : first).child.httpUrl, token),
          load.ledgers.map(({ id }) => id),
        );
        const ended = node.child.terminate();
        // As a balancer does that asks for it.
        await eventually(
          async () => (await fetch(`${node.child.httpUrl}/readyz`)).status === 503,
          'not ready',
        );
        node.ready = false;
        await load.progress(stations * 3);
        assert.equal(await ended, 0, node.child.output());
        await commander.stop();
        if (node === second) break;
        node.child = await startChild(node.ports, { ...environment, BUSBAR_NODE_NAME: 'again' });
        node.ready = true;
        await load.progress(stations * 3);
      }
      await load.finish();
      t.diagnostic(`${load.acknowledged()} messages; ended: ${JSON.stringify([...load.closes])}`);
      assert.deepEqual([...load.closes.keys()], [1001], 'each connection was ended in good order');
      assert.equal(load.timeouts(), 0);
      await checkLedgers(database.sql, load);
      const { rows } = await database.sql.query(
        "select id, command, state from operation where state = 'Sent'",
      );
      assert.deepEqual(rows, []);
      const positions = events.map(({ id }) => Number(id));
      assert.deepEqual(
        positions,
        positions.map((_, index) => index + 1),
        'who follows the events of a node has all of them until it ends',
      );
    } finally {
      await load?.close();
      await balancer?.close();
      for (const { child } of nodes) send(child.pid, 'SIGKILL');
    }
  });
});
