import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { fastify } from 'fastify';
import type { Principal } from '../api/permissions.ts';
import { createProblemReply } from '../api/problem-reply.ts';
import type { Route } from '../api/route.ts';
import { addRoutes } from '../api/serve-route.ts';
import { createValidator } from '../api/validation.ts';
import { createLog } from '../log.ts';
import { createBatchRunner } from '../store/batch.ts';
import { type Committer, createCommitter } from '../store/committer.ts';
import type { TestDatabase } from './database.ts';

const operator: Principal = { id: 'operator', name: 'Operator', permissions: 'all' };
const at = new Date('2026-03-01T12:00:00.000Z');

/** The clock of route tests. */
export const testNow = (): Date => at;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: what a client makes of JSON
  readonly body: any;
}

export type Send = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Serves routes as the HTTP edge does, to somebody who may do everything, and without a socket. */
export async function serveRoutes(test: TestContext, routes: readonly Route[]): Promise<Send> {
  const log = createLog({ level: 'silent' });
  const api = fastify({ genReqId: () => randomUUID() });
  api.decorateRequest('principal', null);
  api.setErrorHandler(createProblemReply(() => undefined, log));
  const validate = createValidator();
  api.setValidatorCompiler(({ schema, httpPart }) => validate(httpPart, schema));
  const authorize = () => async (request: { principal: Principal | null }) => {
    request.principal = operator;
  };
  addRoutes(api, { routes, prefix: '/api/v1', authorize, handlerTimeoutMs: 10_000 });
  await api.ready();
  test.after(() => api.close());
  return async (method, path, body, headers) => {
    const response = await api.inject({
      method,
      url: `/api/v1${path}`,
      ...(body && { payload: body }),
      ...(headers && { headers }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body === '' ? undefined : response.json(),
    };
  };
}

/** A committer on the test's database, closed before that is dropped. */
export function testCommitter(test: TestContext, database: TestDatabase): Committer {
  const committer = createCommitter({
    runner: createBatchRunner({
      connect: () => database.connectPipelined('committer'),
      probeTimeoutMs: 1_000,
    }),
    now: testNow,
  });
  test.after(() => committer.close());
  return committer;
}

/** The types and data of the events that were committed, in order. */
export async function committedEvents(
  database: TestDatabase,
): Promise<{ type: string; stationId?: string; data: object }[]> {
  const { rows } = await database.sql.query(
    'select events::json from outbox where event_count > 0 order by seq',
  );
  return rows.flatMap(({ events }) => events);
}

/** Registers a station without any ado. */
export async function insertStation(database: TestDatabase, id: string): Promise<void> {
  await database.sql.query(
    `insert into station (id, identity_key, admission, security_profile, created_at) values ($1, lower($1), 'Accepted', 1, $2)`,
    [id, testNow()],
  );
}
