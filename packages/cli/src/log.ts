import { type Config, createLog, type Log } from '@busbar/csms';
import { readableLines } from './readable-lines.ts';

/** Sentences at a terminal, JSON lines for a program that collects them. */
export function createProcessLog(level: Config['logLevel']): Log {
  return process.stdout.isTTY
    ? createLog({ level, destination: readableLines(process.stdout) })
    : createLog({ level });
}
