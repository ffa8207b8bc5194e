import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { createLog } from '../log.ts';
import { testDatabase } from '../testing/database.ts';
import {
  connect,
  inTransaction,
  isConnectionLoss,
  isDataError,
  isRetryable,
  openDatabase,
  openServer,
  placeOf,
  sqlStateOf,
} from './connection.ts';

const log = createLog({ level: 'silent' });

function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => assert.fail('should have failed'),
    (error) => error,
  );
}

describe('opening', () => {
  test('a server is reached by its URL', async (t) => {
    const { url } = await testDatabase(t, { migrations: null });
    const database = await openDatabase({ url, folder: '/nowhere', log });
    const pool = database.pool({ name: 'api', max: 1, statementTimeoutMs: 1_500 });
    const { rows } = await pool.query(
      `SELECT current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout`,
    );
    await database.stop();
    assert.deepEqual(rows, [{ name: 'busbar api', timeout: '1500ms' }]);
    assert.ok(database.serverVersion >= 15);
    assert.equal(database.postmasterPid(), undefined);
  });

  test("options in the URL do not replace the session's time zone", async (t) => {
    const { url } = await testDatabase(t, { migrations: null });
    const withOptions = `${url}&options=${encodeURIComponent('-c TimeZone=Asia/Tokyo -c work_mem=5MB')}`;
    const database = await openDatabase({ url: withOptions, folder: '/nowhere', log });
    const { rows } = await database
      .pool({ name: 'api', max: 1 })
      .query(`SELECT current_setting('TimeZone') AS zone, current_setting('work_mem') AS memory`);
    await database.stop();
    assert.deepEqual(rows, [{ zone: 'UTC', memory: '5MB' }]);
  });

  test('an error says where and why, without the password', async () => {
    for (const [query, reason] of [
      ['', 'connect ECONNREFUSED 127.0.0.1:1'],
      ['?sslrootcert=/nowhere/ca.pem', "ENOENT: no such file or directory, open '/nowhere/ca.pem'"],
    ]) {
      const url = `postgres://someone:s3cret@127.0.0.1:1/busbar${query}`;
      const error = await errorOf(openDatabase({ url, folder: '/nowhere', log }));
      assert.equal(error.message, `Cannot use the database 127.0.0.1:1/busbar: ${reason}.`);
      assert.doesNotMatch(JSON.stringify([error, error.cause, error.stack]), /s3cret/);
    }
  });

  test('a wrong login is said to be wrong and not shown', async (t) => {
    const { url } = await testDatabase(t, { migrations: null });
    const { host, port, database } = new pg.Client(url);
    const config = { host, port, database, user: 'nobody_here', password: 's3cret' };
    const error = await errorOf(openServer({ config, place: 'the database x', log }));
    assert.match(error.message, /^Cannot use the database x: .*authentication failed for user "nobody_here"/);
    assert.doesNotMatch(JSON.stringify([error, error.stack]), /s3cret/);
  });

  test('a URL that is none is refused without being shown', () => {
    for (const url of ['localhost:s3cret', 'mysql://a:s3cret@b/c', 'postgres://a:s3cret@b:port/c']) {
      assert.throws(() => placeOf(url), /^Error: BUSBAR_DATABASE_URL is not of the form postgres:/);
    }
    assert.equal(placeOf('postgres:///busbar?host=/run/pg&password=s3cret'), 'the database /run/pg/busbar');
  });

  test('a server that is too old is refused', async (t) => {
    const port = await answering(t, { version: 140_012, encoding: 'UTF8', standby: 'f' });
    const error = await errorOf(openServer({ config: configOf(port), place: 'the database x', log }));
    assert.match(error.message, /^the database x runs PostgreSQL 14; Busbar needs 15 or later/);
  });

  test('a server with another encoding, or a standby, is refused', async (t) => {
    const latin = await answering(t, { version: 150_000, encoding: 'LATIN1', standby: 'f' });
    await assert.rejects(
      openServer({ config: configOf(latin), place: 'x', log }),
      /x keeps its text as LATIN1/,
    );
    const standby = await answering(t, { version: 150_000, encoding: 'UTF8', standby: 't' });
    await assert.rejects(
      openServer({ config: configOf(standby), place: 'x', log }),
      /x is a read-only standby/,
    );
  });
});

test('values keep their digits, and instants are text in UTC', async (t) => {
  const { pool } = await testDatabase(t, { migrations: null });
  const { rows } = await pool({ name: 'types', max: 1 }).query(`SELECT
    9007199254740993::int8 AS int8, ARRAY[9007199254740993, NULL]::int8[] AS int8s,
    0.1000000000000000000001 AS numeric, ARRAY[[1.10], [2.20]]::numeric[] AS numerics,
    '2026-03-01T12:00:00.1234+02'::timestamptz AS at, '2026-03-01T12:00Z'::timestamptz AS whole,
    ARRAY['2026-03-01T12:00Z']::timestamptz[] AS ats, 'infinity'::timestamptz AS never,
    '2026-03-01'::date AS day, '1 day 00:00:01'::interval AS interval, '\\x00ff'::bytea AS bytes,
    '{"a":[1]}'::jsonb AS json, 7::int4 AS int4, 1.5::float8 AS float8`);
  assert.deepEqual(rows[0], {
    int8: 9007199254740993n,
    int8s: [9007199254740993n, null],
    numeric: '0.1000000000000000000001',
    numerics: [['1.10'], ['2.20']],
    at: '2026-03-01T10:00:00.123Z',
    whole: '2026-03-01T12:00:00.000Z',
    ats: ['2026-03-01T12:00:00.000Z'],
    never: 'infinity',
    day: '2026-03-01',
    interval: '1 day 00:00:01',
    bytes: Buffer.from([0, 255]),
    json: { a: [1] },
    int4: 7,
    float8: 1.5,
  });
});

describe('a transaction', () => {
  test('is committed when its work is done and rolled back when it fails', async (t) => {
    const { sql } = await testDatabase(t, { migrations: null });
    await sql.query('CREATE TABLE fact (id int)');
    assert.equal(
      await inTransaction(
        sql,
        async (client) => (await client.query('INSERT INTO fact VALUES (1)')).rowCount,
      ),
      1,
    );
    const failing = inTransaction(sql, async (client) => {
      await client.query('INSERT INTO fact VALUES (2)');
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    const { rows } = await sql.query('SELECT id FROM fact');
    assert.deepEqual(rows, [{ id: 1 }]);
  });

  test('whose connection is lost leaves no broken connection in the pool', async (t) => {
    const database = await testDatabase(t, { migrations: null });
    const pool = database.pool({ name: 'lost', max: 1 });
    const lost = inTransaction(pool, async (client) => {
      client.on('error', () => undefined);
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await database.sql.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await delay(50);
      await client.query('SELECT 1');
    });
    assert.ok(isConnectionLoss(await errorOf(lost)));
    assert.deepEqual((await pool.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
  });
});

describe('an error is', () => {
  async function failures(t: TestContext, ...statements: readonly string[]): Promise<Error[]> {
    const database = await testDatabase(t, { migrations: null });
    await database.sql.query('CREATE TABLE fact (id int PRIMARY KEY, note text CHECK (note <> $$bad$$))');
    const pool = database.pool({ name: 'limits', max: 5, answerTimeoutMs: 400 });
    return Promise.all(statements.map((sql) => errorOf(pool.query(sql))));
  }

  test("of the data when the rows' content is at fault", async (t) => {
    const errors = await failures(
      t,
      "INSERT INTO fact VALUES (1, 'bad')",
      'INSERT INTO fact VALUES (1), (1)',
      "SELECT 'x'::int",
      `SELECT '{"a":"\\u0000"}'::jsonb->>'a'`,
      `INSERT INTO fact VALUES (1), (1) ON CONFLICT (id) DO UPDATE SET note = 'x'`,
    );
    assert.deepEqual(errors.map(sqlStateOf), ['23514', '23505', '22P02', '22P05', '21000']);
    assert.ok(errors.every((error) => isDataError(error) && !isRetryable(error)));
  });

  test('neither when the statement itself is wrong', async (t) => {
    const [error] = await failures(t, 'SELEC');
    assert.equal(sqlStateOf(error), '42601');
    assert.ok(!isDataError(error) && !isRetryable(error));
  });

  test('a deadlock, and so to be retried', async (t) => {
    const { sql } = await testDatabase(t, { migrations: null });
    await sql.query('CREATE TABLE fact (id int PRIMARY KEY, n int); INSERT INTO fact VALUES (1, 0), (2, 0)');
    const inOrder = (...ids: readonly number[]): Promise<void> =>
      inTransaction(sql, async (client) => {
        for (const id of ids) {
          await client.query('UPDATE fact SET n = n + 1 WHERE id = $1', [id]);
          await delay(100);
        }
      });
    const results = await Promise.allSettled([inOrder(1, 2), inOrder(2, 1)]);
    const [reason] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    assert.equal(sqlStateOf(reason), '40P01');
    assert.ok(isRetryable(reason) && !isConnectionLoss(reason) && !isDataError(reason));
  });

  test('a lost connection when the answer does not come in time', async (t) => {
    const [error] = await failures(t, 'SELECT pg_sleep(1)');
    assert.ok(isConnectionLoss(error) && isRetryable(error), error?.message);
  });

  test('a lost connection when there is nobody to connect to', async () => {
    for (const config of [
      { host: '127.0.0.1', port: 1 },
      { host: '/nowhere' },
      { host: 'name.invalid' },
      { host: 'localhost', port: 1 },
    ]) {
      const error = await errorOf(new pg.Client(config).connect());
      assert.ok(isConnectionLoss(error) && isRetryable(error) && !isDataError(error), String(error));
    }
  });

  test('a lost connection when the server cuts it, or shuts down', async (t) => {
    const silentPort = await listening(
      t,
      createServer((socket) => socket.destroy()),
    );
    assert.ok(isConnectionLoss(await errorOf(new pg.Client(configOf(silentPort)).connect())));
    for (const code of ['57P01', '57P02', '57P03', '08006', '25P03']) {
      assert.ok(isConnectionLoss(Object.assign(new Error('sent'), { code, severity: 'FATAL' })), code);
    }
    assert.ok(!isConnectionLoss(Object.assign(new Error('sent'), { code: '57P04', severity: 'FATAL' })));
    assert.ok(isRetryable(Object.assign(new Error('sent'), { code: '53300', severity: 'FATAL' })));
  });

  test('none of these when it comes from elsewhere', () => {
    const missing = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' });
    for (const error of [missing, new Error('x'), 'x', undefined, null, { code: '23505' }]) {
      assert.ok(!isConnectionLoss(error) && !isRetryable(error) && !isDataError(error));
    }
  });
});

test('a connection that is ended with its welcome is an error, not the end of the process', async (t) => {
  const fatal = text('SFATAL\0VFATAL\0C57P01\0Mterminating connection\0');
  const welcomeAndEnd = [message('R', int32(0)), message('Z', Buffer.from('I')), message('E', fatal)];
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(Buffer.concat(welcomeAndEnd)));
  });
  assert.ok(isConnectionLoss(await errorOf(connect(configOf(await listening(t, server))))));
});

function configOf(port: number): pg.PoolConfig {
  return { host: '127.0.0.1', port, user: 'busbar', database: 'busbar' };
}

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The least of a PostgreSQL: lets everybody in and gives one answer. */
async function answering(t: TestContext, facts: Readonly<Record<string, string | number>>): Promise<number> {
  const names = Object.keys(facts);
  const types = names.map((name) => (name === 'version' ? 23 : name === 'standby' ? 16 : 25));
  const fields = names.map((name, index) =>
    Buffer.concat([
      text(name),
      int32(0),
      int16(0),
      int32(types[index] ?? 25),
      int16(-1),
      int32(-1),
      int16(0),
    ]),
  );
  const values = Object.values(facts).map((value) =>
    Buffer.concat([int32(String(value).length), Buffer.from(String(value))]),
  );
  const answer = Buffer.concat([
    message('T', Buffer.concat([int16(names.length), ...fields])),
    message('D', Buffer.concat([int16(names.length), ...values])),
    message('C', text('SELECT 1')),
    message('Z', Buffer.from('I')),
  ]);
  const greeting = Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))]);
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(greeting);
      socket.on('data', (chunk) => chunk[0] === 'Q'.charCodeAt(0) && socket.write(answer));
    });
  });
  return listening(t, server);
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}
