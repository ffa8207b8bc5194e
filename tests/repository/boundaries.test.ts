import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { root } from './files.ts';

/** What imports what; a linter that finds nothing wrong may also be one that does not look. */
const forbidden: readonly (readonly [from: string, what: string])[] = [
  ['packages/ocpp/src/a.ts', '@busbar/csms'],
  ['packages/ocpp/src/b.ts', 'pg'],
  ['packages/ocpp/src/c.ts', '../../csms/src/index.ts'],
  ['packages/station/src/a.ts', '@busbar/csms'],
  ['packages/station/src/b.ts', '../../csms/src/index.ts'],
  ['packages/csms/src/a.ts', '@busbar/station'],
  ['packages/csms/src/b.ts', 'busbar'],
  ['packages/csms/src/c.ts', '../../station/src/index.ts'],
  ['packages/csms/src/blocks/availability/a.ts', '../transactions/record.ts'],
  ['packages/csms/src/blocks/availability/b.ts', '../../blocks/transactions/record.ts'],
  ['packages/csms/src/blocks/availability/c.ts', '@busbar/station'],
  ['packages/csms/src/blocks/availability/d.ts', 'busbar'],
];

const allowed: typeof forbidden = [
  ['packages/station/src/allowed.ts', '@busbar/ocpp'],
  ['packages/csms/src/allowed.ts', '@busbar/ocpp'],
  ['packages/csms/src/allowed.test.ts', '@busbar/station'],
  ['packages/csms/src/blocks/availability/allowed.ts', '../../core/twin.ts'],
  ['packages/csms/src/blocks/index.ts', './availability/index.ts'],
  ['packages/cli/src/allowed.ts', '@busbar/csms'],
];

test('lint refuses an import against the direction of the packages, or from block to block', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-boundaries-'));
  try {
    await promisify(execFile)('git', ['init', '--quiet'], { cwd: folder });
    await writeFile(join(folder, '.gitignore'), '');
    await cp(join(root, 'biome.json'), join(folder, 'biome.json'));
    for (const [from, what] of [...forbidden, ...allowed]) {
      await mkdir(dirname(join(folder, from)), { recursive: true });
      await writeFile(join(folder, from), `export { a } from '${what}';\n`);
    }
    assert.deepEqual(await filesRefused(folder), forbidden.map(([from]) => from).sort());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function filesRefused(folder: string): Promise<string[]> {
  const biome = join(root, 'node_modules/.bin/biome');
  const options = { cwd: folder };
  const output = await promisify(execFile)(biome, ['lint', '--max-diagnostics=none', '.'], options).catch(
    (failed: { stdout: string; stderr: string }) => failed,
  );
  const found = `${output.stdout}${output.stderr}`.matchAll(
    /^(\S+?):\d+:\d+ lint\/style\/noRestrictedImports/gm,
  );
  return [...found].map(([, file = '']) => file).sort();
}
