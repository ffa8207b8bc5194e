import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { printTable } from '../measure/table.ts';

/** From `npm start` to the first accepted boot, on a fresh data folder and on one that is there. */
const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '3' } } });
const root = new URL('../..', import.meta.url).pathname;
const ports = { BUSBAR_OCPP_PORT: '9102', BUSBAR_HTTP_PORT: '9103' };

const rows: Record<string, string | number>[] = [];
for (let run = 1; run <= Number(options.runs); run++) {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-bench-start-'));
  rows.push({ run, folder: 'fresh', 'first accepted boot s': await firstBoot(folder, true) });
  rows.push({ run, folder: 'existing', 'first accepted boot s': await firstBoot(folder, false) });
  await rm(folder, { recursive: true, force: true });
}
printTable(rows);

/**
 * Seconds until a BootNotification was answered Accepted. On a fresh folder the station is registered in between, with
 * the token that the first start shows; on an existing one it is known.
 */
async function firstBoot(folder: string, isFresh: boolean): Promise<number> {
  const from = performance.now();
  const child = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: {
      ...process.env,
      ...ports,
      BUSBAR_DATA: folder,
      BUSBAR_ALLOW_PROFILE_0: 'true',
      BUSBAR_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  // npm ends before the server does; the pipe is closed when both have.
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    const token = tokenOf(child.stderr);
    token.catch(() => {});
    if (isFresh) await register(await token);
    while (!(await boots())) await new Promise((resolve) => setTimeout(resolve, 5));
    return (performance.now() - from) / 1_000;
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await ended;
  }
}

/** The operator's token, as the first start prints it. Read to the end: a full pipe would hold the server up. */
function tokenOf(output: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    output.on('data', (chunk: Buffer) => {
      text += chunk;
      const [token] = /busbar_[\w-]{43}/.exec(text) ?? [];
      if (token !== undefined) resolve(token);
    });
    output.once('end', () => reject(new Error(`no token was shown: ${text}`)));
  });
}

async function register(token: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${ports.BUSBAR_HTTP_PORT}/api/v1/stations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'START-1', securityProfile: 0 }),
  });
  if (!response.ok) throw new Error(await response.text());
}

function boots(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${ports.BUSBAR_OCPP_PORT}/ocpp/START-1`, 'ocpp2.0.1');
    socket.once('error', () => resolve(false));
    socket.once('open', () => {
      const payload = { reason: 'PowerUp', chargingStation: { vendorName: 'Bench', model: 'B1' } };
      socket.send(JSON.stringify([2, '1', 'BootNotification', payload]));
    });
    socket.once('message', (data) => {
      socket.terminate();
      resolve(JSON.parse(String(data))[2].status === 'Accepted');
    });
  });
}
