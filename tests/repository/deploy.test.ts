import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { busMetrics } from '../../packages/csms/src/bus/bus-metrics.ts';
import { settings } from '../../packages/csms/src/config.ts';
import { createMetrics } from '../../packages/csms/src/metrics.ts';
import { maintenanceMetrics } from '../../packages/csms/src/store/maintenance-metrics.ts';
import { startCsms } from '../support/csms.ts';
import { filesEnding, root } from './files.ts';

const read = (name: string) => readFileSync(resolve(root, name), 'utf8');

test('dashboard and alerts ask for metrics that the server has', async (t) => {
  const exposed = new Set([...(await exposedByServer(t)), ...(await exposedByParts())]);
  for (const name of ['deploy/grafana/busbar.json', 'deploy/prometheus/busbar.rules.yaml']) {
    const asked = new Set(read(name).match(/\b(busbar|nodejs|process)_[a-z0-9_]+/g));
    assert.ok(asked.size > 5, `${name} asks for something`);
    assert.deepEqual(
      [...asked].filter((metric) => !exposed.has(metric)),
      [],
      `${name} asks for what nobody counts`,
    );
  }
});

test('every metric of the server has its place on the dashboard', async (t) => {
  const dashboard = read('deploy/grafana/busbar.json');
  const families = [...(await exposedByServer(t)), ...(await exposedByParts())]
    .filter((name) => name.startsWith('busbar_'))
    .map((name) => name.replace(/_(count|sum|bucket)$/, ''));
  assert.deepEqual(
    [...new Set(families)].filter((name) => !dashboard.includes(name) && !leftOut.has(name)),
    [],
  );
});

/** What says nothing at a glance. */
const leftOut: ReadonlySet<string> = new Set(['busbar_retention_removed_rows_total']);

test('settings that are named in deploy/ and in the guides are settings', () => {
  const known = new Set<string>([
    ...Object.values(settings).map(({ env }) => env),
    'BUSBAR_CONFIG',
    'BUSBAR_TEST_POSTGRES_BIN',
    // Of compose.yaml's own.
    'BUSBAR_DATABASE_PASSWORD',
  ]);
  const pages = filesEnding('').filter((name) => /^(deploy|docs\/guides)\//.test(name));
  assert.ok(pages.length > 10);
  const named = pages.flatMap((page) =>
    (read(page).match(/\bBUSBAR_[A-Z0-9_]*[A-Z0-9]/g) ?? []).map((name) => [page, name] as const),
  );
  assert.deepEqual(
    named.filter(([, name]) => !known.has(name)),
    [],
  );
});

test('a node is given longer to end than it takes to drain', () => {
  const compose = read('deploy/compose/compose.yaml');
  const unit = read('deploy/systemd/busbar.service');
  const example = read('deploy/systemd/busbar.env.example');
  assert.ok(
    numberIn(compose, /stop_grace_period: (\d+)s/) >=
      numberIn(compose, /BUSBAR_DRAIN_DELAY: "(\d+)"/) + numberIn(compose, /BUSBAR_DRAIN: "(\d+)"/) + 15,
  );
  assert.ok(
    numberIn(unit, /^TimeoutStopSec=(\d+)$/m) >=
      numberIn(example, /^BUSBAR_DRAIN_DELAY=(\d+)$/m) + numberIn(example, /^BUSBAR_DRAIN=(\d+)$/m) + 15,
  );
});

function numberIn(text: string, pattern: RegExp): number {
  const [, digits] = pattern.exec(text) ?? [];
  assert.ok(digits !== undefined, `${pattern} is found`);
  return Number(digits);
}

/** What a running server exposes. */
async function exposedByServer(t: Parameters<typeof startCsms>[0]): Promise<string[]> {
  const { server } = await startCsms(t, { environment: { BUSBAR_METRICS_ACCESS: 'open' } });
  const response = await fetch(`${server.httpUrl}/metrics`);
  return namesIn(await response.text());
}

/** What is exposed where there are several nodes, and of the work that is done each hour. */
async function exposedByParts(): Promise<string[]> {
  const metrics = createMetrics({ processMetrics: false });
  busMetrics(metrics).watch({ requestsInFlight: 0 });
  maintenanceMetrics(metrics);
  const { text } = await metrics.expose();
  return namesIn(text);
}

/** Names as they are asked for, of every family in a page of OpenMetrics. */
function namesIn(page: string): string[] {
  return [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) => {
    if (type === 'counter') return [`${name}_total`];
    if (type === 'histogram') return [`${name}_bucket`, `${name}_count`, `${name}_sum`];
    return [name];
  });
}
