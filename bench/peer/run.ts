import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Calls over real sockets, both ends in one process: `@busbar/ocpp`, npm's `ocpp-rpc` with strict validation, and
 * bare `ws` with Ajv. Each measurement has a process of its own; the contestants take turns, and the median counts.
 */
const rounds = Number(process.env.ROUNDS ?? 3);
const contestants = ['bare', 'busbar', 'ocpp-rpc'] as const;
const benchVersions = ['1.6', '2.0.1'] as const;

interface Figures {
  readonly callsPerSecond: number;
  /** Of the process, kernel included. */
  readonly cpuMicroseconds: number;
  /** Without the kernel, whose work on the sockets is the same for all. */
  readonly userMicroseconds: number;
}

const measured = new Map<string, Figures[]>();
const measureFile = fileURLToPath(new URL('measure.ts', import.meta.url));
for (let round = 0; round < rounds; round++) {
  for (const version of benchVersions) {
    for (const name of contestants) {
      const { stdout } = await promisify(execFile)(process.execPath, [measureFile, name, version]);
      const key = `${version} ${name}`;
      measured.set(key, [...(measured.get(key) ?? []), JSON.parse(stdout)]);
    }
  }
}

console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, median of ${rounds}\n`);
console.log(
  '| version | contestant | calls/s | CPU per call | against ocpp-rpc | user CPU per call | against ocpp-rpc |',
);
console.log('|---|---|---:|---:|---:|---:|---:|');
for (const version of benchVersions) {
  for (const name of contestants) {
    const figure = (which: keyof Figures, of: string = name) => median(`${version} ${of}`, which);
    const less = (which: keyof Figures) => `${(figure(which, 'ocpp-rpc') / figure(which)).toFixed(1)} x less`;
    const cells = [
      version,
      name,
      Math.round(figure('callsPerSecond')).toLocaleString('en'),
      `${figure('cpuMicroseconds').toFixed(1)} us`,
      less('cpuMicroseconds'),
      `${figure('userMicroseconds').toFixed(1)} us`,
      less('userMicroseconds'),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function median(key: string, which: keyof Figures): number {
  const values = (measured.get(key) ?? []).map((figures) => figures[which]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}
