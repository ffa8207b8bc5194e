import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { CallFailed, type FakeClock } from '@busbar/ocpp';
import { createStation, type Station, type StationOptions } from '../station.ts';
import { createTestCsms, type TestCsms } from './csms.ts';

export interface Pair {
  readonly csms: TestCsms;
  readonly station: Station;
}

/**
 * A CSMS and a station that is not started yet, both strict; gone after the test, which fails when either
 * end said something that the schemas or the peers object to.
 */
export async function pairUp(t: TestContext, options: Partial<StationOptions> = {}): Promise<Pair> {
  const csms = await createTestCsms();
  const invalid: string[] = [];
  const station = createStation({
    id: 'CS-1',
    url: csms.url,
    rebootSeconds: 0,
    onFailed({ action, error }) {
      if (error instanceof CallFailed && error.reason.startsWith('Invalid'))
        invalid.push(`${action}: ${error}`);
    },
    ...options,
    // A fake clock that jumps ahead would not wait for the pong.
    configuration: { 'OCPPCommCtrlr.WebSocketPingInterval': '0', ...options.configuration },
  });
  t.after(async () => {
    await station.stop();
    await csms.close();
    assert.deepEqual([...csms.complaints, ...invalid], []);
  });
  return { csms, station };
}

/** As `pairUp`, booted and accepted, with what was said until then forgotten. */
export async function bootedPair(t: TestContext, options: Partial<StationOptions> = {}): Promise<Pair> {
  const pair = await pairUp(t, options);
  await pair.station.start();
  pair.csms.forget();
  return pair;
}

/** Lets time pass in steps that are shorter than a call's patience, so that answers keep up with it. */
export async function letPass(clock: FakeClock, station: Station, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 10) {
    clock.advance(Math.min(left, 10) * 1000);
    await station.settled();
  }
}
