/** A server's REST API, as a user would call it. */
export interface ApiClient {
  /** Resolves with status and body. Throws an `Error` with what the server says when it refuses otherwise than `expected`. */
  send(request: ApiRequest): Promise<{ readonly status: number; readonly body: unknown }>;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/v1. */
  readonly path: string;
  readonly body?: object;
  /** Statuses of errors that the caller can go on with. */
  readonly expected?: readonly number[];
}

export function createApiClient(server: { readonly url: string; readonly token: string }): ApiClient {
  return {
    async send({ method, path, body, expected = [] }) {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const { status } = response;
      if (response.ok || expected.includes(status)) {
        return { status, body: text === '' ? undefined : JSON.parse(text) };
      }
      throw new Error(`${method} ${path} was answered ${status}: ${text}`);
    },
  };
}
