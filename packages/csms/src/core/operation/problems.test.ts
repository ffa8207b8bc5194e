import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { errorCodesOf } from '@busbar/ocpp';
import { operationPage } from './problem-page.ts';
import { operationProblemCodes, operationProblems } from './problems.ts';

test('the problems of operations are described in docs/reference/operations.md, exactly these', async () => {
  const page = await readFile(
    new URL('../../../../../docs/reference/operations.md', import.meta.url),
    'utf8',
  );
  const described = [...page.matchAll(/^## (\S+)$/gm)].map((match) => match[1]);
  assert.deepEqual(described, operationProblemCodes);
  const command = 'node packages/csms/src/core/operation/problem-page.ts > docs/reference/operations.md';
  assert.equal(page, operationPage(), `stale: ${command}`);
});

test('no code of ours can be taken for an error that a station answers', () => {
  const theirs = new Set<string>(Object.values(errorCodesOf).flat());
  for (const code of operationProblemCodes) {
    assert.ok(!theirs.has(code), code);
    assert.match(operationProblems[code].docs, /^[A-Z`].*\.$/, code);
  }
});
