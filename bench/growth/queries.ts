import type pg from 'pg';

/** A call of the API as its users make it, for one of many stations. */
export interface Query {
  readonly name: string;
  /** The path of the n-th call. */
  readonly path: (n: number) => string;
  /** Server-sent events are read up to so many. */
  readonly events?: number;
}

/** Places to ask for, spread over what there is. */
export interface Places {
  readonly stations: readonly string[];
  readonly quietStation: string;
  readonly transactions: readonly string[];
  /** Cursors far back in the list of transactions. */
  readonly cursors: readonly string[];
  readonly positions: readonly number[];
}

/** The usual queries. */
export function usualQueries(places: Places): Query[] {
  const station = (n: number) => places.stations[n % places.stations.length] ?? '';
  const transaction = (n: number) => places.transactions[n % places.transactions.length] ?? '';
  const limit = 'limit=50';
  return [
    { name: 'stations, first page', path: () => `/stations?${limit}` },
    { name: 'a station', path: (n) => `/stations/${station(n)}` },
    { name: 'transactions, first page', path: () => `/transactions?${limit}` },
    {
      name: 'transactions, far back',
      path: (n) => `/transactions?${limit}&cursor=${places.cursors[n % places.cursors.length]}`,
    },
    { name: 'transactions of a station', path: (n) => `/transactions?${limit}&stationId=${station(n)}` },
    {
      name: 'transactions of a station without',
      path: () => `/transactions?${limit}&stationId=${places.quietStation}`,
    },
    {
      name: 'transactions of a token',
      path: (n) => `/transactions?${limit}&idToken=${station(n).replace('BENCH', 'TOKEN')}`,
    },
    { name: 'open transactions', path: () => `/transactions?${limit}&state=Active` },
    { name: 'a transaction', path: (n) => `/transactions/${transaction(n)}` },
    { name: "a transaction's events", path: (n) => `/transactions/${transaction(n)}/events?${limit}` },
    {
      name: "a transaction's meter series",
      path: (n) => `/transactions/${transaction(n)}/meter-series?${limit}`,
    },
    { name: 'messages of a station', path: (n) => `/stations/${station(n)}/messages?${limit}` },
    {
      name: 'boots of a station',
      path: (n) => `/stations/${station(n)}/messages?${limit}&action=BootNotification`,
    },
    { name: 'meter values of a station', path: (n) => `/stations/${station(n)}/meter-values?${limit}` },
    { name: 'operations, first page', path: () => `/operations?${limit}` },
    { name: 'operations of a station', path: (n) => `/stations/${station(n)}/operations?${limit}` },
    {
      name: '100 events from a position',
      path: (n) => `/events?after=${places.positions[n % places.positions.length]}`,
      events: 100,
    },
  ];
}

/** Looks for places in the database: evenly spread, the same number whatever its size. */
export async function findPlaces(client: pg.Client, stations: number): Promise<Omit<Places, 'cursors'>> {
  const ids = Array.from({ length: 200 }, (_, n) => `BENCH-${Math.floor((n * stations) / 200)}`);
  const transactions: string[] = [];
  for (const id of ids) {
    const { rows } = await client.query(
      `select id from transaction where station_id = $1 and state = 'Ended' order by started_received_at limit 1 offset 2`,
      [id],
    );
    if (rows[0]) transactions.push(rows[0].id);
  }
  const { rows } = await client.query(
    `select coalesce(min(first_position), 1)::float8 as first, (select last_position from relay)::float8 as last from outbox`,
  );
  const [{ first, last }] = rows;
  const positions = ids.map((_, n) => Math.floor(first + ((last - first - 1_000) * n) / ids.length));
  return { stations: ids, quietStation: 'QUIET-1', transactions, positions };
}

/** What a query costs. */
export interface QueryCost {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Blocks that PostgreSQL looked at for one call: the same on a machine that is busy with other things. */
  readonly blocks: number;
}

/** Each query with its cache warm. */
export async function measureQueries(
  api: Api,
  queries: readonly Query[],
  options: { readonly calls: number; readonly blocks: () => Promise<number> },
): Promise<Map<string, QueryCost>> {
  const { calls, blocks } = options;
  const found = new Map<string, QueryCost>();
  for (const query of queries) {
    for (let n = 0; n < calls; n++) await api.call(query, n);
    await blocks();
    const took: number[] = [];
    for (let n = 0; n < calls; n++) {
      const startedMs = performance.now();
      await api.call(query, n);
      took.push(performance.now() - startedMs);
    }
    const touched = await blocks();
    took.sort((a, b) => a - b);
    found.set(query.name, {
      p50Ms: took[calls >> 1] ?? 0,
      p99Ms: took[Math.floor(calls * 0.99)] ?? 0,
      blocks: touched / calls,
    });
  }
  return found;
}

export interface Api {
  call(query: Pick<Query, 'path' | 'events'>, n: number): Promise<string>;
}

export function apiOf(httpUrl: string, token: string): Api {
  return {
    async call({ path, events }, n) {
      const url = `${httpUrl}/api/v1${path(n)}`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
      return events === undefined ? response.text() : readEvents(response, events);
    },
  };
}

async function readEvents(response: Response, events: number): Promise<string> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.split('\ndata:').length > events) break;
  }
  return text;
}

/** Cursors from pages far back: one page is asked for by its time, and the cursor that it ends with is kept. */
export async function findCursors(api: Api, instants: readonly Date[]): Promise<string[]> {
  const cursors: string[] = [];
  for (const instant of instants) {
    const text = await api.call({ path: () => `/transactions?limit=10&to=${instant.toISOString()}` }, 0);
    const { nextCursor } = JSON.parse(text);
    if (typeof nextCursor === 'string') cursors.push(encodeURIComponent(nextCursor));
  }
  return cursors;
}
