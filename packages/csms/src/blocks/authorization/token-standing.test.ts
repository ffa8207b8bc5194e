import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAsk, type PresentedToken, tokenStanding } from '../../core/queries.ts';
import { testDatabase } from '../../testing/database.ts';
import { noon } from '../../testing/station.ts';
import { answerTokenQueries, standingOf, type TokenRow } from './token-standing.ts';

const row: TokenRow = {
  type: 'ISO14443',
  status: 'Accepted',
  group_id: 'G1',
  expires_at: '2026-03-02T00:00:00.000Z',
  concurrent: true,
  language: 'nl',
};
const token: PresentedToken = { idToken: 'AbC', type: 'ISO14443' };
const unknown = {
  claimKey: 'abc',
  status: 'Unknown',
  concurrent: false,
  groupId: undefined,
  expiresAt: undefined,
  language: undefined,
};

test('a token stands as its row says', () => {
  assert.deepEqual(standingOf(token, row, noon), {
    claimKey: 'abc',
    status: 'Accepted',
    concurrent: true,
    groupId: 'G1',
    expiresAt: '2026-03-02T00:00:00.000Z',
    language: 'nl',
  });
});

test('a token that is nowhere is unknown', () => {
  assert.deepEqual(standingOf(token, undefined, noon), unknown);
});

test('C01.FR.25 a token of another type is another token', () => {
  assert.deepEqual(standingOf({ idToken: 'AbC', type: 'ISO15693' }, row, noon), unknown);
});

test('the type does not count where one side does not know it', () => {
  assert.equal(standingOf({ idToken: 'AbC', type: undefined }, row, noon).status, 'Accepted');
  assert.equal(standingOf(token, { ...row, type: null }, noon).status, 'Accepted');
});

test('a token expires at its instant; a blocked one stays blocked', () => {
  const past = { ...row, expires_at: noon.toISOString() };
  assert.equal(standingOf(token, past, noon).status, 'Expired');
  assert.equal(standingOf(token, past, new Date(noon.getTime() - 1)).status, 'Accepted');
  assert.equal(standingOf(token, { ...past, status: 'Blocked' }, noon).status, 'Blocked');
});

test('C02.FR.02 a token without authorization is accepted any number of times', async (t) => {
  const { sql } = await testDatabase(t);
  const ask = createAsk(() => answerTokenQueries(sql));
  const standing = await ask(tokenStanding, { token: { idToken: '', type: 'NoAuthorization' }, at: noon });
  assert.deepEqual([standing.status, standing.concurrent], ['Accepted', true]);
});

test('tokens that are asked for at once are read with one statement, without regard to case', async (t) => {
  const { sql } = await testDatabase(t);
  await sql.query(
    `insert into id_token (token_key, id_token, type, status, expires_at, created_at, changed_at) values
       ('abc', 'ABC', null, 'Accepted', '2026-03-01T11:00:00Z', now(), now()),
       ('def', 'dEf', 'Central', 'Blocked', null, now(), now())`,
  );
  let statements = 0;
  const counting = new Proxy(sql, {
    get(target, name) {
      if (name === 'query') statements++;
      const member = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const ask = createAsk(() => answerTokenQueries(counting));
  const statuses = await Promise.all(
    ['aBc', 'DEF', 'ghi', 'abc'].map(async (idToken) => {
      const { status } = await ask(tokenStanding, { token: { idToken, type: 'Central' }, at: noon });
      return status;
    }),
  );
  assert.deepEqual(statuses, ['Expired', 'Blocked', 'Unknown', 'Expired']);
  assert.equal(statements, 1);
});
