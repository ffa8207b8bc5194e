import type { ApiClient } from '../api-client.ts';
import { eventKey } from './stations.ts';

/** What the demo reads over the API, checked where it comes in. */
export interface DemoApi {
  /** How many stations each node has, by its name. */
  stationsOf(): Promise<ReadonlyMap<string, number>>;
  /** Gives a command; resolves with the operation that came of it. */
  command(stationId: string, name: string, input: object, waitSeconds?: number): Promise<DemoOperation>;
  operation(id: string): Promise<DemoOperation>;
  /** The transactions of these stations that go on. */
  openTransactions(stationIds: readonly string[]): Promise<DemoTransaction[]>;
  /** The actions that were sent to the station from this moment on, as the message log has them. */
  sentSince(stationId: string, at: Date): Promise<string[]>;
  /** What the database has of a transaction, one key for each event in the order in which they came. */
  eventKeys(transactionId: string): Promise<string[]>;
}

export interface DemoOperation {
  readonly id: string;
  readonly state: string;
  /** Of a command that reads: the first value. */
  readonly value: string | undefined;
}

export interface DemoTransaction {
  readonly id: string;
  readonly stationId: string;
  readonly wireId: string;
}

export function createDemoApi(client: ApiClient): DemoApi {
  const get = async (path: string) => (await client.send({ method: 'GET', path })).body;
  return {
    async stationsOf() {
      const nodes = itemsOf(await get('/nodes'));
      return new Map(nodes.map((node) => [textOf(node, 'name'), Number(memberOf(node, 'stations'))]));
    },
    async command(stationId, name, input, waitSeconds = 15) {
      const path = `/stations/${stationId}/commands/${name}?waitSeconds=${waitSeconds}`;
      return operationOf((await client.send({ method: 'POST', path, body: input })).body);
    },
    operation: async (id) => operationOf(await get(`/operations/${id}`)),
    async openTransactions(stationIds) {
      const pages = await Promise.all(
        stationIds.map(async (id) =>
          itemsOf(await get(`/transactions?stationId=${id}&state=Active&limit=100`)),
        ),
      );
      return pages.flat().map((item) => ({
        id: textOf(item, 'id'),
        stationId: textOf(item, 'stationId'),
        wireId: textOf(item, 'stationTransactionId'),
      }));
    },
    async sentSince(stationId, at) {
      const path = `/stations/${stationId}/messages?sentBy=CSMS&limit=100&from=${at.toISOString()}`;
      return itemsOf(await get(path)).map((message) => textOf(message, 'action'));
    },
    async eventKeys(transactionId) {
      const keys: string[] = [];
      for (let cursor: unknown = ''; cursor !== undefined; ) {
        const from = cursor === '' ? '' : `&cursor=${cursor}`;
        const page = await get(`/transactions/${transactionId}/events?limit=100${from}`);
        keys.push(...itemsOf(page).map(keyOf));
        cursor = memberOf(page, 'nextCursor');
      }
      return keys;
    },
  };
}

function operationOf(body: unknown): DemoOperation {
  const [first] = listOf(memberOf(memberOf(memberOf(body, 'result'), 'data'), 'variables'));
  const value = memberOf(first, 'value');
  return {
    id: textOf(body, 'id'),
    state: textOf(body, 'state'),
    value: typeof value === 'string' ? value : undefined,
  };
}

function keyOf(event: unknown): string {
  const seqNo = memberOf(event, 'seqNo');
  return eventKey({
    seqNo: typeof seqNo === 'number' ? seqNo : undefined,
    kind: textOf(event, 'kind'),
    at: textOf(event, 'at'),
  });
}

function itemsOf(body: unknown): readonly unknown[] {
  return listOf(memberOf(body, 'items'));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(body: unknown, name: string): string {
  const value = memberOf(body, name);
  if (typeof value === 'string') return value;
  throw new Error(`The server's answer has no ${name}: ${JSON.stringify(body)}`);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
