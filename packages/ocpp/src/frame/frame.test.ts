import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCodesOf } from '../errors.ts';
import { createPeer } from '../peer/ocpp-peer.ts';
import { type Version, versions } from '../version.ts';
import { isDeeperThan } from './depth.ts';
import { readFrame } from './frame.ts';
import { holdsUnstorable } from './storable.ts';
import { cutText, writeError } from './write.ts';

/** What a peer of that version answers to one text. */
function answerTo(text: string, version: Version): unknown[] {
  const sent: unknown[] = [];
  const peer = createPeer({
    version,
    role: 'CSMS',
    mode: 'strict',
    link: { transmit: (answer) => sent.push(JSON.parse(answer)) },
    handlers: { onCall: () => ({ currentTime: '2026-01-01T00:00:00Z' }) },
  });
  peer.receive(text);
  return sent.map((frame) => (Array.isArray(frame) ? frame.slice(0, 3) : frame));
}

test('CALLRESULTERROR and SEND are frames of 2.1 alone', () => {
  const types = (version: Version) =>
    [2, 3, 4, 5, 6].map((type) => readFrame(`[${type},"a","b",{}]`, version).type);
  assert.deepEqual(readFrame('[3,"a",{}]', '1.6').type, 3);
  assert.deepEqual(types('1.6'), [2, 0, 4, 0, 0]);
  assert.deepEqual(types('2.0.1'), [2, 0, 4, 0, 0]);
  assert.deepEqual(types('2.1'), [2, 0, 4, 5, 6]);
});

const rpcError = [4, 'a', 'RpcFrameworkError'];
const unplacedError = [4, '-1', 'RpcFrameworkError'];
const formation = [4, 'a', 'FormationViolation'];

/** Text, then what 1.6, 2.0.1 and 2.1 answer. */
const brokenTexts: readonly [string, string, unknown[], unknown[], unknown[]][] = [
  ['no JSON', 'nonsense', [], [unplacedError], [unplacedError]],
  ['empty', '', [], [unplacedError], [unplacedError]],
  ['a truncated CALL with a readable id', '[2,"a","Heart', [formation], [rpcError], [rpcError]],
  ['a truncated answer', '[3,"a",{', [], [], []],
  ['no array', '{"a":1}', [], [unplacedError], [unplacedError]],
  ['an empty array', '[]', [], [], []],
  ['a numeric id', '[2,17,"Heartbeat",{}]', [], [unplacedError], [unplacedError]],
  ['an empty id', '[2,"","Heartbeat",{}]', [], [unplacedError], [unplacedError]],
  ['an id over 36', `[2,"${'x'.repeat(37)}","Heartbeat",{}]`, [], [unplacedError], [unplacedError]],
  ['no action', '[2,"a"]', [formation], [rpcError], [rpcError]],
  ['an action that is no text', '[2,"a",{},{}]', [formation], [rpcError], [rpcError]],
  ['five elements', '[2,"a","Heartbeat",{},1]', [formation], [rpcError], [rpcError]],
  ['a type that is no number', '["2","a","Heartbeat",{}]', [], [], []],
  ['an unknown type', '[9,"a",{}]', [], [[4, 'a', 'MessageTypeNotSupported']], []],
  ['a SEND', '[6,"a","NotifyPeriodicEventStream",{}]', [], [[4, 'a', 'MessageTypeNotSupported']], []],
  ['an error without an id', '[4]', [], [], []],
];

for (const [what, text, ...answers] of brokenTexts) {
  test(`FR.03 a text that is no frame: ${what}`, () => {
    for (const [index, version] of versions.entries()) {
      assert.deepEqual(answerTo(text, version), answers[index], version);
    }
  });
}

test('A broken text is never echoed', () => {
  const sent: string[] = [];
  for (const version of versions) {
    const peer = createPeer({
      version,
      role: 'CSMS',
      link: { transmit: (text) => sent.push(text) },
      handlers: { onCall: () => ({}) },
    });
    for (const text of ['[2,"a","SECRET', '{"SECRET":', '[2,"a",["SECRET"],{}]']) peer.receive(text);
  }
  assert.ok(sent.length > 0);
  for (const text of sent) assert.ok(!text.includes('SECRET'), text);
});

test('A text over the limit is told and dropped', () => {
  const kinds: string[] = [];
  const peer = createPeer({
    version: '2.1',
    role: 'CSMS',
    limits: { frameCharacters: 10 },
    link: { transmit: () => assert.fail() },
    handlers: { onCall: () => ({}), onFault: ({ kind }) => kinds.push(kind) },
  });
  peer.receive('[2,"a","Heartbeat",{}]');
  peer.receiveBinary();
  assert.deepEqual(kinds, ['TooLarge', 'Binary']);
});

test('Nesting is counted outside of strings, whatever is escaped in them', () => {
  const padding = ' '.repeat(2_000);
  assert.ok(isDeeperThan(`${padding}${'['.repeat(65)}`, 64));
  assert.ok(!isDeeperThan(`${padding}${'[]'.repeat(1_000)}`, 64));
  assert.ok(!isDeeperThan(`${padding}"${'['.repeat(100)}"`, 64));
  assert.ok(!isDeeperThan(`${padding}"\\"${'['.repeat(100)}\\\\"`, 64));
  assert.ok(isDeeperThan(`${padding}"\\\\"${'['.repeat(100)}`, 64));
  assert.deepEqual(answerTo(`[2,"a","DataTransfer",${'['.repeat(100_000)}`, '2.1'), [rpcError]);
});

test('Text that no database keeps is refused wherever it stands, and only that', async () => {
  const bad = ['\\u0000', '\\ud800', '\\udc00', '\\ud800x', '\\udc00\\ud800', '\\\\\\u0000'];
  const good = ['\\ud83d\\ude00', '\\\\u0000', '\\u0041', '\\\\\\\\ud800'];
  for (const version of versions) {
    const code = version === '1.6' ? 'FormationViolation' : 'FormatViolation';
    for (const inner of [...bad, ...good]) {
      assert.equal(holdsUnstorable(`["${inner}"]`), bad.includes(inner), inner);
    }
    const answer = answerTo('[2,"a","DataTransfer",{"vendorId":"\\u0000"}]', version);
    assert.deepEqual(answer, [[4, 'a', code]]);
  }
  const frame = readFrame('[4,"a","b","\\u0000",{"c":"\\u0000"}]', '2.1');
  assert.ok(frame.type === 4);
  assert.deepEqual([frame.description, frame.details], ['\ufffd', {}]);
});

test('An error is written in the spelling of its version, its description cut to 255 characters', () => {
  const write = (version: Version, description = '') =>
    JSON.parse(writeError(version, { messageId: 'a', code: 'FormatViolation', description }));
  assert.equal(write('1.6')[2], 'FormationViolation');
  assert.equal(write('2.1')[2], 'FormatViolation');
  assert.equal(write('2.1', 'x'.repeat(300))[3].length, 255);
  assert.equal(write('2.1', `${'x'.repeat(254)}😀`)[3].length, 254);
  assert.deepEqual(write('2.1')[4], {});
  assert.equal(cutText('abc', 3), 'abc');
});

test('Every code of the catalogue can be written in every version', () => {
  for (const version of versions) {
    for (const code of Object.values(errorCodesOf).flat()) {
      const [, , written] = JSON.parse(writeError(version, { messageId: 'a', code, description: '' }));
      assert.ok(errorCodesOf[version].includes(written), `${written} in ${version}`);
    }
  }
});
