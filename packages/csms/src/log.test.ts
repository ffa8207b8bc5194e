import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog, type LogLevel } from './log.ts';

function capture(level: LogLevel = 'trace') {
  const lines: string[] = [];
  return { lines, log: createLog({ level, destination: { write: (line) => lines.push(line) } }) };
}

describe('log', () => {
  it('writes one JSON line with a level by name and an instant in UTC', () => {
    const { lines, log } = capture();
    log.info({ stationId: 'CS-1' }, 'connected');
    const line = JSON.parse(lines[0] ?? '');
    assert.deepEqual(
      { ...line, at: undefined },
      { level: 'info', stationId: 'CS-1', msg: 'connected', at: undefined },
    );
    assert.match(line.at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('drops what is below its level', () => {
    const { lines, log } = capture('warn');
    log.info('no');
    log.warn('yes');
    assert.equal(lines.length, 1);
  });

  it('hides secrets by name, at the top and two levels down', () => {
    const { lines, log } = capture();
    const secrets = {
      authorization: 'hush',
      cookie: 'hush',
      'set-cookie': 'hush',
      password: 'hush',
      basicAuthPassword: 'hush',
      token: 'hush',
      secret: 'hush',
      pepper: 'hush',
      privateKey: 'hush',
      connectionString: 'hush',
      body: { any: 'hush' },
    };
    log.info({ ...secrets, headers: secrets, request: { headers: secrets } }, 'seen');
    assert.doesNotMatch(lines.join(), /hush/);
    assert.equal(lines.join().match(/\*\*\*/g)?.length, 3 * Object.keys(secrets).length);
  });

  it('keeps its children redacted', () => {
    const { lines, log } = capture();
    log.child({ requestId: 'r1' }).error({ headers: { authorization: 'Bearer hush' } }, 'failed');
    assert.doesNotMatch(lines.join(), /hush/);
  });
});
