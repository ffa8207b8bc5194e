// Over 500 lines: the life of a request has many ends, and each is a short test over one fixture.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Type } from 'typebox';
import { Problem } from '../problem.ts';
import { asOperator, asReader, portOf, testApi } from './fixture.ts';
import { PageQuery, page, pageOf } from './pagination.ts';
import { defineRoute, noContent, type Route } from './route.ts';

const Station = Type.Object(
  {
    stationId: Type.String(),
    online: Type.Boolean(),
    energyWh: Type.String(),
    limitAmps: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    vendor: Type.Optional(Type.Object({ name: Type.String() })),
  },
  { $id: 'Station' },
);

const readStation = defineRoute({
  method: 'GET',
  path: '/stations/:stationId',
  permission: 'stations:read',
  operationId: 'readStation',
  summary: 'Read a station',
  tags: ['stations'],
  params: Type.Object({ stationId: Type.String() }),
  query: Type.Object({
    verbose: Type.Optional(Type.Boolean()),
    depth: Type.Integer({ default: 1, maximum: 3 }),
  }),
  responses: { 200: Station },
  problems: ['not-found'],
  handle({ params: { stationId }, query }) {
    if (stationId === 'none') throw new Problem('not-found', 'There is no station none.');
    if (stationId === 'broken') throw new Error('password=hush at /srv/secret.ts');
    const leak = {
      stationId,
      online: query.verbose ?? false,
      energyWh: '1234567890123456.10',
      secret: 'hush',
    };
    return {
      status: 200,
      body: { ...leak, limitAmps: query.depth === 2 ? null : '16.0', vendor: { name: 'A', pin: 'hush' } },
    };
  },
});

const writeStation = defineRoute({
  method: 'PUT',
  path: '/stations/:id',
  permission: 'stations:write',
  operationId: 'writeStation',
  summary: 'Write a station',
  tags: ['stations'],
  params: Type.Object({ id: Type.String() }),
  body: Type.Object({
    name: Type.String({ maxLength: 10 }),
    limits: Type.Optional(Type.Array(Type.Object({ amps: Type.Integer({ minimum: 0 }) }))),
    installedAt: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  responses: { 204: noContent('Written') },
  problems: [],
  handle: () => ({ status: 204 }),
});

const Thing = Type.Object({ number: Type.Integer() });
const listThings = defineRoute({
  method: 'GET',
  path: '/things',
  permission: 'stations:read',
  operationId: 'listThings',
  summary: 'List things',
  tags: ['things'],
  query: Type.Object({ ...PageQuery.properties, kind: Type.Optional(Type.String()) }),
  responses: { 200: pageOf(Thing) },
  problems: [],
  handle({ query: { limit } }) {
    const things = Array.from({ length: limit + 1 }, (_, number) => ({ number }));
    return { status: 200, body: page(things, limit, ({ number }) => ({ number })) };
  },
});

const pokeThings = defineRoute({
  method: 'POST',
  path: '/things',
  permission: 'stations:operate',
  operationId: 'pokeThings',
  summary: 'Poke things',
  tags: ['things'],
  responses: { 204: noContent('Poked') },
  problems: [],
  handle: () => ({ status: 204 }),
});

const routes: Route[] = [readStation, writeStation, listThings, pokeThings];
const withJson = { ...asOperator, 'content-type': 'application/json' };

describe('HTTP edge: answers', () => {
  it('serves a route, gives only what its schema knows, and keeps decimals as they are written', async () => {
    const { api } = testApi(routes);
    const response = await api.inject({ url: '/api/v1/stations/CS%2F1?verbose=true', headers: asReader });
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(
      response.body,
      '{"stationId":"CS/1","online":true,"energyWh":"1234567890123456.10","limitAmps":"16.0","vendor":{"name":"A"}}',
    );
    const other = await api.inject({ url: '/api/v1/stations/x?depth=2', headers: asReader });
    assert.equal(other.json().limitAmps, null);
  });

  it('sends every answer with the headers of data that nobody may run, frame or keep, and none for other origins', async () => {
    const { api } = testApi(routes);
    const headers = { ...asReader, origin: 'https://evil.example' };
    for (const url of [
      '/api/v1/stations/x',
      '/api/v1/stations/none',
      '/nowhere',
      '/healthz',
      '/api/v1/openapi.json',
    ]) {
      const response = await api.inject({ url, headers });
      assert.equal(response.headers['x-content-type-options'], 'nosniff', url);
      assert.equal(response.headers['cache-control'], 'no-store', url);
      assert.match(String(response.headers['content-security-policy']), /default-src 'none'/, url);
      assert.match(String(response.headers['x-request-id']), /^[0-9a-f-]{36}$/, url);
      assert.equal(response.headers['access-control-allow-origin'], undefined, url);
    }
  });

  it('answers HEAD as GET without a body, and OPTIONS with the methods', async () => {
    const { api } = testApi(routes);
    const head = await api.inject({ method: 'HEAD', url: '/api/v1/stations/x', headers: asReader });
    assert.equal(head.statusCode, 200);
    assert.equal(head.body, '');
    assert.ok(Number(head.headers['content-length']) > 50);
    const options = await api.inject({ method: 'OPTIONS', url: '/api/v1/stations/x' });
    assert.equal(options.statusCode, 204);
    assert.equal(options.headers.allow, 'GET, HEAD, PUT, OPTIONS');
  });

  it('takes no body, or an empty one, where a route has none', async () => {
    const { api } = testApi(routes);
    const poke = { method: 'POST', url: '/api/v1/things', headers: asOperator } as const;
    assert.equal((await api.inject(poke)).statusCode, 204);
    assert.equal((await api.inject({ ...poke, payload: {} })).statusCode, 204);
  });

  it('links a page to the next', async () => {
    const { api } = testApi(routes);
    const response = await api.inject({ url: '/api/v1/things?kind=a%20b&limit=2', headers: asReader });
    const { items, nextCursor } = response.json();
    assert.equal(items.length, 2);
    assert.equal(response.headers.link, `</api/v1/things?kind=a+b&limit=2&cursor=${nextCursor}>; rel="next"`);
  });

  it('serves its own OpenAPI document to everybody', async () => {
    const { api } = testApi(routes);
    const response = await api.inject('/api/v1/openapi.json');
    assert.equal(response.statusCode, 200);
    assert.deepEqual(Object.keys(response.json().paths), [
      '/stations/{stationId}',
      '/stations/{id}',
      '/things',
      '/events',
    ]);
  });
});

describe('HTTP edge: problems', () => {
  const cases: [name: string, request: object, status: number, code: string, more?: object][] = [
    ['an unknown path', { url: '/api/v1/nothing' }, 404, 'not-found'],
    ['an unknown path outside the API', { method: 'POST', url: '/', payload: 'x' }, 404, 'not-found'],
    [
      'what a handler throws',
      { url: '/api/v1/stations/none' },
      404,
      'not-found',
      { detail: 'There is no station none.' },
    ],
    ['another method', { method: 'DELETE', url: '/api/v1/stations/x' }, 405, 'method-not-allowed'],
    [
      'another method with a body',
      { method: 'PATCH', url: '/api/v1/things', payload: '{', headers: withJson },
      405,
      'method-not-allowed',
    ],
    ['another method on a probe', { method: 'POST', url: '/readyz' }, 405, 'method-not-allowed'],
    [
      'a body where none is taken',
      { method: 'POST', url: '/api/v1/things', payload: { more: 1 } },
      400,
      'invalid-request',
      { detail: 'This takes no body' },
    ],
    ['a path that is not encoded', { url: '/api/v1/stations/%E0%A4%A' }, 400, 'invalid-request'],
    ['a path parameter without end', { url: `/api/v1/stations/${'x'.repeat(600)}` }, 404, 'not-found'],
    ['no token', { url: '/api/v1/stations/x', headers: {} }, 401, 'unauthenticated'],
    [
      'an unknown token',
      { url: '/api/v1/stations/x', headers: { authorization: 'Bearer nobody' } },
      401,
      'unauthenticated',
    ],
    [
      'another scheme',
      { url: '/api/v1/stations/x', headers: { authorization: 'Basic b3A6b3A=' } },
      401,
      'unauthenticated',
    ],
    [
      'a token with control characters',
      { url: '/api/v1/stations/x', headers: { authorization: 'Bearer a\u00ffb' } },
      401,
      'unauthenticated',
    ],
    [
      'a missing permission',
      { method: 'PUT', url: '/api/v1/stations/x', headers: asReader, payload: {} },
      403,
      'forbidden',
      { permission: 'stations:write' },
    ],
    [
      'a query of the wrong type',
      { url: '/api/v1/stations/x?depth=deep' },
      400,
      'invalid-request',
      { errors: [{ field: 'depth', message: 'must be integer, not "deep"' }] },
    ],
    [
      'a query out of range',
      { url: '/api/v1/things?limit=1001' },
      400,
      'invalid-request',
      { errors: [{ field: 'limit', message: 'must be <= 1000, not 1001' }] },
    ],
    [
      'an unknown query parameter',
      { url: '/api/v1/things?limt=1' },
      400,
      'invalid-request',
      { errors: [{ field: 'limt', message: 'is not known here' }] },
    ],
    [
      'a body with several faults, each named',
      {
        method: 'PUT',
        url: '/api/v1/stations/x',
        payload: { limits: [{ amps: '3' }, { amps: 1, volts: 2 }], installedAt: '2026-01-01T00:00:00' },
      },
      400,
      'invalid-request',
      {
        errors: [
          { field: '/name', message: 'is missing' },
          { field: '/limits/0/amps', message: 'must be integer' },
          { field: '/limits/1/volts', message: 'is not known here' },
          { field: '/installedAt', message: 'must match format "date-time"' },
        ],
      },
    ],
    [
      'a body that is not an object',
      { method: 'PUT', url: '/api/v1/stations/x', payload: '[]', headers: withJson },
      400,
      'invalid-request',
    ],
    ['no body', { method: 'PUT', url: '/api/v1/stations/x' }, 400, 'invalid-request'],
    [
      'an empty body',
      { method: 'PUT', url: '/api/v1/stations/x', headers: withJson, payload: '' },
      400,
      'invalid-request',
    ],
    [
      'a body that is not JSON',
      { method: 'PUT', url: '/api/v1/stations/x', payload: '{"name":', headers: withJson },
      400,
      'invalid-request',
    ],
    [
      'a body that poisons prototypes',
      { method: 'PUT', url: '/api/v1/stations/x', payload: '{"name":"x","__proto__":{}}', headers: withJson },
      400,
      'invalid-request',
    ],
    [
      'a form',
      {
        method: 'PUT',
        url: '/api/v1/stations/x',
        payload: 'name=x',
        headers: { ...asOperator, 'content-type': 'application/x-www-form-urlencoded' },
      },
      415,
      'unsupported-media-type',
    ],
    [
      'plain text',
      {
        method: 'PUT',
        url: '/api/v1/stations/x',
        payload: 'name',
        headers: { ...asOperator, 'content-type': 'text/plain' },
      },
      415,
      'unsupported-media-type',
    ],
    [
      'a body over the limit',
      { method: 'PUT', url: '/api/v1/stations/x', payload: { name: 'x'.repeat(2 * 1024 * 1024) } },
      413,
      'too-large',
    ],
  ];
  for (const [name, request, status, code, more] of cases) {
    it(`answers ${name} with ${code}`, async () => {
      const { api } = testApi(routes);
      const response = await api.inject({ headers: asOperator, ...request });
      const document = response.json();
      assert.deepEqual([response.statusCode, document.code], [status, code], response.body);
      assert.equal(response.headers['content-type'], 'application/problem+json; charset=utf-8');
      assert.equal(document.status, status);
      assert.equal(document.type, `urn:busbar:problem:${code}`);
      assert.equal(document.instance, `urn:uuid:${response.headers['x-request-id']}`);
      assert.ok(document.title.length > 0 && document.detail.length > 0);
      assert.partialDeepStrictEqual(document, more ?? {});
      if (status === 401) assert.equal(response.headers['www-authenticate'], 'Bearer realm="busbar"');
      if (status === 405) assert.match(String(response.headers.allow), /GET/);
    });
  }

  it('tells nothing of an unknown failure but where the log has it', async () => {
    const { api, logged } = testApi(routes);
    const response = await api.inject({ url: '/api/v1/stations/broken', headers: asOperator });
    assert.equal(response.statusCode, 500);
    assert.equal(response.json().code, 'internal');
    assert.doesNotMatch(response.body, /hush|secret\.ts/);
    const entry = logged.map((line) => JSON.parse(line)).find(({ level }) => level === 'error');
    assert.equal(response.json().instance, `urn:uuid:${entry.requestId}`);
    assert.match(entry.err.message, /hush/);
  });

  it('lets other parts explain their errors', async () => {
    const { api } = testApi(routes, {
      explain: (error) =>
        error instanceof Error && error.message.startsWith('password')
          ? new Problem('database-unavailable', 'The database is away.')
          : undefined,
    });
    const response = await api.inject({ url: '/api/v1/stations/broken', headers: asOperator });
    assert.deepEqual([response.statusCode, response.json().code], [503, 'database-unavailable']);
  });

  it('reports at most twenty fields of a body that is wrong everywhere', async () => {
    const { api } = testApi(routes);
    const limits = Array.from({ length: 1000 }, () => ({ amps: -1 }));
    const request = {
      method: 'PUT',
      url: '/api/v1/stations/x',
      headers: asOperator,
      payload: { name: 'x', limits },
    } as const;
    assert.equal((await api.inject(request)).json().errors.length, 20);
  });

  it('never shows a value from a body', async () => {
    const { api, logged } = testApi(routes);
    const payload = { name: 'hush-hush-hush', password: 'hush' };
    const response = await api.inject({
      method: 'PUT',
      url: '/api/v1/stations/x?x=1',
      headers: asOperator,
      payload,
    });
    assert.equal(response.statusCode, 400);
    assert.doesNotMatch(response.body + logged.join(), /hush/);
  });
});

describe('HTTP edge: login', () => {
  it('makes an address wait after ten wrong tokens, and no other', async () => {
    const { api, clock } = testApi(routes);
    const attempt = (remoteAddress: string, token = 'wrong') =>
      api.inject({ url: '/api/v1/stations/x', headers: { authorization: `Bearer ${token}` }, remoteAddress });
    for (let n = 0; n < 10; n += 1) assert.equal((await attempt('192.0.2.1')).statusCode, 401);
    const blocked = await attempt('192.0.2.1', 'operator-token');
    assert.deepEqual(
      [blocked.statusCode, blocked.json().code, blocked.headers['retry-after']],
      [429, 'rate-limited', '60'],
    );
    assert.equal((await attempt('192.0.2.2', 'operator-token')).statusCode, 200);
    clock.nowMs += 60_000;
    assert.equal((await attempt('192.0.2.1', 'operator-token')).statusCode, 200);
  });

  it('believes forwarded headers only from proxies that were named', async () => {
    const attempt = (api: ReturnType<typeof testApi>['api'], from: string) =>
      api.inject({
        url: '/api/v1/stations/x',
        headers: { authorization: 'Bearer wrong', 'x-forwarded-for': from },
        remoteAddress: '10.0.0.1',
      });
    const unaware = testApi(routes).api;
    for (let n = 0; n < 10; n += 1) await attempt(unaware, `198.51.100.${n}`);
    assert.equal((await attempt(unaware, '198.51.100.77')).statusCode, 429);
    const behind = testApi(routes, { trustedProxies: ['10.0.0.1'] }).api;
    for (let n = 0; n < 10; n += 1) await attempt(behind, `198.51.100.${n}`);
    assert.equal((await attempt(behind, '198.51.100.77')).statusCode, 401);
  });

  it('logs who asked for what, and neither token nor query', async () => {
    const { api, logged } = testApi(routes);
    await api.inject({ url: '/api/v1/things?kind=hush', headers: { ...asReader, cookie: 'hush' } });
    await wait(1);
    const entry = logged.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'request');
    assert.partialDeepStrictEqual(entry, {
      principal: 'reader',
      method: 'GET',
      path: '/api/v1/things',
      status: 200,
    });
    assert.doesNotMatch(logged.join(), /hush|reader-token/);
  });
});

describe('HTTP edge: probes', () => {
  it('is alive whatever happens, and ready when its checks say so', async () => {
    const { api } = testApi([], { ready: async () => ({ ready: false, checks: { database: false } }) });
    assert.equal((await api.inject('/healthz')).statusCode, 200);
    const notReady = await api.inject('/readyz');
    assert.deepEqual(
      [notReady.statusCode, notReady.json()],
      [503, { ready: false, checks: { database: false } }],
    );
    assert.equal((await testApi().api.inject('/readyz')).statusCode, 200);
  });

  it('is not ready when a check fails or hangs', async () => {
    const failing = testApi([], { ready: () => Promise.reject(new Error('hush')) }).api;
    assert.equal((await failing.inject('/readyz')).statusCode, 503);
    const hanging = testApi([], {
      ready: () => new Promise(() => undefined),
      limits: { readinessTimeoutMs: 10 },
    }).api;
    assert.equal((await hanging.inject('/readyz')).statusCode, 503);
  });

  it('shows metrics to those who may read them', async () => {
    const status = async (access: 'token' | 'loopback' | 'open', remoteAddress: string, headers = {}) =>
      (await testApi([], { metricsAccess: access }).api.inject({ url: '/metrics', remoteAddress, headers }))
        .statusCode;
    assert.equal(await status('token', '127.0.0.1'), 401);
    assert.equal(await status('token', '127.0.0.1', asReader), 403);
    assert.equal(await status('token', '192.0.2.1', asOperator), 200);
    assert.equal(await status('loopback', '127.0.0.1'), 200);
    assert.equal(await status('loopback', '::1'), 200);
    assert.equal(await status('loopback', '192.0.2.1'), 401);
    assert.equal(await status('open', '192.0.2.1'), 200);
  });

  it('counts requests by operation, never by path', async () => {
    const { api } = testApi(routes);
    await api.inject({ url: '/api/v1/stations/CS-1', headers: asReader });
    await api.inject({ url: '/api/v1/made-up/path', headers: asReader });
    const { body, headers } = await api.inject({ url: '/metrics', headers: asOperator });
    assert.match(String(headers['content-type']), /^application\/openmetrics-text/);
    assert.match(body, /busbar_http_request_seconds_count\{operation="readStation",status="2xx"\} 1/);
    assert.match(body, /busbar_http_request_seconds_count\{operation="other",status="4xx"\} 1/);
    assert.doesNotMatch(body, /CS-1|made-up/);
  });
});

describe('HTTP edge: sockets', () => {
  const talk = async (port: number, text: string, timeoutMs = 5_000): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(text);
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    await promise;
    clearTimeout(timer);
    return heard;
  };

  it('answers what is no HTTP with a problem and closes', async (t) => {
    const { api } = testApi(routes);
    t.after(() => api.close());
    const port = await portOf(api);
    assert.match(await talk(port, 'hello\r\n\r\n'), /^HTTP\/1\.1 400 Bad Request.*"code":"invalid-request"/s);
    assert.match(
      await talk(port, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`),
      /^HTTP\/1\.1 413 .*"code":"too-large"/s,
    );
  });

  it('cuts off a head or a body that drips in', async (t) => {
    const limits = { headTimeoutMs: 100, requestTimeoutMs: 200, timeoutCheckIntervalMs: 20 };
    const { api } = testApi(routes, { limits });
    t.after(() => api.close());
    const port = await portOf(api);
    const startedAt = performance.now();
    assert.match(
      await talk(port, 'GET / HTTP/1.1\r\nHost: x\r\n'),
      /^HTTP\/1\.1 408 .*"code":"request-timeout"/s,
    );
    const body = `PUT /api/v1/stations/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer operator-token\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    assert.match(await talk(port, body), /408/);
    assert.ok(performance.now() - startedAt < 3_000);
  });

  it('finishes requests under way when it stops, takes no new ones, and is not ready meanwhile', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const slow = defineRoute({
      method: 'GET',
      path: '/slow',
      permission: 'stations:read',
      operationId: 'slow',
      summary: 'Slow',
      tags: ['slow'],
      responses: { 200: Type.Object({ done: Type.Boolean() }) },
      problems: [],
      async handle() {
        entered.resolve();
        await release.promise;
        return { status: 200, body: { done: true } };
      },
    });
    const { api } = testApi([slow]);
    const port = await portOf(api);
    const under = fetch(`http://127.0.0.1:${port}/api/v1/slow`, { headers: asOperator });
    await entered.promise;
    const startedAt = performance.now();
    const closed = api.close();
    await wait(20);
    release.resolve();
    const response = await under;
    assert.deepEqual(await response.json(), { done: true });
    assert.equal(response.headers.get('connection'), 'close');
    await closed;
    assert.ok(performance.now() - startedAt < 2_000, 'stopping is prompt');
  });

  it('cuts a request that does not end when the grace is over', async () => {
    const never = defineRoute({
      method: 'GET',
      path: '/never',
      permission: 'stations:read',
      operationId: 'never',
      summary: 'Never',
      tags: ['never'],
      responses: { 204: noContent('Never') },
      problems: [],
      handle: () => new Promise<{ status: 204 }>(() => undefined),
    });
    const { api } = testApi([never], { limits: { shutdownGraceMs: 50 } });
    const port = await portOf(api);
    const request = fetch(`http://127.0.0.1:${port}/api/v1/never`, { headers: asOperator });
    const failed = assert.rejects(request);
    await wait(50);
    const startedAt = performance.now();
    await api.close();
    await failed;
    assert.ok(performance.now() - startedAt < 2_000);
  });

  it('answers overloaded when a handler takes longer than it may', async () => {
    const { api } = testApi([{ ...readStation, handle: () => new Promise<never>(() => undefined) }], {
      limits: { handlerTimeoutMs: 20 },
    });
    const response = await api.inject({ url: '/api/v1/stations/x', headers: asOperator });
    assert.deepEqual([response.statusCode, response.json().code], [503, 'overloaded']);
  });
});
