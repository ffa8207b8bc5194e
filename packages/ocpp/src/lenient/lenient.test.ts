import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CallFailed } from '../peer/call-failed.ts';
import type { IncomingMessage } from '../peer/message.ts';
import { createPeer } from '../peer/ocpp-peer.ts';
import type { Mode } from '../peer/peer.ts';
import type { Version } from '../version.ts';
import { type Finding, type FindingKind, findingKinds } from './finding.ts';
import { lenientTextLimit } from './mend.ts';

const currentTime = '2026-01-01T00:00:00Z';

/** A valid answer to each action used here. */
const answers: Readonly<Record<string, object>> = {
  BootNotification: { currentTime, interval: 60, status: 'Accepted' },
  Heartbeat: { currentTime },
};

function csms(version: Version, mode: Mode) {
  const sent: unknown[][] = [];
  const handled: IncomingMessage[] = [];
  const findings: Finding[] = [];
  const peer = createPeer({
    version,
    role: 'CSMS',
    mode,
    link: { transmit: (text) => sent.push(JSON.parse(text)) },
    handlers: {
      onCall(call) {
        handled.push(call);
        return answers[call.action] ?? {};
      },
      onFinding: (finding) => findings.push(finding),
    },
  });
  return { peer, sent, handled, findings };
}

interface Row {
  readonly title: string;
  readonly version: Version;
  readonly action: string;
  readonly given: unknown;
  /** What the handler sees. */
  readonly seen: object;
  readonly kind: FindingKind;
  readonly field?: string;
  /** What strict mode answers. */
  readonly code: string;
}

const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' };
const boot = { reason: 'PowerUp', chargingStation: { model: 'One', vendorName: 'Example' } };
const boot16 = { chargePointModel: 'One', chargePointVendor: 'Example' };
const stop = { transactionId: 1, meterStop: 10, timestamp: currentTime };
const started = {
  eventType: 'Ended',
  timestamp: currentTime,
  triggerReason: 'StopAuthorized',
  seqNo: 0,
  transactionInfo: { transactionId: 'a' },
};
const long = 'S'.repeat(60);
const sample = { value: '1' };

function meter(sampledValue: unknown, timestamp = currentTime): object {
  return { connectorId: 1, meterValue: [{ timestamp, sampledValue }] };
}

const rows: readonly Row[] = [
  {
    title: 'a serial number over its limit',
    version: '1.6',
    action: 'BootNotification',
    given: { ...boot16, chargePointSerialNumber: long },
    seen: { ...boot16, chargePointSerialNumber: long },
    kind: 'TextTooLong',
    field: '/chargePointSerialNumber',
    code: 'PropertyConstraintViolation',
  },
  {
    title: 'an unknown extra field',
    version: '2.1',
    action: 'BootNotification',
    given: { ...boot, uptime: 5 },
    seen: boot,
    kind: 'UnknownField',
    field: '/uptime',
    code: 'FormatViolation',
  },
  {
    title: 'a number as text',
    version: '1.6',
    action: 'StatusNotification',
    given: { ...status, connectorId: '1' },
    seen: status,
    kind: 'NumberAsText',
    field: '/connectorId',
    code: 'TypeConstraintViolation',
  },
  {
    title: 'a text as number',
    version: '1.6',
    action: 'MeterValues',
    given: meter([{ value: 12.5 }]),
    seen: meter([{ value: '12.5' }]),
    kind: 'TextAsNumber',
    field: '/meterValue/*/sampledValue/*/value',
    code: 'TypeConstraintViolation',
  },
  {
    title: 'a boolean as text',
    version: '2.0.1',
    action: 'TransactionEvent',
    given: { ...started, offline: 'true' },
    seen: { ...started, offline: true },
    kind: 'BooleanAsText',
    field: '/offline',
    code: 'TypeConstraintViolation',
  },
  {
    title: 'a time without zone',
    version: '2.0.1',
    action: 'TransactionEvent',
    given: { ...started, timestamp: '2026-01-01T00:00:00.123456' },
    seen: { ...started, timestamp: '2026-01-01T00:00:00.123456Z' },
    kind: 'TimeWithoutZone',
    field: '/timestamp',
    code: 'PropertyConstraintViolation',
  },
  {
    title: 'a time with a space and a zone without its colon',
    version: '1.6',
    action: 'MeterValues',
    given: meter([sample], '2026-01-01 01:00:00+0100'),
    seen: meter([sample], '2026-01-01T01:00:00+01:00'),
    kind: 'TimeFormat',
    field: '/meterValue/*/timestamp',
    code: 'PropertyConstraintViolation',
  },
  {
    title: 'an optional field that is null',
    version: '1.6',
    action: 'StatusNotification',
    given: { ...status, info: null },
    seen: status,
    kind: 'NullField',
    field: '/info',
    code: 'TypeConstraintViolation',
  },
  {
    title: 'an empty optional text where that is no value',
    version: '1.6',
    action: 'StatusNotification',
    given: { ...status, timestamp: '' },
    seen: status,
    kind: 'EmptyField',
    field: '/timestamp',
    code: 'PropertyConstraintViolation',
  },
  {
    title: 'an empty optional list',
    version: '2.0.1',
    action: 'TransactionEvent',
    given: { ...started, meterValue: [] },
    seen: started,
    kind: 'EmptyField',
    field: '/meterValue',
    code: 'OccurrenceConstraintViolation',
  },
  {
    title: 'an object in the place of a list of one',
    version: '1.6',
    action: 'MeterValues',
    given: meter(sample),
    seen: meter([sample]),
    kind: 'BareListItem',
    field: '/meterValue/*/sampledValue',
    code: 'TypeConstraintViolation',
  },
  {
    title: 'customData without its vendorId',
    version: '2.1',
    action: 'BootNotification',
    given: { ...boot, customData: { note: 'x' } },
    seen: boot,
    kind: 'CustomDataWithoutVendor',
    field: '/customData',
    code: 'OccurrenceConstraintViolation',
  },
  {
    title: 'a value in other letters',
    version: '1.6',
    action: 'StatusNotification',
    given: { ...status, status: 'available' },
    seen: status,
    kind: 'EnumSpelling',
    field: '/status',
    code: 'PropertyConstraintViolation',
  },
  {
    title: 'an unknown error code of 1.6',
    version: '1.6',
    action: 'StatusNotification',
    given: { ...status, errorCode: 'FanBroken' },
    seen: { ...status, errorCode: 'OtherError' },
    kind: 'UnknownEnumValue',
    field: '/errorCode',
    code: 'PropertyConstraintViolation',
  },
  {
    title: 'an unknown reason of a 1.6 stop',
    version: '1.6',
    action: 'StopTransaction',
    given: { ...stop, reason: 'Earthquake' },
    seen: { ...stop, reason: 'Other' },
    kind: 'UnknownEnumValue',
    field: '/reason',
    code: 'PropertyConstraintViolation',
  },
  {
    title: 'an unknown reason of a 2.x stop',
    version: '2.0.1',
    action: 'TransactionEvent',
    given: { ...started, transactionInfo: { transactionId: 'a', stoppedReason: 'Earthquake' } },
    seen: { ...started, transactionInfo: { transactionId: 'a', stoppedReason: 'Other' } },
    kind: 'UnknownEnumValue',
    field: '/transactionInfo/stoppedReason',
    code: 'PropertyConstraintViolation',
  },
  {
    title: 'an unknown reason of a 2.x boot',
    version: '2.1',
    action: 'BootNotification',
    given: { ...boot, reason: 'Earthquake' },
    seen: { ...boot, reason: 'Unknown' },
    kind: 'UnknownEnumValue',
    field: '/reason',
    code: 'PropertyConstraintViolation',
  },
  {
    title: 'an unknown context of a sample',
    version: '1.6',
    action: 'MeterValues',
    given: meter([{ ...sample, context: 'Sometimes' }]),
    seen: meter([sample]),
    kind: 'UnknownEnumValue',
    field: '/meterValue/*/sampledValue/*/context',
    code: 'PropertyConstraintViolation',
  },
  ...['measurand', 'unit', 'phase', 'location', 'format'].map(
    (name): Row => ({
      title: `an unknown ${name} of a sample`,
      version: '1.6',
      action: 'MeterValues',
      given: meter([sample, { ...sample, [name]: 'Furlong' }]),
      seen: meter([sample]),
      kind: 'UnknownEnumValue',
      field: `/meterValue/*/sampledValue/*/${name}`,
      code: 'PropertyConstraintViolation',
    }),
  ),
  {
    title: 'a missing payload',
    version: '2.1',
    action: 'Heartbeat',
    given: undefined,
    seen: {},
    kind: 'MissingPayload',
    code: 'FormatViolation',
  },
  {
    title: 'a null payload',
    version: '1.6',
    action: 'Heartbeat',
    given: null,
    seen: {},
    kind: 'MissingPayload',
    code: 'FormationViolation',
  },
];

for (const { title, version, action, given, seen, kind, field, code } of rows) {
  test(`Lenient mode tolerates ${title} (${version}); strict mode answers ${code}`, () => {
    const text = JSON.stringify(given === undefined ? [2, 'a', action] : [2, 'a', action, given]);
    const lenient = csms(version, 'lenient');
    lenient.peer.receive(text);
    lenient.peer.receive(text);
    assert.deepEqual(lenient.handled[0]?.payload, seen);
    assert.deepEqual(lenient.handled[0]?.received, given ?? {});
    assert.deepEqual(
      lenient.sent.map(([type]) => type),
      [3, 3],
    );
    const found = lenient.findings.map((finding) => ({ kind: finding.kind, field: finding.field }));
    assert.deepEqual(found, [{ kind, field }], 'told once');
    assert.equal(lenient.peer.findings[0]?.count, 2);

    const strict = csms(version, 'strict');
    strict.peer.receive(text);
    assert.deepEqual(strict.handled, []);
    assert.deepEqual(strict.sent[0]?.slice(0, 3), [4, 'a', code]);
  });
}

test('Lenient mode rounds the noise of single precision away, and nothing more', async () => {
  const results: unknown[] = [];
  for (const limit of [16.099999, 16.15]) {
    const { peer, sent } = csms('1.6', 'lenient');
    const call = peer
      .call('GetCompositeSchedule', { connectorId: 1, duration: 60 })
      .catch((error: unknown) => error);
    const chargingSchedule = {
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit }],
    };
    peer.receive(JSON.stringify([3, sent[0]?.[1], { status: 'Accepted', chargingSchedule }]));
    const answer = await call;
    results.push(answer instanceof CallFailed ? answer.reason : JSON.stringify(answer));
  }
  assert.match(String(results[0]), /"limit":16\.1\}/);
  assert.equal(results[1], 'InvalidResponse');
});

test('Both modes take microseconds with a zone, and 8.1 as a multiple of 0.1', async () => {
  for (const mode of ['lenient', 'strict'] as const) {
    const { peer, handled, findings, sent } = csms('1.6', mode);
    peer.receive(JSON.stringify([2, 'a', 'MeterValues', meter([sample], '2026-01-01T00:00:00.123456Z')]));
    assert.equal(handled.length, 1);
    const call = peer.call('GetCompositeSchedule', { connectorId: 1, duration: 60 });
    const chargingSchedule = {
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 8.1 }],
    };
    peer.receive(JSON.stringify([3, sent.at(-1)?.[1], { status: 'Accepted', chargingSchedule }]));
    assert.deepEqual(await call, { status: 'Accepted', chargingSchedule });
    assert.deepEqual(findings, []);
  }
});

test('A long messageId is handled and given back whole; a very long one is refused', () => {
  const { peer, sent, findings } = csms('2.1', 'lenient');
  const id = 'x'.repeat(40);
  peer.receive(JSON.stringify([2, id, 'Heartbeat', {}]));
  peer.receive(JSON.stringify([2, 'x'.repeat(300), 'Heartbeat', {}]));
  assert.deepEqual(sent[0]?.[1], id);
  assert.deepEqual(sent[1]?.slice(0, 3), [4, '-1', 'RpcFrameworkError']);
  assert.equal(findings[0]?.kind, 'MessageIdTooLong');
});

test('A messageId that comes again, on this connection or after a reboot, is handled again', () => {
  for (let connection = 0; connection < 2; connection++) {
    const { peer, sent, findings } = csms('1.6', 'lenient');
    for (let time = 0; time < 2; time++) peer.receive('[2,"1","Heartbeat",{}]');
    assert.equal(sent.length, 2);
    assert.deepEqual(findings, []);
  }
});

test('Two calls in flight wait for each other; the same messageId twice is refused in strict mode alone', async () => {
  for (const mode of ['lenient', 'strict'] as const) {
    const findings: FindingKind[] = [];
    const sent: unknown[][] = [];
    const release = Promise.withResolvers<object>();
    const peer = createPeer({
      version: '2.1',
      role: 'CSMS',
      mode,
      link: { transmit: (text) => sent.push(JSON.parse(text)) },
      handlers: { onCall: () => release.promise, onFinding: ({ kind }) => findings.push(kind) },
    });
    for (const id of ['a', 'b', 'a']) peer.receive(JSON.stringify([2, id, 'Heartbeat', {}]));
    release.resolve({ currentTime });
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    const outcome = sent.map(([type, id]) => `${type} ${id}`);
    assert.deepEqual(outcome, mode === 'strict' ? ['4 a', '3 a', '3 b'] : ['3 a', '3 b', '3 a']);
    assert.deepEqual(
      findings,
      mode === 'strict' ? ['ConcurrentCalls'] : ['ConcurrentCalls', 'MessageIdInUse'],
    );
  }
});

test('Error codes of every spelling are understood, and unknown or incomplete errors too', async () => {
  const cases: [Version, unknown[], string, FindingKind[]][] = [
    ['1.6', ['FormationViolation', '', {}], 'FormationViolation', []],
    ['1.6', ['FormatViolation', '', {}], 'FormationViolation', ['ErrorCodeSpelling']],
    ['2.1', ['OccurenceConstraintViolation', '', {}], 'OccurrenceConstraintViolation', ['ErrorCodeSpelling']],
    ['2.1', ['CoffeeIsCold', '', {}], 'CoffeeIsCold', ['UnknownErrorCode']],
    ['2.1', ['GenericError'], 'GenericError', ['IncompleteCallError']],
  ];
  for (const [version, error, code, kinds] of cases) {
    const { peer, sent, findings } = csms(version, 'lenient');
    const call = peer.call('ClearCache', {});
    peer.receive(JSON.stringify([4, sent[0]?.[1], ...error]));
    await assert.rejects(call, (failure) => failure instanceof CallFailed && failure.code === code);
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      kinds,
    );
  }
});

const refused: readonly [string, Version, string, unknown][] = [
  ['an unknown status of a connector', '1.6', 'StatusNotification', { ...status, status: 'Melting' }],
  ['an unknown trigger', '2.1', 'TransactionEvent', { ...started, triggerReason: 'Earthquake' }],
  ['a missing field', '1.6', 'StatusNotification', { connectorId: 1, status: 'Available' }],
  ['a required field that is null', '1.6', 'StatusNotification', { ...status, connectorId: null }],
  ['a fraction for an integer', '1.6', 'StatusNotification', { ...status, connectorId: 1.5 }],
  ['a text that is no number', '1.6', 'StatusNotification', { ...status, connectorId: 'one' }],
  ['a time that is none', '1.6', 'StatusNotification', { ...status, timestamp: 'yesterday' }],
  ['a token whose digits are lost', '1.6', 'Authorize', { idTag: 2 ** 60 }],
  ['a text beyond all measure', '1.6', 'Authorize', { idTag: 'x'.repeat(lenientTextLimit + 1) }],
  ['a payload that is a list', '1.6', 'Heartbeat', []],
];

for (const [title, version, action, payload] of refused) {
  test(`Lenient mode refuses ${title}`, () => {
    const { peer, sent, handled } = csms(version, 'lenient');
    peer.receive(JSON.stringify([2, 'a', action, payload]));
    assert.equal(sent[0]?.[0], 4);
    assert.deepEqual(handled, []);
  });
}

test('What is only wrong by its meaning reaches the handler untouched', () => {
  const cases: [Version, string, object][] = [
    ['1.6', 'StopTransaction', { ...stop, transactionId: -1 }],
    ['2.1', 'TransactionEvent', started],
    ['2.0.1', 'TransactionEvent', { ...started, evse: { id: 1, connectorId: 0 } }],
    ['1.6', 'StatusNotification', { ...status, connectorId: 0 }],
  ];
  for (const [version, action, payload] of cases) {
    const { peer, handled, findings } = csms(version, 'lenient');
    peer.receive(JSON.stringify([2, 'a', action, payload]));
    assert.deepEqual(handled[0]?.payload, payload);
    assert.deepEqual(findings, []);
  }
});

test('Fields named like the inside of an object are left out like any other', () => {
  const { peer, handled } = csms('2.1', 'lenient');
  peer.receive('[2,"a","Heartbeat",{"__proto__":{"polluted":1},"constructor":1,"x":{}}]');
  assert.deepEqual(handled[0]?.payload, {});
  assert.equal(Object.getPrototypeOf(handled[0]?.payload), Object.prototype);
});

test('The findings of a peer are bounded, whatever names the fields have', () => {
  const { peer, findings } = csms('2.1', 'lenient');
  for (let name = 0; name < 500; name++) peer.receive(`[2,"a","Heartbeat",{"field${name}":1}]`);
  assert.equal(findings.length, 200);
});

test('The README explains exactly the findings that there are', async () => {
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
  const explained = new Set(Array.from(readme.matchAll(/^\|[^|]*\| `(\w+)` \|/gm), ([, kind]) => kind));
  assert.deepEqual([...explained].sort(), [...findingKinds].sort());
});
