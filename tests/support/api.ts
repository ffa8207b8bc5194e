import assert from 'node:assert/strict';

/** The HTTP API as an operator's program uses it. */
export interface Api {
  readonly url: string;
  readonly token: string;
  request(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Reply>;
  /** The body of a 2xx; anything else fails the test. */
  get(path: string): Promise<Json>;
  post(path: string, body: object): Promise<Json>;
  patch(path: string, body: object): Promise<Json>;
  /** Gives a command and waits for the operation that comes of it. */
  command(stationId: string, name: string, input: object): Promise<Json>;
}

/** What came over the wire: looked at by tests, which fail where it is not what they say. */
// biome-ignore lint/suspicious/noExplicitAny: the tests are the check
export type Json = any;

export interface Reply {
  readonly status: number;
  readonly body: Json;
}

/** Makes a client of the API at this address. */
export function createApi(url: string, token: string): Api {
  async function request(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async function succeed(method: string, path: string, body?: object): Promise<Json> {
    const reply = await request(method, path, body);
    assert.ok(
      reply.status >= 200 && reply.status < 300,
      `${method} ${path} was answered ${reply.status}: ${JSON.stringify(reply.body)}`,
    );
    return reply.body;
  }

  return {
    url,
    token,
    request,
    get: (path) => succeed('GET', path),
    post: (path, body) => succeed('POST', path, body),
    patch: (path, body) => succeed('PATCH', path, body),
    command: (stationId, name, input) =>
      succeed('POST', `/stations/${encodeURIComponent(stationId)}/commands/${name}`, input),
  };
}
