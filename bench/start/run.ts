import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { printTable } from '../measure/table.ts';

/** From `npm start` to the first boot that is answered, on a fresh data folder and on one that is there. */
const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '3' } } });
const root = new URL('../..', import.meta.url).pathname;

const rows: Record<string, string | number>[] = [];
for (let run = 1; run <= Number(options.runs); run++) {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-bench-start-'));
  rows.push({ run, folder: 'fresh', 'first boot answered s': await firstBoot(folder) });
  rows.push({ run, folder: 'existing', 'first boot answered s': await firstBoot(folder) });
  await rm(folder, { recursive: true, force: true });
}
printTable(rows);

/** Seconds until the BootNotification of a station was answered, its facts committed. */
async function firstBoot(folder: string): Promise<number> {
  const from = performance.now();
  const child = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: {
      ...process.env,
      BUSBAR_DATA: folder,
      BUSBAR_OCPP_PORT: '9102',
      BUSBAR_HTTP_PORT: '0',
      BUSBAR_UNKNOWN_STATIONS: 'hold',
      BUSBAR_ALLOW_PROFILE_0: 'true',
      BUSBAR_LOG_LEVEL: 'warn',
    },
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    while (!(await boots())) await new Promise((resolve) => setTimeout(resolve, 5));
    return (performance.now() - from) / 1_000;
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await ended;
  }
}

/** A station that nobody registered is held: its boot is answered Pending, from the same path as an accepted one. */
function boots(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket('ws://127.0.0.1:9102/ocpp/START-1', 'ocpp2.0.1');
    socket.once('error', () => resolve(false));
    socket.once('open', () => {
      const payload = { reason: 'PowerUp', chargingStation: { vendorName: 'Bench', model: 'B1' } };
      socket.send(JSON.stringify([2, '1', 'BootNotification', payload]));
    });
    socket.once('message', () => {
      socket.terminate();
      resolve(true);
    });
  });
}
