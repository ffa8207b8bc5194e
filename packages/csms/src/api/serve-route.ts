import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { Type } from 'typebox';
import { invalidRequest, Problem } from '../problem.ts';
import { linkToNextPage } from './pagination.ts';
import type { Permission } from './permissions.ts';
import { type AnyAnswer, isNotJson, type Responses, type Route, type RouteRequest } from './route.ts';
import { closed, withoutIds } from './schema.ts';

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

/** Puts the routes on the server, and on each of their paths what the methods that it lacks are answered. */
export function addRoutes(
  api: FastifyInstance,
  options: {
    readonly routes: readonly Route[];
    readonly prefix: string;
    readonly authorize: (permission: Permission) => (request: FastifyRequest) => Promise<void>;
    readonly handlerTimeoutMs: number;
  },
): void {
  const allowed = new Map<string, { readonly url: string; readonly methods: Set<HTTPMethods> }>();
  for (const route of options.routes) {
    const url = `${options.prefix}${route.path}`;
    const streams = Object.values(route.responses).some(
      (spec) => isNotJson(spec) && spec.kind === 'streamed',
    );
    api.route<Parts>({
      method: route.method,
      url,
      // The answer to HEAD would never end.
      exposeHeadRoute: !streams,
      ...(!streams && { handlerTimeout: options.handlerTimeoutMs }),
      config: { operationId: route.operationId },
      schema: requestSchemas(route),
      onRequest: options.authorize(route.permission),
      handler: (request, reply) => serve(route, request, reply),
    });
    const place = url.replaceAll(/:\w+/g, ':');
    const known = allowed.get(place) ?? { url, methods: new Set() };
    known.methods.add(route.method);
    if (route.method === 'GET' && !streams) known.methods.add('HEAD');
    allowed.set(place, known);
  }
  for (const place of allowed.values()) answerOtherMethods(api, place.url, place.methods);
}

/** The schemas of the route are applied to all four before its handler is asked: here their types begin to hold. */
interface Parts {
  Params: RouteRequest['params'];
  Querystring: RouteRequest['query'];
  Headers: RouteRequest['headers'];
  Body: RouteRequest['body'];
}

async function serve(
  route: Route,
  request: FastifyRequest<Parts>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { principal, id: requestId } = request;
  if (principal === null) throw new Error(`${route.operationId} was reached without a principal`);
  const { params, query, headers, body } = request;
  if (route.body === undefined && isFilled(body))
    throw invalidRequest([{ field: '', message: 'This takes no body' }]);
  const answer = await route.handle({ params, query, headers, body }, { principal, requestId });
  const next = nextCursorOf(answer);
  if (next !== undefined) reply.header('link', linkToNextPage(request.url, next));
  const spec = route.responses[answer.status];
  if (spec && isNotJson(spec) && spec.kind === 'streamed') reply.type(spec.contentType);
  return reply
    .code(answer.status)
    .headers(answer.headers ?? {})
    .send(answer.body);
}

/** An empty object says as much as no body, and is what some clients always send. */
function isFilled(body: unknown): boolean {
  return typeof body === 'object' && body !== null
    ? Object.keys(body).length > 0
    : body !== undefined && body !== null;
}

function nextCursorOf({ body }: AnyAnswer): string | undefined {
  if (typeof body !== 'object' || body === null || !('nextCursor' in body)) return undefined;
  return typeof body.nextCursor === 'string' ? body.nextCursor : undefined;
}

/** A query parameter that the route does not know is refused too: a misspelt filter must not return everything. */
function requestSchemas({ params, query, headers, body, responses }: Route) {
  return {
    querystring: closed(withoutIds(query ?? Type.Object({}))),
    response: responseSchemas(responses),
    ...(params && { params: withoutIds(params) }),
    ...(headers && { headers: withoutIds(headers) }),
    ...(body && { body: closed(withoutIds(body)) }),
  };
}

function responseSchemas(responses: Responses) {
  return Object.fromEntries(
    Object.entries(responses).flatMap(([status, spec]) =>
      isNotJson(spec) ? [] : [[status, withoutIds(spec)]],
    ),
  );
}

/** Nothing here may be read by pages of other origins: OPTIONS tells the methods and grants nothing. */
export function answerOtherMethods(
  api: FastifyInstance,
  url: string,
  allowed: ReadonlySet<HTTPMethods>,
): void {
  const allow = [...allowed, 'OPTIONS'].join(', ');
  api.route({
    method: 'OPTIONS',
    url,
    handler: async (_, reply) => reply.code(204).header('allow', allow).send(),
  });
  api.route({
    method: methods.filter((method) => !allowed.has(method)),
    url,
    exposeHeadRoute: false,
    // Before the body is read: it would be read for nothing.
    onRequest: async (request) => {
      throw new Problem('method-not-allowed', `${request.method} is not among ${allow}.`, {
        headers: { allow },
      });
    },
    handler: async () => undefined,
  });
}
