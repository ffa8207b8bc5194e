import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectGarbage } from '../../packages/csms/src/testing/garbage.ts';
import { startCsms } from '../support/csms.ts';
import { eventually } from '../support/eventually.ts';
import { connectRaw, Refused } from '../support/raw-socket.ts';
import { bootOf, registerStation } from '../support/station.ts';

const rounds = 30;
const stations = 25;

test('connections that come and go leave nothing behind: no timer, no socket, no memory', async (t) => {
  // They come and go more often than the limit lets real ones.
  const csms = await startCsms(t, { environment: { BUSBAR_STATION_CONNECTS_PER_MINUTE: '0' } });
  const passwords = new Map<string, string>();
  for (let index = 0; index < stations; index++) {
    passwords.set(`COMES-${index}`, await registerStation(csms, `COMES-${index}`));
  }
  const round = async () => {
    await Promise.all(
      [...passwords].map(async ([id, password], index) => {
        const ended: (() => void)[] = [];
        const test = { after: (end: () => void) => ended.push(end) };
        const protocols = ['ocpp2.0.1'];
        const raw = await connectRaw(test, csms, { id, password, protocols });
        raw.send(JSON.stringify([2, '1', 'BootNotification', bootOf('2.0.1')]));
        await raw.answer();
        // Some leave in the middle of what they say, some are sent off, some try with a wrong password.
        raw.send(JSON.stringify([2, '2', 'Heartbeat', {}]));
        if (index % 5 === 0) raw.send(Buffer.from('binary'));
        if (index % 5 === 1) raw.socket.terminate();
        if (index === 2) {
          const wrong = { id: `NOBODY-${Math.random()}`, password: 'wrong', protocols };
          await assert.rejects(connectRaw(test, csms, wrong), Refused);
        }
        for (const end of ended) end();
        await raw.closed;
      }),
    );
  };
  // Compiles and caches what there is to compile and to cache.
  for (let count = 0; count < rounds; count++) await round();
  const before = await measure();
  for (let count = 0; count < rounds; count++) await round();
  const after = await measure();
  t.diagnostic(`${JSON.stringify(before)} ${JSON.stringify(after)}`);
  assert.ok(after.resources <= before.resources + 5, JSON.stringify({ before, after }));
  const perConnection = (after.heapBytes - before.heapBytes) / (rounds * stations);
  // A connection with its twin takes ten times as much; the rest is the garbage collector's mood.
  assert.ok(perConnection < 4_000, `${perConnection} bytes are kept for each connection that is gone`);

  async function measure() {
    await eventually(() => csms.server.held.size === 0, 'all to be gone');
    await eventually(async () => {
      const { items } = await csms.api.get('/stations?online=true');
      return items.length === 0;
    }, 'all to be recorded as gone');
    collectGarbage();
    collectGarbage();
    return {
      heapBytes: process.memoryUsage().heapUsed,
      resources: process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length,
    };
  }
});
