import { createServer } from 'node:http';
import { compileAll, validate, versionOf } from '@busbar/ocpp';
import pg from 'pg';
import { WebSocketServer } from 'ws';
import { floorAnswers } from './answers.ts';

/**
 * The yardstick: the least that a durable CSMS could do. It parses and validates each message, inserts it with
 * whatever else waits, one row a message in one statement, and answers after the commit. It knows nothing, decides
 * nothing, and could not run a charging network.
 */
const pool = new pg.Pool({ connectionString: process.env.FLOOR_DATABASE_URL, max: 2 });
await pool.query(`create table if not exists message (
  received_at timestamptz not null, station_id text not null, action text not null, payload json not null)`);

interface Waiting {
  readonly row: object;
  readonly answer: () => void;
}

const batchSize = 500;
const waiting: Waiting[] = [];
let inFlight = 0;

function flush(): void {
  while (waiting.length > 0 && inFlight < 2) {
    const batch = waiting.splice(0, batchSize);
    inFlight += 1;
    pool
      .query({
        name: 'insert',
        text: `insert into message select * from json_to_recordset($1::json)
          as rows(received_at timestamptz, station_id text, action text, payload json)`,
        values: [JSON.stringify(batch.map(({ row }) => row))],
      })
      .then(() => {
        inFlight -= 1;
        for (const { answer } of batch) answer();
        flush();
      });
  }
}

for (const version of ['1.6', '2.0.1', '2.1'] as const) compileAll(version);
const server = createServer();
const sockets = new WebSocketServer({
  server,
  perMessageDeflate: false,
  handleProtocols: (offered) => offered.values().next().value ?? false,
});
sockets.on('connection', (socket, request) => {
  const version = versionOf(socket.protocol) ?? '1.6';
  const stationId = decodeURIComponent(request.url?.split('/').at(-1) ?? '');
  socket.on('message', (data) => {
    const [, messageId, action, payload] = JSON.parse(String(data));
    const violation = validate(version, action, 'request', payload);
    if (violation) throw new Error(violation.message);
    const row = { received_at: new Date().toISOString(), station_id: stationId, action, payload };
    const answer = () => socket.send(JSON.stringify([3, messageId, floorAnswers(version, action)]));
    if (waiting.push({ row, answer }) === 1) setImmediate(flush);
  });
});
server.listen(Number(process.env.FLOOR_PORT ?? 9100), '127.0.0.1', () => process.send?.({ ready: true }));
