import { createOcppClient, type OcppClient, UpgradeRefused } from '@busbar/ocpp';
import { authority } from '../../packages/ocpp/src/testing/certificates.ts';
import { bootOf } from '../load/messages.ts';

/** A part of the fleet in a process of its own: real clients of OCPP, which come at once and wait as they are told. */
export interface StormPlan {
  readonly url: string;
  readonly stations: readonly { readonly id: string; readonly password: string }[];
}

export interface StormResult {
  /** Seconds from the first attempt to the boot that was accepted, of each station. */
  readonly acceptedAfter: readonly number[];
  /** Upgrades answered 503 or 429 with Retry-After. */
  readonly toldToWait: number;
  /** Upgrades refused otherwise. */
  readonly refused: number;
  /** Connections that were not answered at all. */
  readonly failed: number;
  /** Connections that had stood and were lost. */
  readonly lost: number;
  readonly cpuSeconds: number;
}

type Order =
  | { readonly do: 'storm'; readonly plan: StormPlan; readonly patienceSeconds: number }
  | { readonly do: 'stop' };

process.on('message', async (order: Order) => {
  switch (order.do) {
    case 'storm':
      return process.send?.({ result: await storm(order.plan, order.patienceSeconds) });
    case 'stop':
      return process.exit(0);
    default:
      return order satisfies never;
  }
});

async function storm({ url, stations }: StormPlan, patienceSeconds: number): Promise<StormResult> {
  const counts = { toldToWait: 0, refused: 0, failed: 0, lost: 0 };
  const acceptedAfter: number[] = [];
  const clients: OcppClient[] = [];
  const cpu = process.cpuUsage();
  const from = performance.now();
  const all = Promise.withResolvers<void>();
  const patience = setTimeout(all.resolve, patienceSeconds * 1_000);
  for (const { id, password } of stations) {
    const client = createOcppClient({
      url,
      identity: id,
      password,
      versions: ['2.0.1'],
      tls: { ca: authority, serverName: 'localhost' },
      onCall: () => ({ status: 'Rejected' }),
      onClose: () => {
        counts.lost++;
      },
      onConnectFailed({ error }) {
        if (!(error instanceof UpgradeRefused)) counts.failed++;
        else if (error.retryAfterSeconds === undefined) counts.refused++;
        else counts.toldToWait++;
      },
      async onOpen({ peer }) {
        const boot = bootOf('2.0.1');
        const answer = await peer.call(boot.action, boot.payload).catch(() => undefined);
        if (!answer || !('status' in answer) || answer.status !== 'Accepted') return;
        acceptedAfter.push((performance.now() - from) / 1_000);
        if (acceptedAfter.length === stations.length) all.resolve();
      },
    });
    clients.push(client);
    void client.connect().catch(() => {});
  }
  await all.promise;
  clearTimeout(patience);
  const used = process.cpuUsage(cpu);
  return { ...counts, acceptedAfter, cpuSeconds: (used.user + used.system) / 1e6 };
}
