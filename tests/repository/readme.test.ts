import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { runBusbar } from '../../packages/cli/src/testing/run-busbar.ts';
import { root } from './files.ts';

test("the README's session can be followed as it is written", async (t) => {
  const [, variables = '', register = '', follow = ''] = shellBlocks();
  const folder = await mkdtemp(join(tmpdir(), 'busbar-readme-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const server = runBusbar(['serve'], {
    BUSBAR_DATA: folder,
    BUSBAR_OCPP_PORT: '0',
    BUSBAR_HTTP_PORT: '0',
    BUSBAR_LOG_LEVEL: 'warn',
  });
  t.after(() => server.stop('SIGTERM'));
  const [, token = ''] = await server.says(/(busbar_\S+)\nCtrl-C/);
  const [, api = ''] = await server.says(/the API +(\S+)/);
  const [, ocpp = ''] = await server.says(/connect to +(\S+)\/\{/);
  const head = variables
    .replace(/^TOKEN=.*$/m, `TOKEN=${token}`)
    .replace(/^API=.*$/m, `API=${api}`)
    .replace(/^/, 'set -euo pipefail\n');

  const registered = await shell(head + register);
  const password = /"password":"(\w+)"/.exec(registered)?.[1] ?? '';
  const args = ['simulate', ocpp, '--id', 'CS-0001', '--password', password, '--version', '2.1'];
  const station = runBusbar(args);
  t.after(() => station.stop('SIGTERM'));
  await station.says(/TransactionEvent\n(.*\n)*.*TransactionEvent/);

  assert.match(await shell(head + follow), /"command":"remote-stop","state":"Accepted"/);
});

/** The README's blocks of commands, in order. */
function shellBlocks(): string[] {
  const page = readFileSync(resolve(root, 'README.md'), 'utf8');
  return [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

async function shell(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', script]);
  return stdout;
}
