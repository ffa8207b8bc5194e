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

const measured = new Map<string, { callsPerSecond: number; cpuMicroseconds: number }[]>();
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
console.log('| version | contestant | calls/s | CPU per call | CPU against ocpp-rpc | CPU against bare |');
console.log('|---|---|---:|---:|---:|---:|');
for (const version of benchVersions) {
  const cpuOf = (name: string) => median(`${version} ${name}`, 'cpuMicroseconds');
  for (const name of contestants) {
    const cpu = cpuOf(name);
    const callsPerSecond = Math.round(median(`${version} ${name}`, 'callsPerSecond')).toLocaleString('en');
    const ahead = `${(cpuOf('ocpp-rpc') / cpu).toFixed(1)} x less`;
    const above = `${(cpu / cpuOf('bare')).toFixed(2)} x`;
    console.log(`| ${version} | ${name} | ${callsPerSecond} | ${cpu.toFixed(1)} us | ${ahead} | ${above} |`);
  }
}

function median(key: string, figure: 'callsPerSecond' | 'cpuMicroseconds'): number {
  const values = (measured.get(key) ?? []).map((measurement) => measurement[figure]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}
