import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import {
  invalidRequest,
  Problem,
  problemCodes,
  problemDocument,
  problemTypes,
  retryLater,
} from './problem.ts';
import { problemPage } from './problem-page.ts';

describe('problems', () => {
  it('are described in docs/reference/errors.md, exactly these', async () => {
    const page = await readFile(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8');
    const described = [...page.matchAll(/^## (\S+)$/gm)].map((match) => match[1]);
    assert.deepEqual(described, problemCodes);
    assert.equal(
      page,
      problemPage(),
      'stale: node packages/csms/src/problem-page.ts > docs/reference/errors.md',
    );
  });

  it('each have an error status and three texts of their own', () => {
    for (const code of problemCodes) {
      const { status, title, docs } = problemTypes[code];
      assert.ok(status >= 400 && status < 600, code);
      assert.match(title, /^[A-Z].*[^.]$/, code);
      assert.match(docs, /^[A-Z`].*\.$/, code);
    }
    assert.equal(new Set(problemCodes.map((code) => problemTypes[code].title)).size, problemCodes.length);
  });

  it('become a document in which extras never stand for a standard member', () => {
    const problem = new Problem('conflict', 'It exists.', { extras: { status: 200, stationId: 'CS-1' } });
    assert.deepEqual(problemDocument(problem, 'r-1'), {
      type: 'urn:busbar:problem:conflict',
      title: problemTypes.conflict.title,
      status: 409,
      detail: 'It exists.',
      code: 'conflict',
      instance: 'urn:uuid:r-1',
      stationId: 'CS-1',
    });
  });

  it('name the fields of an invalid request', () => {
    const problem = invalidRequest([
      { field: '/name', message: 'is missing' },
      { field: '', message: 'The body is odd' },
    ]);
    assert.equal(problem.detail, '/name: is missing; The body is odd');
    assert.equal(problem.status, 400);
  });

  it('say in whole seconds when to try again', () => {
    assert.deepEqual(retryLater('overloaded', 'Later.', 1.2).headers, { 'retry-after': '2' });
  });
});
