import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '../metrics.ts';
import type { HttpLimits } from './limits.ts';
import type { Permission } from './permissions.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, boolean>>;
}

export type MetricsAccess = 'token' | 'loopback' | 'open';

export const probePaths: readonly string[] = ['/healthz', '/readyz', '/metrics'];

/** What machines ask about the process: is it alive, may it have traffic, what does it count. */
export function addProbes(
  api: FastifyInstance,
  options: {
    readonly ready: () => Promise<Readiness>;
    readonly metrics: Metrics;
    readonly metricsAccess: MetricsAccess;
    readonly limits: HttpLimits;
    readonly authorize: (permission: Permission) => (request: FastifyRequest) => Promise<void>;
  },
): void {
  const { metrics, metricsAccess, limits } = options;
  api.get('/healthz', async () => ({ status: 'alive' }));

  api.get('/readyz', async (_, reply) => {
    const readiness = await answeredWithin(limits.readinessTimeoutMs, options.ready);
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });

  const needsToken = options.authorize('metrics:read');
  const onRequest = async (request: FastifyRequest) => {
    if (metricsAccess === 'open' || (metricsAccess === 'loopback' && isLoopback(request.ip))) return;
    await needsToken(request);
  };
  api.get('/metrics', { onRequest }, async (_, reply) => {
    const { contentType, text } = await metrics.expose();
    return reply.type(contentType).send(text);
  });
}

/** A check that fails or hangs is the answer "no", which is what its asker needs to know. */
async function answeredWithin(timeoutMs: number, ready: () => Promise<Readiness>): Promise<Readiness> {
  const { promise: timeout, resolve } = Promise.withResolvers<Readiness>();
  const timer = setTimeout(resolve, timeoutMs, { ready: false, checks: { answeredInTime: false } });
  try {
    return await Promise.race([ready(), timeout]);
  } catch {
    return { ready: false, checks: { answered: false } };
  } finally {
    clearTimeout(timer);
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
