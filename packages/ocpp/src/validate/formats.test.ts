import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDateTime, isUri } from './formats.ts';

test('RFC 3339 times with date and zone are accepted', () => {
  const good = [
    '2026-01-31T23:59:59Z',
    '2026-01-31t23:59:59z',
    '2026-01-31T23:59:59.123Z',
    '2026-01-31T23:59:59.123456789+05:30',
    '2024-02-29T00:00:00-11:00',
    '2000-02-29T00:00:00Z',
    '1990-12-31T23:59:60Z',
  ];
  for (const text of good) assert.equal(isDateTime(text), true, text);
});

test('anything else is refused as a time', () => {
  const bad = [
    '',
    '2026-01-31',
    '2026-01-31T23:59:59',
    '2026-01-31 23:59:59Z',
    '2026-01-31T23:59Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00+0100',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00Z\n',
    ' 2026-01-01T00:00:00Z',
    '26-01-01T00:00:00Z',
  ];
  for (const text of bad) assert.equal(isDateTime(text), false, JSON.stringify(text));
});

test('absolute URIs are accepted, anything else is refused', () => {
  const good = [
    'https://host/path?query#part',
    'ftp://user:pass@host:21/file',
    'file:///tmp/a',
    'urn:a:b',
    'http://[::1]/',
  ];
  const bad = [
    '',
    'path/only',
    '//host/path',
    'https:',
    'http://host/a b',
    '1http://host',
    'http://host/<a>',
    ':a',
  ];
  for (const text of good) assert.equal(isUri(text), true, text);
  for (const text of bad) assert.equal(isUri(text), false, text);
});

test('both formats take time in proportion to the length', () => {
  const long = `2026-01-01T00:00:00.${'1'.repeat(1_000_000)}!`;
  const before = performance.now();
  assert.equal(isDateTime(long), false);
  assert.equal(isUri(`a:${'b'.repeat(1_000_000)} `), false);
  assert.equal(isUri('a'.repeat(1_000_000)), false);
  assert.ok(performance.now() - before < 500);
});
