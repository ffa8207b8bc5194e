import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '@busbar/csms';
import { readableLines } from './readable-lines.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  const destination = readableLines({ write: (line) => (text += line) });
  write(createLog({ level: 'info', destination }));
  return text;
}

test('a line of the log has time, level, message and details', () => {
  const text = logged((log) => log.info({ stationId: 'CS 1', seconds: 2 }, 'connected'));
  assert.match(text, /^\d\d:\d\d:\d\d info {2}connected stationId=CS 1 seconds=2\n$/);
});

test('an error follows with its stack', () => {
  const text = logged((log) => log.error({ err: new Error('gone') }, 'it failed'));
  assert.match(text, /error it failed\nError: gone\n +at /);
});
