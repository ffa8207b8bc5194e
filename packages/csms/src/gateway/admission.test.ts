import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { UpgradeRequest } from '@busbar/ocpp';
import { createCredentials } from '../core/station/credentials.ts';
import type { LimitName } from '../limits-reached.ts';
import { createBatchRunner } from '../store/batch.ts';
import { createCommitter } from '../store/committer.ts';
import { testDatabase } from '../testing/database.ts';
import { type AdmissionOptions, createAdmission } from './admission.ts';

async function start(t: TestContext, options: Partial<AdmissionOptions> = {}) {
  const database = await testDatabase(t);
  const committer = createCommitter({
    runner: createBatchRunner({
      connect: () => database.connectPipelined('committer'),
      probeTimeoutMs: 1_000,
    }),
    now: () => new Date(),
  });
  t.after(() => committer.close());
  const reached: LimitName[] = [];
  const credentials = createCredentials({ pepper: Buffer.from('a pepper of the tests, 32 octets') });
  let atMs = Date.UTC(2026, 2, 1, 12);
  const admit = createAdmission({
    pool: database.sql,
    committer,
    credentials,
    now: () => new Date(atMs),
    unknownStations: 'refuse',
    allowProfile0: false,
    isAlive: async () => false,
    onLimit: (limit) => reached.push(limit),
    ...options,
  });
  return {
    reached,
    credentials,
    sql: database.sql,
    pass: (ms: number) => {
      atMs += ms;
    },
    async register(id: string, password: object) {
      await database.sql.query(
        `insert into station (id, identity_key, admission, security_profile, password, created_at)
         values ($1, lower($1), 'Accepted', 1, $2, now())`,
        [id, JSON.stringify(password)],
      );
    },
    /** The status, and how long it is told to wait; 101 when it is let in. */
    async ask(id: string, password: string, remoteAddress = '10.0.0.1'): Promise<[number, number?]> {
      const asked = await admit(request(id, password, remoteAddress));
      if (asked.admit) return [101];
      const { status, retryAfterSeconds } = asked;
      return retryAfterSeconds === undefined ? [status] : [status, retryAfterSeconds];
    },
  };
}

function request(identity: string, password: string, remoteAddress: string): UpgradeRequest {
  return {
    identity,
    offered: ['ocpp2.1'],
    basic: { user: identity, password: Buffer.from(password) },
    remoteAddress,
    secure: false,
    headers: {},
    url: `/ocpp/${identity}`,
    signal: new AbortController().signal,
  };
}

test('a station that opens and closes in a loop is told to wait, and a stranger cannot bring that about', async (t) => {
  const { ask, register, credentials, reached, pass } = await start(t, { connectsPerMinute: 3 });
  const { password, stored } = credentials.generate();
  await register('CS1', stored);
  for (let n = 0; n < 5; n++) assert.deepEqual(await ask('CS1', 'wrong', '10.6.6.6'), [401]);
  for (let n = 0; n < 3; n++) assert.deepEqual(await ask('CS1', password), [101]);
  assert.deepEqual(await ask('CS1', password), [429, 20]);
  assert.deepEqual(reached, ['station-connects']);
  pass(20_000);
  assert.deepEqual(await ask('CS1', password), [101]);
});

test('one address cannot fill the queue in which chosen passwords are checked', async (t) => {
  const { ask, register, credentials, reached } = await start(t);
  await register('CS1', await credentials.choose('a password that somebody chose'));
  const flood = Array.from({ length: 60 }, () => ask('CS1', 'wrong', '10.6.6.6'));
  const good = ask('CS1', 'a password that somebody chose', '10.0.0.1');
  assert.deepEqual(await good, [101]);
  const statuses = (await Promise.all(flood)).map(([status]) => status);
  assert.deepEqual(new Set(statuses), new Set([401, 503]));
  assert.ok(statuses.filter((status) => status === 401).length <= 32, 'so many were computed');
  assert.deepEqual(new Set(reached), new Set(['address-passwords']));
});

test('inventing stations is throttled as guessing passwords is, before anything is computed', async (t) => {
  const { ask, reached, sql } = await start(t, { unknownStations: 'hold' });
  for (let n = 0; n < 100; n++) assert.deepEqual(await ask(`NEW-${n}`, 'a password of theirs'), [101]);
  assert.deepEqual(await ask('NEW-100', 'a password of theirs'), [429, 60]);
  assert.deepEqual(await ask('NEW-0', 'a password of theirs'), [101], 'who has been let in comes again');
  assert.deepEqual(await ask('NEW-101', 'a password of theirs', '10.0.0.2'), [101]);
  assert.deepEqual(reached, ['address-logins']);
  const { rows } = await sql.query('select count(*)::integer as held from station');
  assert.deepEqual(rows, [{ held: 101 }]);
});

test('no more stations are held than may be, and no password is computed for them', async (t) => {
  let computed = 0;
  const credentials = createCredentials({ pepper: Buffer.from('a pepper of the tests, 32 octets') });
  const counted = {
    ...credentials,
    choose(password: string) {
      computed++;
      return credentials.choose(password);
    },
  };
  const { ask, reached, sql } = await start(t, { unknownStations: 'hold', credentials: counted });
  await sql.query(
    `insert into station (id, identity_key, admission, security_profile, created_at)
     select 'H' || n, 'h' || n, 'Pending', 1, now() from generate_series(1, 1000) n`,
  );
  assert.deepEqual(await ask('NEW', 'a password of theirs'), [503, 10]);
  assert.deepEqual(reached, ['node-held']);
  assert.equal(computed, 0);
});
