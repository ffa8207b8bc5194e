import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMetrics } from './metrics.ts';

describe('metrics', () => {
  it('exposes counters, gauges and histograms as OpenMetrics', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const calls = metrics.counter({
      name: 'busbar_calls_total',
      help: 'Calls',
      labels: { version: ['1.6', '2.0.1'], kind: ['CALL', 'SEND'] },
    });
    calls.at({ version: '1.6', kind: 'CALL' }).inc();
    calls.at({ kind: 'CALL', version: '1.6' }).inc(2);
    metrics.gauge({ name: 'busbar_streams', help: 'Streams' }).at().set(7);
    metrics.gauge({ name: 'busbar_connections', help: 'Connections', read: () => 3 });
    metrics
      .histogram({ name: 'busbar_wait_seconds', help: 'Wait', buckets: [1, 2] })
      .at()
      .observe(1.5);
    const { contentType, text } = await metrics.expose();
    assert.match(contentType, /^application\/openmetrics-text; version=1\.0\.0/);
    assert.match(text, /^# TYPE busbar_calls counter$/m);
    assert.match(text, /^busbar_calls_total\{version="1\.6",kind="CALL"\} 3$/m);
    assert.match(text, /^busbar_streams 7$/m);
    assert.match(text, /^busbar_connections 3$/m);
    assert.match(text, /^busbar_wait_seconds_bucket\{le="1"\} 0$/m);
    assert.match(text, /^busbar_wait_seconds_bucket\{le="2"\} 1$/m);
    assert.ok(text.endsWith('# EOF\n'));
    assert.match((await metrics.expose()).text, /CALL"\} 3$/m, 'a second scrape counts nothing twice');
  });

  it('shows a counter without labels from its first zero', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.counter({ name: 'busbar_faults_total', help: 'Faults' });
    assert.match((await metrics.expose()).text, /^busbar_faults_total 0$/m);
  });

  it('puts label values that are not listed under "other", however many there are', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const known: readonly string[] = ['Heartbeat'];
    const calls = metrics.counter({ name: 'busbar_calls_total', help: 'Calls', labels: { action: known } });
    for (let n = 0; n < 100; n += 1) calls.at({ action: `Made${n}Up` }).inc();
    const lines = (await metrics.expose()).text.split('\n').filter((line) => line.startsWith('busbar_calls'));
    assert.deepEqual(lines, ['busbar_calls_total{action="other"} 100']);
  });

  it('refuses to count down, and to register one name twice', () => {
    const metrics = createMetrics({ processMetrics: false });
    const faults = metrics.counter({ name: 'busbar_faults_total', help: 'Faults' });
    assert.throws(() => faults.at().inc(-1), RangeError);
    assert.throws(() => faults.at().inc(Number.NaN), RangeError);
    assert.throws(() => metrics.counter({ name: 'busbar_faults_total', help: 'Again' }), /already/);
  });

  it('adds the process and its event loop', async () => {
    const { text } = await createMetrics({ processMetrics: true }).expose();
    assert.match(text, /^process_resident_memory_bytes /m);
    assert.match(text, /^nodejs_eventloop_lag_p99_seconds /m);
  });

  it('does not compile with a label that is not listed', () => {
    const metrics = createMetrics({ processMetrics: false });
    const calls = metrics.counter({ name: 'busbar_x_total', help: 'X', labels: { version: ['1.6'] } });
    // @ts-expect-error: 1.7 is not among the values
    calls.at({ version: '1.7' }).inc();
    // @ts-expect-error: the label is missing
    calls.at();
  });
});
