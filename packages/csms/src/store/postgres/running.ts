import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { poolConfigOf } from './transport.ts';

/**
 * How to reach the embedded server that another process of ours runs in `folder`; undefined when there is none. From
 * the file that a postmaster keeps: https://www.postgresql.org/docs/current/storage-file-layout.html
 */
export async function findRunning(folder: string): Promise<pg.PoolConfig | undefined> {
  const text = await readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8').catch(() => undefined);
  const [, , , port, socketFolder] = text?.split('\n') ?? [];
  if (port === undefined || socketFolder === undefined) return undefined;
  if (socketFolder !== '') return poolConfigOf({ kind: 'socket', folder: socketFolder });
  const password = await readFile(join(folder, 'password'), 'utf8');
  return poolConfigOf({ kind: 'loopback', port: Number(port), password });
}
