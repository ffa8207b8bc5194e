import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorCodesOf } from '@busbar/ocpp';
import { operationProblemCodes, operationProblems } from './problems.ts';

test('no code of ours can be taken for an error that a station answers', () => {
  const theirs = new Set<string>(Object.values(errorCodesOf).flat());
  for (const code of operationProblemCodes) {
    assert.ok(!theirs.has(code), code);
    assert.match(operationProblems[code].docs, /^[A-Z`].*\.$/, code);
  }
});
