import { setTimeout as delay } from 'node:timers/promises';
import { type Acknowledged, createStation, demoSite, type Station } from '@busbar/station';
import type { RegisteredDemo } from '../register-demo.ts';

/** The stations of the demo site, with a vehicle that charges at each, and what the server has acknowledged to them. */
export interface DemoStations {
  readonly all: readonly Station[];
  /** Resolves when all are accepted and charge. */
  start(): Promise<void>;
  /** The keys of {@link eventKey} that were acknowledged, by the transaction's id on the wire. */
  readonly acknowledged: ReadonlyMap<string, ReadonlySet<string>>;
  /** The last vehicles leave, and the stations end. */
  stop(): Promise<void>;
}

/** How long the last transactions may take to end. */
const farewellMs = 3_000;

/** Real stations wait for ten seconds or more before they connect again; whoever watches should not have to. */
const comeBackSoon = {
  'OCPPCommCtrlr.RetryBackOffWaitMinimum': '1',
  'OCPPCommCtrlr.RetryBackOffRandomRange': '1',
};

/** Room for hours. */
const vehicle = { batteryWh: 90_000, socPercent: 10 };

/** One second apart each station would say little else; with five one would watch for long. */
const sampleSeconds = '2';

export function createDemoStations(url: string, { tokens, passwordOf }: RegisteredDemo): DemoStations {
  const acknowledged = new Map<string, Set<string>>();
  const all = demoSite.map(({ id, version, evses }) => {
    const password = passwordOf(id);
    return createStation({
      id,
      url,
      versions: [version],
      evses,
      configuration: { ...comeBackSoon, 'SampledDataCtrlr.TxUpdatedInterval': sampleSeconds },
      ...(password !== undefined && { password }),
      onAcknowledged: note,
    });
  });
  return {
    all,
    acknowledged,
    async start() {
      await Promise.all(all.map((station) => station.start()));
      await Promise.all(
        all.map(async (station, index) => {
          await station.plugIn(1, 1, vehicle);
          const status = await station.present(tokens[index] ?? '', 1);
          if (status !== 'Accepted') throw new Error(`The card at ${station.id} was answered ${status}.`);
        }),
      );
    },
    async stop() {
      const ends = all.filter(({ evses }) => evses[0]?.transaction).map((station) => station.end(1));
      await Promise.race([Promise.allSettled(ends), delay(farewellMs, undefined, { ref: false })]);
      await Promise.all(all.map((station) => station.stop()));
    },
  };

  function note({ action, payload, answer }: Acknowledged): void {
    const fact = factOf(action, { ...answer, ...payload });
    if (!fact) return;
    const keys = acknowledged.get(fact.transactionId) ?? new Set();
    acknowledged.set(fact.transactionId, keys.add(fact.key));
  }
}

/** What an event of a transaction is known by: its number in 2.x, and in 1.6, which has none, its kind and time. */
export function eventKey(event: {
  readonly seqNo: number | undefined;
  readonly kind: string;
  readonly at: string;
}): string {
  return event.seqNo === undefined
    ? `${event.kind} ${new Date(event.at).toISOString()}`
    : String(event.seqNo);
}

interface Exchange {
  readonly transactionId?: number;
  readonly timestamp?: string;
  readonly meterValue?: readonly { readonly timestamp: string }[];
  readonly seqNo?: number;
  readonly transactionInfo?: { readonly transactionId: string };
}

/** The members of request and answer that tell; undefined for what is no word of a transaction. */
function factOf(action: string, exchange: Exchange): { transactionId: string; key: string } | undefined {
  const { transactionId, timestamp, meterValue, seqNo, transactionInfo } = exchange;
  if (action === 'TransactionEvent' && transactionInfo && seqNo !== undefined)
    return { transactionId: transactionInfo.transactionId, key: String(seqNo) };
  const kind = kinds16[action];
  const at = timestamp ?? meterValue?.[0]?.timestamp;
  if (kind === undefined || transactionId === undefined || at === undefined) return undefined;
  return { transactionId: String(transactionId), key: eventKey({ seqNo: undefined, kind, at }) };
}

const kinds16: Readonly<Record<string, string>> = {
  StartTransaction: 'Started',
  MeterValues: 'Updated',
  StopTransaction: 'Ended',
};
