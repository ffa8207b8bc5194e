import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { MigrateOptions } from '../store/migrate.ts';

/** A folder of migrations, gone with the test. */
export async function migrationsOf(
  test: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'busbar-migrations-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql);
  return folder;
}

/** What a migrating process is told. */
export interface MigrationOrder extends MigrateOptions {
  readonly url: string;
}

/** What came of it. */
export type MigrationResult = { readonly done: readonly string[] } | { readonly failed: string };

/** A process of its own that migrates, and ends with the test. */
export function migrateInProcess(
  test: TestContext,
  order: MigrationOrder,
): { readonly child: ChildProcess; readonly result: Promise<MigrationResult> } {
  const child = fork(join(import.meta.dirname, 'migrating-process.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  test.after(() => child.kill('SIGKILL'));
  child.send(order);
  return { child, result: once(child, 'message').then(([result]) => result) };
}
