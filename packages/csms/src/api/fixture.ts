import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { MemoryEventFeed } from './event-feed.memory.ts';
import { createEventStreams, type StreamLimits } from './event-stream.ts';
import type { Principal } from './permissions.ts';
import type { Route } from './route.ts';
import { type ApiOptions, createApi } from './server.ts';

const principals: Readonly<Record<string, Principal>> = {
  'operator-token': { id: 'operator', name: 'Operator', permissions: 'all' },
  'reader-token': { id: 'reader', name: 'Reader', permissions: ['stations:read', 'events:read'] },
};

/** A whole HTTP edge for tests, with two known tokens, and everything that it depends on within reach. */
export function testApi(
  routes: readonly Route[] = [],
  options: Partial<ApiOptions> & { readonly streamLimits?: Partial<StreamLimits> } = {},
) {
  const logged: string[] = [];
  const log = createLog({ level: 'trace', destination: { write: (line) => logged.push(line) } });
  const metrics = createMetrics({ processMetrics: false });
  const feed = new MemoryEventFeed();
  const clock = { nowMs: Date.parse('2026-03-01T12:00:00Z') };
  const now = () => clock.nowMs;
  const { streamLimits: limits = {}, ...overrides } = options;
  const eventStreams = createEventStreams({ feed, log, metrics, now, limits });
  const api = createApi({
    routes,
    eventStreams,
    authenticate: async (token) => principals[token],
    ready: async () => ({ ready: true, checks: { database: true } }),
    explain: () => undefined,
    metrics,
    metricsAccess: 'token',
    log,
    version: '0.0.0-test',
    now,
    newRequestId: randomUUID,
    ...overrides,
  });
  return { api, feed, clock, logged, metrics };
}

export const asOperator = { authorization: 'Bearer operator-token' };
export const asReader = { authorization: 'Bearer reader-token' };

/** Listens on a free port of this machine. */
export async function portOf(api: FastifyInstance): Promise<number> {
  await api.listen({ host: '127.0.0.1', port: 0 });
  return (api.server.address() as AddressInfo).port;
}
