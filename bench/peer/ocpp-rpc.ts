import { RPCClient, RPCServer } from 'ocpp-rpc';
import type { Contestant } from './contestant.ts';
import { messagesOf } from './messages.ts';

/** Both ends of npm's `ocpp-rpc`, strict mode on both. */
export const ocppRpc: Contestant = {
  async open(version, connections) {
    const protocols = [`ocpp${version}`];
    const server = new RPCServer({ protocols, strictMode: true });
    server.auth((accept) => accept());
    server.on('client', (client: RPCClient) => {
      for (const { action, response } of messagesOf[version]) {
        client.handle(action, async () => ({ ...response }));
      }
    });
    const http = await server.listen(0, '127.0.0.1');
    const address = http.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const clients = Array.from(
      { length: connections },
      (_, index) =>
        new RPCClient({
          endpoint: `ws://127.0.0.1:${port}`,
          identity: `CS${index}`,
          protocols,
          strictMode: true,
          strictModeValidators: [],
          reconnect: false,
          callTimeoutMs: 30_000,
          pingIntervalMs: 60_000,
          deferPingsOnActivity: false,
          respondWithDetailedErrors: false,
          callConcurrency: 1,
          maxBadMessages: Number.POSITIVE_INFINITY,
          password: null,
          wsOpts: {},
          headers: {},
          maxReconnects: 0,
          backoff: { initialDelay: 1_000, maxDelay: 10_000, factor: 2, randomisationFactor: 0 },
        }),
    );
    await Promise.all(clients.map((client) => client.connect()));
    return {
      call(connection, action, request) {
        return clients[connection]?.call(action, request) ?? Promise.reject(new Error('no such connection'));
      },
      async close() {
        await Promise.all(clients.map((client) => client.close({ code: 1000 })));
        await server.close({ code: 1000 });
      },
    };
  },
};
