import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock, versions } from '@busbar/ocpp';
import { createFleet } from './fleet.ts';
import { createSite } from './site.ts';
import { createTestCsms } from './testing/csms.ts';

test('a fleet starts at its rate, in all versions, and stops', async () => {
  const csms = await createTestCsms();
  const evses = [{ connectors: [{ type: 'sType2' }], maxPowerW: 22_000 }];
  const fleet = createFleet({
    count: 60,
    ratePerSecond: 300,
    template: (index) => ({
      id: `FLEET-${index}`,
      url: csms.url,
      evses,
      versions: [versions[index % 3] ?? '2.1'],
    }),
  });
  const beganAt = performance.now();
  await fleet.start();
  const tookMs = performance.now() - beganAt;
  assert.equal(fleet.accepted, 60);
  assert.ok(tookMs > 150, `started within ${tookMs} ms`);
  assert.equal(csms.payloads('BootNotification').length, 60);
  await fleet.stop();
  assert.deepEqual(csms.complaints, []);
  await csms.close();
});

test('a site charges at once, with drivers that come and go, the same for the same seed', async () => {
  const [first, second] = [await watch(), await watch()];
  assert.deepEqual(first, second);
  assert.ok(first.length > 60, `${first.length} facts in ten minutes`);
  for (const version of versions)
    assert.ok(
      first.some((fact) => fact.startsWith(version)),
      version,
    );
});

async function watch(): Promise<string[]> {
  const csms = await createTestCsms();
  const clock = createFakeClock();
  const facts: string[] = [];
  const site = createSite({
    url: csms.url,
    tokens: ['CARD-1', 'CARD-2'],
    clock,
    onAcknowledged: ({ version, stationId, action, payload }) => {
      if (action !== 'StartTransaction' && action !== 'StopTransaction' && action !== 'TransactionEvent')
        return;
      const { eventType = '', timestamp } = payload as { eventType?: string; timestamp: string };
      facts.push(`${version} ${stationId} ${action} ${eventType} ${timestamp}`);
    },
  });
  await site.start();
  for (let second = 0; second < 600; second += 5) {
    clock.advance(5_000);
    await Promise.all(site.stations.map((station) => station.settled()));
  }
  await site.stop();
  clock.advance(10_000); // The peers look once more for calls that are overdue.
  assert.equal(clock.scheduled, 0, 'no timer is left');
  assert.deepEqual(csms.complaints, []);
  await csms.close();
  return facts.toSorted();
}
