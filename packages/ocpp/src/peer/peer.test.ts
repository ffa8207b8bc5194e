import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OcppError } from '../errors.ts';
import { connectPeers } from '../testing/connected-peers.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { versions } from '../version.ts';
import { CallFailed, type CallFailure } from './call-failed.ts';
import type { Fault } from './fault.ts';
import type { LateAnswer } from './message.ts';
import { createPeer } from './ocpp-peer.ts';
import type { FrameRecord, PeerHandlers, PeerOptions } from './peer.ts';

const currentTime = '2026-01-01T00:00:00Z';
const heartbeat = { onCall: () => ({ currentTime }) };

/** A peer whose frames are written down and who hears only what the test feeds. */
function alone(options: Partial<PeerOptions> & { handlers?: PeerHandlers } = {}) {
  const sent: unknown[][] = [];
  const faults: Fault[] = [];
  const peer = createPeer({
    version: '2.1',
    role: 'CSMS',
    link: { transmit: (text) => sent.push(JSON.parse(text)) },
    ...options,
    handlers: { onFault: (fault) => faults.push(fault), ...(options.handlers ?? heartbeat) },
  });
  return { peer, sent, faults };
}

function failsWith(reason: CallFailure, sent: boolean) {
  return (error: unknown) => {
    assert.ok(error instanceof CallFailed, String(error));
    assert.deepEqual({ reason: error.reason, sent: error.sent }, { reason, sent });
    return true;
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

// ---- FR.01

test('FR.01 sends the second call only when the first is answered', async () => {
  const { peer, sent } = alone({ role: 'CS' });
  const first = peer.call('Heartbeat', {}, { messageId: 'a' });
  const second = peer.call('Heartbeat', {}, { messageId: 'b' });
  assert.deepEqual(sent, [[2, 'a', 'Heartbeat', {}]]);
  assert.equal(peer.callsWaiting, 2);
  peer.receive(JSON.stringify([3, 'a', { currentTime }]));
  assert.deepEqual(await first, { currentTime });
  assert.deepEqual(sent[1], [2, 'b', 'Heartbeat', {}]);
  peer.receive(JSON.stringify([3, 'b', { currentTime }]));
  await second;
  assert.equal(peer.callsWaiting, 0);
});

test('FR.01 sends the second call when the first has timed out, and gives its late answer to its own hook', async () => {
  const clock = createFakeClock();
  const late: LateAnswer[] = [];
  const handlers = { ...heartbeat, onLateAnswer: (answer: LateAnswer) => late.push(answer) };
  const { peer, sent, faults } = alone({ role: 'CS', clock, limits: { callTimeoutMs: 30_000 }, handlers });
  const first = assert.rejects(peer.call('Heartbeat', {}, { messageId: 'a' }), failsWith('Timeout', true));
  const second = peer.call('Heartbeat', {}, { messageId: 'b' });
  clock.advance(29_999);
  assert.equal(sent.length, 1);
  clock.advance(500);
  await first;
  assert.equal(sent.length, 2);
  peer.receive(JSON.stringify([3, 'a', { currentTime }]));
  assert.deepEqual(late, [{ messageId: 'a', action: 'Heartbeat', payload: { currentTime } }]);
  peer.receive(JSON.stringify([3, 'b', { currentTime }]));
  await second;
  peer.receive(JSON.stringify([3, 'a', { currentTime }]));
  assert.deepEqual(
    faults.map(({ kind }) => kind),
    ['UnsolicitedAnswer'],
  );
});

test('FR.01 calls of both sides may cross', async () => {
  const { station, csms } = connectPeers({
    version: '2.1',
    station: { onCall: () => ({ status: 'Accepted' }) },
    csms: {
      async onCall() {
        await csms.call('ClearCache', {});
        return { currentTime };
      },
    },
  });
  assert.deepEqual(await station.call('Heartbeat', {}), { currentTime });
});

test('No timer runs while no call waits', async () => {
  const clock = createFakeClock();
  const { station } = connectPeers({ version: '2.1', clock, csms: heartbeat });
  await station.call('Heartbeat', {});
  clock.advance(1_000);
  assert.equal(clock.scheduled, 0);
});

test('A full queue refuses one more call, and says that nothing was sent', async () => {
  const { peer } = alone({ role: 'CS', limits: { outgoingCalls: 1 } });
  void peer.call('Heartbeat', {}).catch(() => undefined);
  void peer.call('Heartbeat', {}).catch(() => undefined);
  await assert.rejects(peer.call('Heartbeat', {}), failsWith('QueueFull', false));
  peer.close('test');
});

test('A signal takes a waiting call out of the queue and leaves a sent one alone', async () => {
  const { peer, sent } = alone({ role: 'CS' });
  const stop = new AbortController();
  const first = peer.call('Heartbeat', {}, { messageId: 'a', signal: stop.signal });
  const second = peer.call('Heartbeat', {}, { signal: stop.signal });
  stop.abort();
  await assert.rejects(second, failsWith('Aborted', false));
  peer.receive(JSON.stringify([3, 'a', { currentTime }]));
  await first;
  assert.equal(sent.length, 1);
  await assert.rejects(peer.call('Heartbeat', {}, { signal: stop.signal }), failsWith('Aborted', false));
});

test('Closing ends all calls and says which had left', async () => {
  const { peer, sent } = alone({ role: 'CS' });
  const first = peer.call('Heartbeat', {});
  const second = peer.call('Heartbeat', {});
  peer.close('the link is gone');
  await assert.rejects(first, failsWith('Closed', true));
  await assert.rejects(second, failsWith('Closed', false));
  await assert.rejects(peer.call('Heartbeat', {}), failsWith('Closed', false));
  peer.receive('[2,"1","Heartbeat",{}]');
  assert.equal(sent.length, 1);
});

// ---- the lane

test('FR.02 answers one call after the other, in order, however long each takes', async () => {
  const waiting: Array<(answer: object) => void> = [];
  const onCall = () => new Promise<object>((resolve) => waiting.push(resolve));
  const { peer, sent } = alone({ handlers: { onCall } });
  for (const id of ['a', 'b', 'c']) peer.receive(JSON.stringify([2, id, 'Heartbeat', {}]));
  assert.equal(waiting.length, 1);
  for (let done = 0; done < 3; done++) {
    waiting[done]?.({ currentTime });
    await settle();
  }
  assert.deepEqual(
    sent.map(([, id]) => id),
    ['a', 'b', 'c'],
  );
});

test('Answers pass by a lane that waits', async () => {
  const { peer } = alone({ handlers: { onCall: () => new Promise(() => undefined) } });
  peer.receive('[2,"1","Heartbeat",{}]');
  const call = peer.call('ClearCache', {}, { messageId: 'ours' });
  peer.receive('[3,"ours",{"status":"Accepted"}]');
  assert.deepEqual(await call, { status: 'Accepted' });
});

test('A full lane pauses the link, and half a lane resumes it', async () => {
  const flow: string[] = [];
  const link = {
    transmit: () => undefined,
    pause: () => flow.push('pause'),
    resume: () => flow.push('resume'),
  };
  const waiting: Array<(answer: object) => void> = [];
  const onCall = () => new Promise<object>((resolve) => waiting.push(resolve));
  const { peer } = alone({ link, handlers: { onCall }, limits: { laneCalls: 4 } });
  for (let id = 0; id < 5; id++) peer.receive(`[2,"${id}","Heartbeat",{}]`);
  assert.deepEqual(flow, ['pause']);
  for (let done = 0; done < 2; done++) {
    waiting[done]?.({ currentTime });
    await settle();
  }
  assert.deepEqual(flow, ['pause', 'resume']);
});

test('A link that cannot be paused is answered InternalError beyond the last place of the lane', () => {
  const onCall = () => new Promise<object>(() => undefined);
  const faults: Fault[] = [];
  const handlers = { onCall, onFault: (fault: Fault) => faults.push(fault) };
  const { peer, sent } = alone({ handlers, limits: { laneFrames: 1 } });
  for (const id of ['a', 'b', 'c']) peer.receive(`[2,"${id}","Heartbeat",{}]`);
  assert.deepEqual(sent[0]?.slice(0, 3), [4, 'c', 'InternalError']);
  assert.equal(faults[0]?.kind, 'LaneOverflow');
});

test('FR.07 a SEND is handled in the lane and never answered, whatever becomes of it', async () => {
  const data = { id: 1, pending: 0, basetime: currentTime, data: [{ t: 0, v: '1' }] };
  const seen: string[] = [];
  const onSend = ({ messageId }: { messageId: string }) => {
    seen.push(messageId);
    if (messageId === 'throws') throw new Error('inside');
  };
  const { peer, sent } = alone({ handlers: { ...heartbeat, onSend } });
  const frames = [
    [6, 'good', 'NotifyPeriodicEventStream', data],
    [6, 'throws', 'NotifyPeriodicEventStream', data],
    [6, 'invalid', 'NotifyPeriodicEventStream', {}],
    [6, 'unknown', 'NotifyNothing', {}],
    [6, 'a call', 'Heartbeat', {}],
    [6, 17, 'NotifyPeriodicEventStream', data],
    [6, 'x'.repeat(300), 'NotifyPeriodicEventStream', data],
  ];
  for (const frame of frames) peer.receive(JSON.stringify(frame));
  await settle();
  assert.deepEqual(seen, ['good', 'throws']);
  assert.deepEqual(sent, []);
});

test('Too many waiting SENDs drop the oldest, which is told as a fault', async () => {
  const data = { id: 1, pending: 0, basetime: currentTime, data: [{ t: 0, v: '1' }] };
  const release = Promise.withResolvers<object>();
  const seen: string[] = [];
  const faults: Fault[] = [];
  const { peer } = alone({
    limits: { laneSends: 2 },
    handlers: {
      onCall: () => release.promise,
      onSend: ({ messageId }) => void seen.push(messageId),
      onFault: (fault) => faults.push(fault),
    },
  });
  peer.receive('[2,"call","Heartbeat",{}]');
  for (const id of ['1', '2', '3']) peer.receive(JSON.stringify([6, id, 'NotifyPeriodicEventStream', data]));
  release.resolve({ currentTime });
  await settle();
  assert.deepEqual(seen, ['2', '3']);
  assert.deepEqual(
    faults.map(({ kind, messageId }) => [kind, messageId]),
    [['SendDropped', '1']],
  );
});

// ---- refusals

test('FR.03 an unknown action is NotImplemented; one that is not for this side is NotSupported', () => {
  for (const version of versions) {
    const { peer, sent } = alone({ version });
    peer.receive('[2,"1","MakeCoffee",{}]');
    peer.receive('[2,"2","Reset",{"type":"Hard"}]');
    assert.deepEqual(
      sent.map((frame) => frame.slice(0, 3)),
      [
        [4, '1', 'NotImplemented'],
        [4, '2', 'NotSupported'],
      ],
    );
  }
});

test('FR.03 a call of what is a SEND is NotSupported', () => {
  const { peer, sent } = alone();
  peer.receive('[2,"1","NotifyPeriodicEventStream",{}]');
  assert.equal(sent[0]?.[2], 'NotSupported');
});

test('FR.03 a payload that breaks the schema is answered with the code of the version, naming the field', () => {
  const cases = [
    ['1.6', 'OccurenceConstraintViolation'],
    ['2.0.1', 'OccurrenceConstraintViolation'],
    ['2.1', 'OccurrenceConstraintViolation'],
  ] as const;
  for (const [version, code] of cases) {
    const { peer, sent } = alone({ version });
    peer.receive('[2,"1","BootNotification",{}]');
    const [type, id, answered, description, details] = sent[0] ?? [];
    assert.deepEqual([type, id, answered], [4, '1', code]);
    const { field } = Object(details);
    assert.match(String(field), /^\/\w+$/);
    assert.ok(String(description).includes(field));
  }
});

test('FR.03 what a handler refuses becomes a CALLERROR as it says', () => {
  const onCall = () => {
    throw new OcppError('SecurityError', 'Not accepted yet', { status: 'Pending' });
  };
  const { peer, sent } = alone({ handlers: { onCall } });
  peer.receive('[2,"1","Heartbeat",{}]');
  assert.deepEqual(sent, [[4, '1', 'SecurityError', 'Not accepted yet', { status: 'Pending' }]]);
});

test('A handler that fails is an InternalError that tells nothing of the inside, at once or later', async () => {
  for (const onCall of [
    () => {
      throw new Error('password=hunter2');
    },
    () => Promise.reject(new Error('password=hunter2')),
  ]) {
    const { peer, sent } = alone({ handlers: { onCall } });
    peer.receive('[2,"1","Heartbeat",{}]');
    await settle();
    assert.deepEqual(sent, [[4, '1', 'InternalError', 'Heartbeat could not be processed', {}]]);
  }
});

test('An answer of ours that breaks the schema does not leave: InternalError and a fault', () => {
  const faults: Fault[] = [];
  const { peer, sent } = alone({
    handlers: { onCall: () => ({ currentTime: 'noon' }), onFault: (fault) => faults.push(fault) },
  });
  peer.receive('[2,"1","Heartbeat",{}]');
  assert.equal(sent[0]?.[2], 'InternalError');
  assert.equal(faults[0]?.kind, 'InvalidOwnAnswer');
});

test('An answer that is no JSON does not leave either', () => {
  const loop: { vendorId: string; self?: unknown } = { vendorId: 'x' };
  loop.self = loop;
  const { peer, sent } = alone({ handlers: { onCall: () => ({ currentTime, customData: loop }) } });
  peer.receive('[2,"1","Heartbeat",{}]');
  assert.equal(sent[0]?.[2], 'InternalError');
});

test('A call of ours that breaks the schema, or is not ours to send, does not leave', async () => {
  const { peer, sent } = alone();
  await assert.rejects(peer.call('Reset', {}), failsWith('InvalidRequest', false));
  await assert.rejects(peer.call('Heartbeat', {}), failsWith('InvalidRequest', false));
  await assert.rejects(peer.call('MakeCoffee', {}), failsWith('InvalidRequest', false));
  assert.throws(() => peer.send('NotifyPeriodicEventStream', {}), failsWith('InvalidRequest', false));
  assert.deepEqual(sent, []);
});

test('A call beyond tolerance may still be acknowledged by its owner', async () => {
  const { peer, sent } = alone({
    handlers: {
      ...heartbeat,
      onInvalidCall: async ({ action, violation, received }) => {
        assert.deepEqual([action, violation.field, received], ['Heartbeat', '/x', { x: 1 }]);
        return { currentTime };
      },
    },
    mode: 'strict',
  });
  peer.receive('[2,"1","Heartbeat",{"x":1}]');
  await settle();
  assert.deepEqual(sent, [[3, '1', { currentTime }]]);
});

// ---- answers to our calls

test('FR.06 an invalid answer is complained of with CALLRESULTERROR in 2.1 and only told in the versions before', async () => {
  for (const version of versions) {
    const { peer, sent, faults } = alone({ version, role: 'CS' });
    const call = peer.call('Heartbeat', {}, { messageId: 'a' });
    peer.receive('[3,"a",{}]');
    await assert.rejects(call, failsWith('InvalidResponse', true));
    assert.equal(faults[0]?.kind, 'InvalidResponse');
    const complaints = sent.slice(1).map((frame) => [...frame.slice(0, 3), frame[4]]);
    const expected = [5, 'a', 'OccurrenceConstraintViolation', { field: '/currentTime' }];
    assert.deepEqual(complaints, version === '2.1' ? [expected] : []);
  }
});

test('FR.06 a CALLRESULTERROR is told with the action that it complains of, and not answered', () => {
  const { peer, sent, faults } = alone();
  peer.receive('[2,"1","Heartbeat",{}]');
  peer.receive('[5,"1","FormatViolation","no",{}]');
  assert.equal(sent.length, 1);
  const [fault] = faults;
  assert.deepEqual(
    [fault?.kind, fault?.action, fault?.code],
    ['AnswerRefused', 'Heartbeat', 'FormatViolation'],
  );
});

test('A CALLERROR ends the call with its code, description and details', async () => {
  const { peer } = alone({ role: 'CS' });
  const call = peer.call('Heartbeat', {}, { messageId: 'a' });
  peer.receive('[4,"a","SecurityError","go away",{"why":"so"}]');
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof CallFailed);
    const { reason, code, description, details } = error;
    assert.deepEqual(
      [reason, code, description, details],
      ['CallError', 'SecurityError', 'go away', { why: 'so' }],
    );
    return true;
  });
});

test('Answers that come twice or unasked are told and change nothing', async () => {
  const { peer, faults } = alone({ role: 'CS' });
  const call = peer.call('Heartbeat', {}, { messageId: 'a' });
  peer.receive(JSON.stringify([3, 'a', { currentTime }]));
  await call;
  peer.receive(JSON.stringify([3, 'a', { currentTime }]));
  peer.receive('[4,"never","GenericError","",{}]');
  assert.deepEqual(
    faults.map(({ kind, detail }) => `${kind}: ${detail}`),
    [
      'UnsolicitedAnswer: A second answer to the same call',
      'UnsolicitedAnswer: An answer to no call of ours',
    ],
  );
});

test('A late answer that is an error or invalid is told as one', async () => {
  const clock = createFakeClock();
  const late: LateAnswer[] = [];
  const { peer } = alone({
    role: 'CS',
    clock,
    handlers: { ...heartbeat, onLateAnswer: (answer) => late.push(answer) },
  });
  for (const messageId of ['a', 'b']) {
    const call = assert.rejects(peer.call('Heartbeat', {}, { messageId }));
    clock.advance(31_000);
    await call;
  }
  peer.receive('[4,"a","GenericError","no",{}]');
  peer.receive('[3,"b",{}]');
  assert.deepEqual(
    late.map(({ messageId, error }) => [messageId, error?.code]),
    [
      ['a', 'GenericError'],
      ['b', 'OccurrenceConstraintViolation'],
    ],
  );
});

// ---- message log

test('The message log shows every frame of both sides with its action, and no secret', async () => {
  const frames: FrameRecord[] = [];
  const { csms } = connectPeers({
    version: '2.0.1',
    csms: { onFrame: (frame) => frames.push(frame) },
    station: {
      onCall: () => ({
        setVariableResult: [
          {
            attributeStatus: 'Accepted',
            component: { name: 'SecurityCtrlr' },
            variable: { name: 'BasicAuthPassword' },
          },
        ],
      }),
    },
  });
  await csms.call('SetVariables', {
    setVariableData: [
      {
        attributeValue: 'correct horse battery',
        component: { name: 'SecurityCtrlr' },
        variable: { name: 'BasicAuthPassword' },
      },
    ],
  });
  assert.deepEqual(
    frames.map(({ direction, messageType, action }) => [direction, messageType, action]),
    [
      ['out', 2, 'SetVariables'],
      ['in', 3, 'SetVariables'],
    ],
  );
  assert.ok(!frames[0]?.text.includes('horse'), frames[0]?.text);
  assert.match(frames[0]?.text ?? '', /^\[2,"[^"]+","SetVariables",\{.*\*\*\*/);
});

test('Hooks that throw do no harm', async () => {
  const explode = () => {
    throw new Error('in a hook');
  };
  const handlers = {
    ...heartbeat,
    onFrame: explode,
    onFault: explode,
    onFinding: explode,
    onLateAnswer: explode,
  };
  const { peer, sent } = alone({ handlers });
  peer.receive('nonsense');
  peer.receive('[2,"1","Heartbeat",{"extra":1}]');
  assert.deepEqual(sent.at(-1), [3, '1', { currentTime }]);
});
