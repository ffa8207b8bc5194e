import { once } from 'node:events';
import { findAction } from '@busbar/ocpp';
import { Ajv, type ValidateFunction } from 'ajv';
import { WebSocket, WebSocketServer } from 'ws';
import type { Contestant } from './contestant.ts';
import { type BenchVersion, messagesOf } from './messages.ts';

/** The floor: `ws`, JSON and one validation at each receiver; no queue, no time-out, no error of any kind. */
export const bare: Contestant = {
  async open(version, connections) {
    const validators = validatorsOf(version);
    const answers = new Map(messagesOf[version].map(({ action, response }) => [action, response]));
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        const [, id, action, payload] = JSON.parse(data.toString());
        if (validators.get(`${action} request`)?.(payload) !== true) throw new Error(`invalid ${action}`);
        socket.send(JSON.stringify([3, id, answers.get(action)]));
      });
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const clients = await Promise.all(
      Array.from({ length: connections }, () => connect(`ws://127.0.0.1:${port}`, validators)),
    );
    return {
      call(connection, action, request) {
        return clients[connection]?.(action, request) ?? Promise.reject(new Error('no such connection'));
      },
      async close() {
        for (const socket of server.clients) socket.terminate();
        server.close();
      },
    };
  },
};

type Validators = ReadonlyMap<string, ValidateFunction>;

async function connect(url: string, validators: Validators) {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  let waiting: { action: string; resolve: (answer: unknown) => void } | undefined;
  let made = 0;
  socket.on('message', (data) => {
    const [, , payload] = JSON.parse(data.toString());
    if (validators.get(`${waiting?.action} response`)?.(payload) !== true) throw new Error('invalid answer');
    waiting?.resolve(payload);
  });
  return (action: string, request: object) =>
    new Promise<unknown>((resolve) => {
      waiting = { action, resolve };
      made++;
      socket.send(JSON.stringify([2, String(made), action, request]));
    });
}

function validatorsOf(version: BenchVersion): Validators {
  const ajv = new Ajv({ formats: { 'date-time': true, uri: true }, strict: false });
  return new Map(
    messagesOf[version].flatMap(({ action }) => {
      const { request = {}, response = {} } = findAction(version, action) ?? {};
      return [
        [`${action} request`, ajv.compile(request)],
        [`${action} response`, ajv.compile(response)],
      ] as const;
    }),
  );
}
