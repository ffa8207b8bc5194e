import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  invalidRequest,
  Problem,
  problemCodes,
  problemDocument,
  problemTypes,
  retryLater,
} from './problem.ts';

describe('problems', () => {
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
