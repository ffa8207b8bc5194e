import { setTimeout as delay } from 'node:timers/promises';
import type { DemoBalancer } from './balancer.ts';
import type { DemoNode } from './node.ts';

/** Long enough for those who watch to see the others take over. */
const restartAfterMs = 10_000;
const lookEveryMs = 200;

/**
 * Starts nodes again that have ended, and tells which station goes where, until the signal.
 *
 * @throws the signal's reason, or an Error when a node does not start
 */
export async function keepRunning(options: {
  readonly nodes: readonly DemoNode[];
  readonly balancer: DemoBalancer;
  readonly stationIds: readonly string[];
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<never> {
  const { nodes, say, signal } = options;
  const failed = Promise.withResolvers<never>();
  for (const node of nodes) supervise(node).catch(failed.reject);
  return Promise.race([failed.promise, tellMoves(options)]);

  async function supervise(node: DemoNode): Promise<never> {
    for (;;) {
      while (node.isRunning) await delay(lookEveryMs, undefined, { signal });
      say(`${node.name} has ended. It is started again in ${restartAfterMs / 1_000} s.`);
      await delay(restartAfterMs, undefined, { signal });
      await node.start();
      say(`${node.name} is ready again: process ${node.pid}`);
    }
  }
}

async function tellMoves(options: Parameters<typeof keepRunning>[0]): Promise<never> {
  const { balancer, stationIds, say, signal } = options;
  const placeOf = (id: string) => balancer.nodeOf(id)?.name;
  const last = new Map(stationIds.map((id) => [id, placeOf(id)]));
  for (;;) {
    await delay(lookEveryMs, undefined, { signal });
    for (const id of stationIds) {
      const place = placeOf(id);
      if (place === undefined || place === last.get(id)) continue;
      last.set(id, place);
      say(`${id} is at ${place}`);
    }
  }
}
