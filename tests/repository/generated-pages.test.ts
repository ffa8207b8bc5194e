import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { root } from './files.ts';
import { generatedPages } from './generated-pages.ts';

for (const [page, text] of Object.entries(generatedPages)) {
  test(`${page} is what the program says now`, async () => {
    const committed = await readFile(resolve(root, page), 'utf8');
    assert.ok(committed === (await text()), `${page} is stale: run \`npm run docs\` and commit it.`);
  });
}
