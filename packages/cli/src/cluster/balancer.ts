import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import type { DemoNode } from './node.ts';

/** What it goes by. */
type Target = Pick<DemoNode, 'ocppPort' | 'isReady'>;

/** The one address that the stations know: a TCP forwarder that picks a node which is ready. */
export interface DemoBalancer<Node extends Target = DemoNode> {
  /** For stations, without the identity. */
  readonly url: string;
  /** To which node the connection of a station goes now. It reads along in the first line; the way is not changed by it. */
  nodeOf(stationId: string): Node | undefined;
  /** Holds back what stations say to this node, as a slow link does, until their connections end. */
  holdBack(node: Node): void;
  close(): Promise<void>;
}

interface Link<Node> {
  readonly near: Socket;
  readonly far: Socket;
  readonly node: Node;
  stationId: string | undefined;
}

export async function startDemoBalancer<Node extends Target>(
  port: number,
  nodes: readonly Node[],
): Promise<DemoBalancer<Node>> {
  const links = new Set<Link<Node>>();
  const server = createServer({ noDelay: true }, (near) => {
    near.on('error', () => near.destroy());
    const node = choose();
    if (!node) {
      near.destroy();
      return;
    }
    const far = createConnection({ port: node.ocppPort, host: '127.0.0.1', noDelay: true });
    const link: Link<Node> = { near, far, node, stationId: undefined };
    links.add(link);
    near.once('data', (head: Buffer) => {
      link.stationId = /^GET \S*\/([^\s/?]+)/.exec(head.toString('latin1'))?.[1];
    });
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
    near.once('close', () => {
      links.delete(link);
      far.destroy();
    });
    far.once('close', () => near.destroySoon());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `ws://127.0.0.1:${port}/ocpp`,
    nodeOf: (stationId) => [...links].findLast((link) => link.stationId === stationId)?.node,
    holdBack(node) {
      for (const { near, far, node: target } of links) if (target === node) near.unpipe(far).pause();
    },
    async close() {
      for (const { near } of links) near.destroy();
      server.close();
      await once(server, 'close');
    },
  };

  /** The one with the fewest connections. */
  function choose(): Node | undefined {
    const load = (node: Node) => [...links].filter((link) => link.node === node).length;
    return nodes.filter(({ isReady }) => isReady).toSorted((a, b) => load(a) - load(b))[0];
  }
}
