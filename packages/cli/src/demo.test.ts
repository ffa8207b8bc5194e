import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withServerSettings } from './testing/data-folder.ts';
import { runBusbar } from './testing/run-busbar.ts';

test('vehicles charge at once, in every version, and the demo can be run again', async () => {
  await withServerSettings(async (settings) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const demo = runBusbar(['demo'], settings);
      const [, token = ''] = await demo.says(/TOKEN=(\S+)/);
      const [, api = ''] = await demo.says(/the API +(\S+)/);
      await versionsCharging(`${api}/transactions?state=Active&limit=100`, token, ['1.6', '2.0.1', '2.1']);
      assert.equal(await demo.stop(signal), 0, demo.said);
    }
  });
});

/** Resolves when there are open transactions in all these versions. */
async function versionsCharging(url: string, token: string, expected: readonly string[]): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const page = await response.text();
    if (expected.every((version) => page.includes(`"version":"${version}"`))) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.fail(`no transactions in ${expected.join(', ')}`);
}
