import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readPepper } from './pepper.ts';

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-pepper-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('the pepper is made at the first start, for its owner alone, and read at the next', async (t) => {
  const folder = await emptyFolder(t);
  const made = await readPepper({ configured: undefined, folder });
  assert.ok(made.length >= 32);
  assert.deepEqual(await readPepper({ configured: undefined, folder }), made);
  assert.deepEqual(await readdir(folder), ['pepper']);
  if (process.platform !== 'win32') assert.equal((await stat(join(folder, 'pepper'))).mode & 0o777, 0o600);
});

test('two that start at once get the same pepper', async (t) => {
  const folder = await emptyFolder(t);
  const [one, two] = await Promise.all([
    readPepper({ configured: undefined, folder }),
    readPepper({ configured: undefined, folder }),
  ]);
  assert.deepEqual(one, two);
});

test('BUSBAR_PEPPER goes first, and no file is made', async (t) => {
  const folder = await emptyFolder(t);
  const configured = 'k'.repeat(32);
  assert.deepEqual(await readPepper({ configured, folder }), Buffer.from(configured));
  assert.deepEqual(await readdir(folder), []);
});

test('a pepper that is too short, or open to others, is refused and left as it is', async (t) => {
  const folder = await emptyFolder(t);
  await assert.rejects(readPepper({ configured: 'short', folder }), /BUSBAR_PEPPER has 5 characters/);
  const file = join(folder, 'pepper');
  await writeFile(file, '', { mode: 0o600 });
  await assert.rejects(readPepper({ configured: undefined, folder }), /has 0 characters/);
  await writeFile(file, 'p'.repeat(40));
  await chmod(file, 0o644);
  if (process.platform !== 'win32') {
    await assert.rejects(readPepper({ configured: undefined, folder }), /chmod 600/);
  }
  assert.equal(await readFile(file, 'utf8'), 'p'.repeat(40));
});
