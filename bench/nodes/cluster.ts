import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoNats } from '../../packages/cli/src/cluster/nats.ts';
import { replaceOperatorToken } from '../../packages/csms/src/operator-token.ts';
import { type Child, start } from '../measure/child.ts';

/** Nodes of a bench, each in a process of its own; several of them with a NATS server. */
export interface BenchNodes {
  readonly nodes: readonly BenchNode[];
  /** The process of NATS, where there is one. */
  readonly natsPid: number | undefined;
  /** The operator's, at every node. */
  readonly token: string;
  stop(): Promise<void>;
}

export interface BenchNode {
  readonly pid: number;
  readonly ocppUrl: string;
  readonly httpUrl: string;
}

export async function startBenchNodes(databaseUrl: string, count: number): Promise<BenchNodes> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-bench-nodes-'));
  const nats = count > 1 ? await startDemoNats(folder, new AbortController().signal) : undefined;
  const token = await replaceOperatorToken({ databaseUrl, dataFolder: folder });
  const environment = {
    BUSBAR_DATABASE_URL: databaseUrl,
    ...(nats && { BUSBAR_NATS_URL: nats.url }),
    BUSBAR_PEPPER: randomBytes(32).toString('hex'),
    BUSBAR_DATA: folder,
    BUSBAR_OCPP_PORT: '0',
    BUSBAR_HTTP_PORT: '0',
    BUSBAR_ALLOW_PROFILE_0: 'true',
    BUSBAR_LOG_LEVEL: 'warn',
    // All stations of the bench have one address, and say more than real ones.
    BUSBAR_ADDRESS_CONNECTIONS: '0',
    BUSBAR_ADDRESS_CONNECTS_PER_SECOND: '0',
    BUSBAR_STATION_FRAMES_PER_SECOND: '0',
    BUSBAR_STATION_BYTES_PER_SECOND: '0',
  };
  const children: Child[] = [];
  const nodes: BenchNode[] = [];
  for (let number = 1; number <= count; number++) {
    const named = { ...environment, BUSBAR_NODE_NAME: `n${number}` };
    const child = start('../csms/server.ts', named, ['--max-semi-space-size=32']);
    children.push(child);
    const urls: { ocppUrl: string; httpUrl: string } = await child.next('ready');
    nodes.push({ pid: child.pid, ...urls });
  }
  return {
    nodes,
    natsPid: nats?.pid,
    token,
    async stop() {
      for (const child of children) await child.stop();
      await nats?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
