import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { type ActionEntry, actionsOf } from '../catalogue/catalogue.ts';
import { errorCodeFor } from '../errors.ts';
import { arbitraryPayload } from '../testing/arbitrary.ts';
import { arbitraryBreak } from '../testing/arbitrary-break.ts';
import { connectPeers } from '../testing/connected-peers.ts';
import { type Version, versions } from '../version.ts';
import { createPeer } from './ocpp-peer.ts';
import type { Mode, Peer, Role } from './peer.ts';

/** Frames that went through a peer in this file; the last test asks for enough of them. */
let frames = 0;

const roundTripsPerAction = 120;
const breaksPerAction = 120;
const textsPerVersion = 40_000;

for (const version of versions) {
  test(`FR.02 every valid message of ${version} is accepted in strict mode and arrives as it was sent`, async () => {
    for (const entry of actionsOf(version)) {
      if (entry.kind === 'CALL') await roundTrips(version, entry);
      else await sends(version, entry);
    }
  });

  test(`FR.03 whatever is broken in one way in ${version} is refused with its code, naming the field`, () => {
    for (const entry of actionsOf(version)) {
      if (entry.kind === 'CALL') refuses(version, entry);
    }
  });

  test(`No text makes a peer of ${version} throw or hang`, () => {
    const peers = (['CS', 'CSMS'] as const).flatMap((role) => [
      listener(version, role, 'lenient'),
      listener(version, role, 'strict'),
    ]);
    fc.assert(
      fc.property(rubbish(version), (text) => {
        for (const peer of peers) {
          frames++;
          peer.receive(text);
        }
      }),
      { numRuns: textsPerVersion / peers.length },
    );
  });
}

after(() => {
  assert.ok(frames >= 100_000, `only ${frames} frames`);
});

async function roundTrips(version: Version, entry: ActionEntry): Promise<void> {
  const { action } = entry;
  const toCsms = entry.sentBy !== 'CSMS';
  let answer: object = {};
  let heard: object | undefined;
  const answering = {
    onCall({ payload }: { payload: object }) {
      heard = payload;
      return answer;
    },
  };
  const { station, csms } = connectPeers({ version, mode: 'strict', station: answering, csms: answering });
  const caller = toCsms ? station : csms;
  await fc.assert(
    fc.asyncProperty(
      arbitraryPayload(version, action, 'request'),
      arbitraryPayload(version, action, 'response'),
      async (request, response) => {
        frames += 2;
        answer = response;
        const answered = await caller.call(action, request);
        assert.deepEqual(heard, request);
        assert.deepEqual(answered, response);
      },
    ),
    { numRuns: roundTripsPerAction },
  );
}

async function sends(version: Version, { action }: ActionEntry): Promise<void> {
  let heard: object | undefined;
  const { station } = connectPeers({
    version,
    mode: 'strict',
    csms: {
      onSend({ payload }) {
        heard = payload;
      },
    },
  });
  await fc.assert(
    fc.asyncProperty(arbitraryPayload(version, action, 'request'), async (payload) => {
      frames++;
      station.send(action, payload);
      assert.deepEqual(heard, payload);
    }),
    { numRuns: roundTripsPerAction },
  );
}

function refuses(version: Version, { action, sentBy }: ActionEntry): void {
  const answers: unknown[] = [];
  const peer = createPeer({
    version,
    role: sentBy === 'CSMS' ? 'CS' : 'CSMS',
    mode: 'strict',
    link: { transmit: (text) => answers.push(JSON.parse(text)) },
    handlers: { onCall: () => assert.fail('a broken message was handled') },
  });
  fc.assert(
    fc.property(arbitraryBreak(version, action, 'request'), ({ payload, code, field, how }) => {
      frames++;
      peer.receive(JSON.stringify([2, 'a', action, payload]));
      const [type, messageId, answeredCode, description, details] = Array.from(Object(answers.pop()));
      assert.deepEqual(
        { how, type, messageId, code: answeredCode, details },
        { how, type: 4, messageId: 'a', code: errorCodeFor(version, code), details: { field } },
        String(description),
      );
    }),
    { numRuns: breaksPerAction },
  );
}

/** A peer that takes whatever comes and answers what it can. */
function listener(version: Version, role: Role, mode: Mode): Peer {
  return createPeer({
    version,
    role,
    mode,
    link: { transmit: (text) => assert.ok(Array.isArray(JSON.parse(text))) },
    handlers: {
      onCall: () => ({}),
      onSend: () => undefined,
      onInvalidCall: () => undefined,
      onFrame: () => undefined,
    },
  });
}

/** From noise to frames that are almost right. */
function rubbish(version: Version): fc.Arbitrary<string> {
  const valid = fc
    .constantFrom(...actionsOf(version))
    .chain(({ action, kind }) =>
      arbitraryPayload(version, action, 'request').map((payload) =>
        JSON.stringify([kind === 'SEND' ? 6 : 2, 'id', action, payload]),
      ),
    );
  const at = fc.nat(5_000);
  const anything = fc.jsonValue({ maxDepth: 3 });
  const action = fc.constantFrom(
    'Heartbeat',
    'BootNotification',
    'MeterValues',
    'DataTransfer',
    '__proto__',
    'toString',
  );
  const frame = fc.tuple(
    fc.nat(8),
    fc.oneof(fc.string(), anything),
    fc.oneof(action, anything),
    anything,
    anything,
  );
  const deep = fc.tuple(
    fc.constantFrom('[', '{"a":', '[2,"1","DataTransfer",{"customData":{"vendorId":"x","y":['),
    at,
  );
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    frame.map((elements) => JSON.stringify(elements)),
    fc.tuple(frame, fc.nat(5)).map(([elements, length]) => JSON.stringify(elements.slice(0, length))),
    fc.tuple(valid, at).map(([text, end]) => text.slice(0, end % text.length)),
    fc.tuple(valid, at, fc.constantFrom('"', '{', ',', '9', 'e', '\\', '\\u0000', '-', 'null')).map(cutIn),
    fc
      .tuple(valid, fc.constantFrom('1e999', '-1E400', '123456789012345678901234567890', '"\\ud800"'))
      .map(([text, value]) => text.replace(/:("[^"]*"|-?\d[\d.e+-]*)/, () => `:${value}`)),
    valid.map((text) => text.replace('{', '{"__proto__":{"polluted":1},"constructor":{},')),
    deep.map(([opening, times]) => opening.repeat(times)),
    deep.map(
      ([, times]) =>
        `[2,"1","DataTransfer",{"vendorId":"x","data":${'['.repeat(times)}${']'.repeat(times)}}]`,
    ),
  );
}

function cutIn([text, at, inserted]: [string, number, string]): string {
  const place = at % text.length;
  return text.slice(0, place) + inserted + text.slice(place + 1);
}
