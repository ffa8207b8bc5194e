import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { createOcppServer } from '../server/ocpp-server.ts';
import type { Admission, Connection, OcppServer, OcppServerOptions, Refusal } from '../server/server.ts';

export interface RunningServer {
  readonly server: OcppServer<undefined>;
  readonly port: number;
  /** Without the identity. */
  readonly url: string;
  readonly refusals: readonly Refusal[];
  /** The next connection, or one that stands already. */
  connection(): Promise<Connection<undefined>>;
}

export const admitted: Admission<undefined> = { admit: true, state: undefined };

/** A server end on a free port, gone when the test is; it answers Heartbeat unless told otherwise. */
export async function runServer(
  t: TestContext,
  options: Partial<OcppServerOptions<undefined>> = {},
): Promise<RunningServer> {
  const refusals: Refusal[] = [];
  const opened: Connection<undefined>[] = [];
  const arrivals: ((connection: Connection<undefined>) => void)[] = [];
  const { connected = () => ({ onCall: () => ({ currentTime: '2026-01-01T00:00:00Z' }) }), ...others } =
    options;
  const server = createOcppServer<undefined>({
    authenticate: async () => admitted,
    onRefused: (refusal) => refusals.push(refusal),
    ...others,
    connected(connection) {
      const arrived = arrivals.shift();
      if (arrived === undefined) opened.push(connection);
      else arrived(connection);
      return connected(connection);
    },
  });
  const http = createServer().on('upgrade', (request, socket, head) =>
    server.handleUpgrade(request, socket, head),
  );
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(async () => {
    for (const connection of server.connections) connection.terminate();
    http.close();
    http.closeAllConnections();
    await server.close();
  });
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    server,
    port,
    url: `ws://127.0.0.1:${port}/ocpp`,
    refusals,
    connection() {
      const waiting = opened.shift();
      return waiting === undefined
        ? new Promise((resolve) => arrivals.push(resolve))
        : Promise.resolve(waiting);
    },
  };
}
