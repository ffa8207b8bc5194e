import http from 'node:http';
import https from 'node:https';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Problem, retryLater } from '../problem.ts';
import { answerHeaders } from './answer-headers.ts';
import { type Authenticate, createLogin } from './authentication.ts';
import type { EventStreams } from './event-stream.ts';
import { type HttpLimits, httpLimits } from './limits.ts';
import { openApiDocument } from './openapi.ts';
import { allows, type Permission, type Principal } from './permissions.ts';
import { addProbes, type MetricsAccess, probePaths, type Readiness } from './probes.ts';
import { answerClientError, createProblemReply, type Explain } from './problem-reply.ts';
import type { Route } from './route.ts';
import { addRoutes, answerOtherMethods } from './serve-route.ts';
import { createValidator } from './validation.ts';

export interface ApiOptions {
  readonly routes: readonly Route[];
  readonly eventStreams: EventStreams;
  readonly authenticate: Authenticate;
  /** What /readyz asks; `checks` names what was looked at. */
  readonly ready: () => Promise<Readiness>;
  /** Says which problem an error of another part is; what it does not know is `internal`. */
  readonly explain: Explain;
  readonly metrics: Metrics;
  /** Who may read /metrics; `'token'` asks for `metrics:read`. A proxy on this machine makes everyone loopback. */
  readonly metricsAccess: MetricsAccess;
  readonly log: Log;
  readonly version: string;
  readonly now: () => number;
  /** A UUID: it stands in the log, in X-Request-Id and in the `instance` of a problem. */
  readonly newRequestId: () => string;
  /** TLS ends here when given. */
  readonly tls?: https.ServerOptions;
  /** Addresses or networks whose forwarded headers are believed; none unless named. */
  readonly trustedProxies?: readonly string[];
  readonly limits?: Partial<HttpLimits>;
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    operationId?: string;
  }
}

/**
 * The HTTP edge: the routes under /api/v1, the probes beside them, and around each request what README.md draws.
 * `api.server` exists before `listen` and may be shared with WebSockets by `routeUpgrades`; sockets that were
 * upgraded are their owner's to close before `api.close()` can end.
 */
export function createApi(options: ApiOptions): FastifyInstance {
  const limits = { ...httpLimits, ...options.limits };
  const login = createLogin({ authenticate: options.authenticate, now: options.now });
  const logger: FastifyBaseLogger = options.log;
  const replyProblem = createProblemReply(options.explain, options.log);
  let stopping = false;

  const api: FastifyInstance = fastify({
    serverFactory: (handler) => createServer(handler, options.tls, limits),
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: options.newRequestId,
    bodyLimit: limits.bodyBytesMax,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: limits.pathParameterCharactersMax },
    trustProxy: [...(options.trustedProxies ?? [])],
    clientErrorHandler: answerClientError(options.newRequestId),
    frameworkErrors: replyProblem,
  });
  api.decorateRequest('principal', null);
  // A body is JSON or nothing.
  api.removeContentTypeParser('text/plain');
  api.setErrorHandler(replyProblem);
  api.setNotFoundHandler((request) => {
    throw new Problem('not-found', `There is nothing at ${pathOf(request)}.`);
  });
  const validate = createValidator();
  api.setValidatorCompiler(({ schema, httpPart }) => validate(httpPart, schema));

  const authorize = (permission: Permission) => async (request: FastifyRequest) => {
    request.principal = await login(request.headers.authorization, request.ip);
    if (allows(request.principal, permission)) return;
    throw new Problem(
      'forbidden',
      `This needs the permission ${permission}, which this token does not carry.`,
      {
        extras: { permission },
      },
    );
  };

  api.addHook('onRequest', async (request, reply) => {
    reply.headers(answerHeaders(request.id));
    if (!stopping) return;
    reply.header('connection', 'close');
    if (!isProbe(request)) throw retryLater('overloaded', 'The server is shutting down.', 5);
  });
  api.addHook('onSend', async (_, reply) => {
    if (stopping) reply.header('connection', 'close');
  });
  api.addHook('preClose', async () => {
    stopping = true;
    options.eventStreams.close();
    setTimeout(() => api.server.closeAllConnections(), limits.shutdownGraceMs).unref();
  });
  observe(api, options);

  const routes = [...options.routes, options.eventStreams.route];
  addProbes(api, {
    ...options,
    ready: async () => (stopping ? stoppingNow : options.ready()),
    limits,
    authorize,
  });
  addRoutes(api, { routes, prefix: '/api/v1', authorize, handlerTimeoutMs: limits.handlerTimeoutMs });
  const openApi = JSON.stringify(openApiDocument(routes, options.version));
  api.get('/api/v1/openapi.json', async (_, reply) =>
    reply.type('application/json; charset=utf-8').send(openApi),
  );
  for (const path of [...probePaths, '/api/v1/openapi.json']) {
    answerOtherMethods(api, path, new Set(['GET', 'HEAD']));
  }
  return api;
}

const stoppingNow: Readiness = { ready: false, checks: { running: false } };

function createServer(
  handler: http.RequestListener,
  tls: https.ServerOptions | undefined,
  limits: HttpLimits,
) {
  const options: http.ServerOptions = {
    maxHeaderSize: limits.headBytesMax,
    headersTimeout: limits.headTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.timeoutCheckIntervalMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
  };
  const server = tls
    ? https.createServer({ ...tls, ...options }, handler)
    : http.createServer(options, handler);
  server.setTimeout(limits.idleSocketTimeoutMs);
  return server;
}

const statusClasses: readonly string[] = ['2xx', '3xx', '4xx', '5xx'];

/** One log line and one observation for each request: its path without the query, never a header or a body. */
function observe(api: FastifyInstance, { metrics, log, routes }: ApiOptions): void {
  const requestSeconds = metrics.histogram({
    name: 'busbar_http_request_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labels: {
      operation: routes.map(({ operationId }) => operationId),
      status: statusClasses,
    },
  });
  const entryOf = (request: FastifyRequest) => ({
    requestId: request.id,
    principal: request.principal?.id,
    method: request.method,
    path: pathOf(request),
  });
  api.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
    const seconds = reply.elapsedTime / 1000;
    const operation = request.routeOptions.config.operationId ?? '';
    requestSeconds.at({ operation, status: `${Math.floor(reply.statusCode / 100)}xx` }).observe(seconds);
    const entry = { ...entryOf(request), status: reply.statusCode, seconds };
    if (isProbe(request)) log.debug(entry, 'request');
    else log.info(entry, 'request');
  });
  // How event streams end as a rule: there is no answer whose time could be measured.
  api.addHook('onRequestAbort', async (request) => log.info(entryOf(request), 'request left by its caller'));
}

function isProbe(request: FastifyRequest): boolean {
  return probePaths.includes(pathOf(request));
}

const shownPathCharactersMax = 200;

function pathOf(request: FastifyRequest): string {
  return (request.url.split('?', 1)[0] ?? '').slice(0, shownPathCharactersMax);
}
