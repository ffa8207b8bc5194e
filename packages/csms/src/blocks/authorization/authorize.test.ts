import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ask, answerQuery, createAsk, type TokenStanding, tokenStanding } from '../../core/queries.ts';
import { makeStation, receiveFrom } from '../../testing/station.ts';
import { authorize } from './authorize.ts';

function askAnswering(status: TokenStanding['status'], more: Partial<TokenStanding> = {}): Ask {
  const standing: TokenStanding = {
    claimKey: 'abc',
    status,
    concurrent: false,
    groupId: undefined,
    expiresAt: undefined,
    language: undefined,
    ...more,
  };
  return createAsk(() => [answerQuery(tokenStanding, async () => standing)]);
}

const idToken = { idToken: 'ABC', type: 'ISO14443' };

for (const status of ['Accepted', 'Blocked', 'Expired', 'Unknown'] as const) {
  test(`C01.FR.07 tells a 2.x station that its token is ${status}`, async () => {
    const receivers = authorize({ ask: askAnswering(status) });
    for (const version of ['2.0.1', '2.1'] as const) {
      const { answer, writes } = await receiveFrom(makeStation(version), receivers, 'Authorize', { idToken });
      assert.deepEqual(answer, { idTokenInfo: { status } });
      assert.deepEqual(writes, []);
    }
  });

  test(`1.6 section 4.1 tells that the tag is ${status === 'Unknown' ? 'Invalid, when unknown' : status}`, async () => {
    const receivers = authorize({ ask: askAnswering(status) });
    const { answer } = await receiveFrom(makeStation('1.6'), receivers, 'Authorize', { idTag: 'ABC' });
    assert.deepEqual(answer, { idTagInfo: { status: status === 'Unknown' ? 'Invalid' : status } });
  });
}

test('group, expiry and language are told in the words of each version', async () => {
  const ask = askAnswering('Accepted', {
    groupId: 'G1',
    expiresAt: '2026-04-01T00:00:00.000Z',
    language: 'nl',
  });
  const in21 = await receiveFrom(makeStation('2.1'), authorize({ ask }), 'Authorize', { idToken });
  assert.deepEqual(in21.answer, {
    idTokenInfo: {
      status: 'Accepted',
      cacheExpiryDateTime: '2026-04-01T00:00:00.000Z',
      groupIdToken: { idToken: 'G1', type: 'Central' },
      language1: 'nl',
    },
  });
  const in16 = await receiveFrom(makeStation('1.6'), authorize({ ask }), 'Authorize', { idTag: 'ABC' });
  assert.deepEqual(in16.answer, {
    idTagInfo: { status: 'Accepted', expiryDate: '2026-04-01T00:00:00.000Z', parentIdTag: 'G1' },
  });
});

test('C07.FR.17 a contract whose chain cannot be verified is invalid, whatever its token is worth', async () => {
  const receivers = authorize({ ask: askAnswering('Accepted') });
  const payload = { idToken: { idToken: 'NLABC1', type: 'eMAID' }, certificate: 'PEM' };
  const { answer } = await receiveFrom(makeStation('2.0.1'), receivers, 'Authorize', payload);
  assert.deepEqual(answer, { idTokenInfo: { status: 'Invalid' }, certificateStatus: 'CertChainError' });
});
