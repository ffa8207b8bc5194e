import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '../..');

/** The files of the repository whose names end so, from its root: those that git has, and those that it would take. */
export function filesEnding(...endings: readonly string[]): string[] {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
    .toString()
    .split('\n')
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .filter((name) => existsSync(resolve(root, name)));
}
