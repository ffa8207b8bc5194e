import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { test } from 'node:test';

const examples = new URL('../../examples/', import.meta.url);

test('The examples run as they stand in the README: a CSMS accepts the boot of a station', async (t) => {
  const port = await freePort();
  const csms = run('csms.ts', port);
  t.after(() => csms.kill());
  await reachable(port);
  const station = run('station.ts', port);
  const said = output(station);
  const heard = firstLine(csms);
  const [code] = await once(station, 'exit');
  assert.equal(code, 0);
  assert.equal(await said, 'Accepted, heartbeat every 300 s\n');
  assert.equal(await heard, 'CS001 boots: One');
});

test('The README shows the examples word for word, each under 25 lines', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  for (const name of ['csms.ts', 'station.ts']) {
    const source = await readFile(new URL(name, examples), 'utf8');
    assert.ok(readme.includes(source), `${name} differs from the README`);
    assert.ok(source.trimEnd().split('\n').length < 25, `${name} has 25 lines or more`);
  }
});

function run(name: string, port: number): ChildProcess {
  return spawn(process.execPath, [new URL(name, examples).pathname], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function output(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) text += chunk;
  return text;
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const chunk of child.stdout ?? []) return String(chunk).trimEnd();
  return '';
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function reachable(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answered = await fetch(`http://localhost:${port}/`, { signal: AbortSignal.timeout(100) }).catch(
      (error: unknown) => (error instanceof Error && error.name === 'TimeoutError' ? true : undefined),
    );
    if (answered !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Nobody listens on ${port}`);
}
