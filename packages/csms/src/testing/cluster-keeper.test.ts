import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { processesWorkingIn } from '../store/postgres/process-identity.ts';

const onLinux = process.platform === 'linux';

test('the shared cluster ends with a test run that was killed', { skip: !onLinux }, async (t) => {
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'busbar-keeper-')));
  t.after(() => rm(temporary, { recursive: true, force: true }));
  const module = import.meta.resolve('./database.ts');
  const script = `const { makeDatabase } = await import(${JSON.stringify(module)});
    await Promise.all([makeDatabase({ migrations: null }), makeDatabase({ migrations: null })]);
    console.log('ready');
    setInterval(() => undefined, 60_000);`;
  const runs = Array.from({ length: 2 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: {
        ...process.env,
        TMPDIR: temporary,
        NODE_TEST_CONTEXT: undefined,
        BUSBAR_TEST_DATABASE_URL: undefined,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(runs.map(({ stdout }) => once(stdout, 'data')));
  const [name = ''] = await readdir(temporary);
  const cluster = join(temporary, name, 'cluster');
  const [first, second] = runs;
  first?.kill('SIGKILL');
  await delay(600);
  assert.notDeepEqual(processesWorkingIn(cluster), [], 'the other run goes on');
  second?.kill('SIGKILL');
  for (let attempt = 0; attempt < 500 && processesWorkingIn(cluster).length > 0; attempt++) await delay(10);
  assert.deepEqual(processesWorkingIn(cluster), []);
});
