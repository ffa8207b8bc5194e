import { once } from 'node:events';
import { createServer } from 'node:http';
import { createOcppClient, createOcppServer, type Peer } from '@busbar/ocpp';
import type { Contestant } from './contestant.ts';
import { messagesOf } from './messages.ts';

/** Both ends of `@busbar/ocpp`, strict mode: every payload is validated when it leaves and when it arrives. */
export const busbar: Contestant = {
  async open(version, connections) {
    const answers = new Map(messagesOf[version].map(({ action, response }) => [action, response]));
    const server = createOcppServer({
      versions: [version],
      authenticate: async () => ({ admit: true, mode: 'strict', state: undefined }),
      connected: () => ({ onCall: ({ action }) => answers.get(action) ?? {} }),
    });
    const http = createServer().on('upgrade', (request, socket, head) =>
      server.handleUpgrade(request, socket, head),
    );
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const address = http.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const clients = Array.from({ length: connections }, (_, index) =>
      createOcppClient({
        url: `ws://127.0.0.1:${port}/ocpp`,
        identity: `CS${index}`,
        versions: [version],
        mode: 'strict',
        onCall: () => ({}),
      }),
    );
    const peers: Peer[] = await Promise.all(clients.map((client) => client.connect()));
    return {
      call(connection, action, request) {
        return peers[connection]?.call(action, request) ?? Promise.reject(new Error('no such connection'));
      },
      async close() {
        await Promise.all(clients.map((client) => client.close()));
        http.close();
      },
    };
  },
};
