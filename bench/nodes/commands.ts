import { Histogram } from '../load/histogram.ts';
import type { BenchNodes } from './cluster.ts';

/** Latencies of commands, from the request to the answer of the API, which has the station's in it. */
export interface CommandLatencies {
  /** Given to the node that holds the station. */
  readonly atHolder: Histogram;
  /** Given to another one. */
  readonly elsewhere: Histogram;
  /** Answered otherwise than with an operation that is Accepted. */
  readonly failed: number;
}

/**
 * Gives `count` commands one after the other to the holders of stations, and as many to another node in between, so that
 * both meet the same moments. Station n of the load is at the n-th node, and round again.
 */
export async function measureCommands(
  { nodes, token }: BenchNodes,
  options: { readonly count: number; readonly stations: number },
): Promise<CommandLatencies> {
  const atHolder = new Histogram();
  const elsewhere = new Histogram();
  let failed = 0;
  for (let turn = 0; turn < options.count; turn++) {
    const station = turn % options.stations;
    await give(station, station % nodes.length, atHolder);
    if (nodes.length > 1) await give(station, (station + 1) % nodes.length, elsewhere);
  }
  return { atHolder, elsewhere, failed };

  async function give(station: number, node: number, histogram: Histogram): Promise<void> {
    const path = `/api/v1/stations/BENCH-${station}/commands/reset`;
    const began = performance.now();
    const response = await fetch(`${nodes[node]?.httpUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"type":"OnIdle"}',
    });
    const text = await response.text();
    histogram.record(performance.now() - began);
    if (!text.includes('"state":"Accepted"')) failed += 1;
  }
}
