import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { filesEnding, root } from './files.ts';

const mostLines = 500;

const sources = filesEnding('.ts', '.js', '.sql').map((name) => {
  const text = readFileSync(resolve(root, name), 'utf8');
  return { name, text, lines: text.split('\n') };
});

test(`a source file over ${mostLines} lines says why on its first line`, () => {
  const long = sources.filter(({ lines }) => lines.length > mostLines);
  assert.deepEqual(
    long.filter(({ lines: [first = ''] }) => !/^(\/\/|\/\*|--)/.test(first)).map(({ name }) => name),
    [],
  );
});

test('nothing is left for later in a comment', () => {
  assert.deepEqual(linesWith(/\b(TODO|FIXME|XXX)\b/), []);
});

test('a rule of the linter or of the compiler is set aside for a reason that stands beside it', () => {
  assert.deepEqual(
    linesWith(/@ts-(ignore|nocheck)|biome-ignore-all|biome-ignore [^:]+(: *|:? *<explanation>)?$/),
    [],
  );
});

/** Rows of one statement each, as the driver gives them: each is typed there once. */
const rowReaders = ['operation/view.ts', 'station/ownership.ts', 'transaction/store.ts'];

test('`any` stands where rows are read, and in tests, alone', () => {
  const found = linesWith(/biome-ignore lint\/suspicious\/noExplicitAny/).map(
    (line) => line.split(':')[0] ?? '',
  );
  const allowed = rowReaders.map((name) => `packages/csms/src/core/${name}`);
  assert.deepEqual(
    found.filter((name) => !/(^tests|\/testing)\/|\.test\.ts$/.test(name) && !allowed.includes(name)),
    [],
  );
});

test('no test is left out, or runs alone', () => {
  const tests = sources.filter(({ name }) => name.endsWith('.test.ts'));
  assert.deepEqual(linesWith(/\b(test|it|describe|suite)\.(only|todo)\(|\bonly: true\b/, tests), []);
});

function linesWith(pattern: RegExp, among = sources): string[] {
  const others = among.filter(({ name }) => name !== 'tests/repository/sources.test.ts');
  return others.flatMap(({ name, lines }) =>
    lines.flatMap((line, index) => (pattern.test(line) ? [`${name}:${index + 1} ${line.trim()}`] : [])),
  );
}
