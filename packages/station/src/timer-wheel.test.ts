import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createTimerWheel } from './timer-wheel.ts';

test('runs each at its time, none early, and not what was cancelled', async () => {
  const wheel = createTimerWheel({ tickMs: 5 });
  const ran: string[] = [];
  const startedAt = Date.now();
  let secondAfterMs = 0;
  wheel.schedule(5, () => ran.push('first'));
  wheel.schedule(30, () => {
    ran.push('second');
    secondAfterMs = Date.now() - startedAt;
  });
  wheel.schedule(10, () => ran.push('cancelled')).cancel();
  await pause(80);
  assert.deepEqual(ran, ['first', 'second']);
  assert.ok(secondAfterMs >= 30, `second ran after ${secondAfterMs} ms`);
  wheel.stop();
});

test('a delay of more than one turn waits its rounds out', async () => {
  let now = 0;
  const wheel = createTimerWheel({ tickMs: 1, now: () => now });
  let ranAt = 0;
  wheel.schedule(5_000, () => {
    ranAt = now;
  });
  for (now = 0; now < 6_000; now += 500) await pause(3);
  assert.ok(ranAt >= 5_000 && ranAt < 6_000, `ran at ${ranAt}`);
  wheel.stop();
});

test('what is scheduled from a run has its own time', async () => {
  const wheel = createTimerWheel({ tickMs: 2 });
  let count = 0;
  const again = () => {
    count++;
    if (count < 5) wheel.schedule(2, again);
  };
  wheel.schedule(2, again);
  await pause(80);
  assert.equal(count, 5);
  wheel.stop();
});

test('forgets everything on stop', async () => {
  const wheel = createTimerWheel({ tickMs: 2 });
  wheel.schedule(4, () => assert.fail('ran after stop'));
  wheel.stop();
  await pause(20);
});

test('holds the process only for what asks for it', () => {
  const script = (options: string) => `
    import { createTimerWheel } from ${JSON.stringify(import.meta.resolve('./timer-wheel.ts'))};
    createTimerWheel({ tickMs: 5 }).schedule(50, () => console.log('ran'), ${options});`;
  const said = (options: string) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', script(options)], { encoding: 'utf8' })
      .stdout;
  assert.equal(said('{ keepsProcess: true }'), 'ran\n');
  assert.equal(said('undefined'), '');
});
