import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createLog } from '../../packages/csms/src/log.ts';
import { startEmbedded } from '../../packages/csms/src/store/postgres/embedded.ts';

/** A PostgreSQL for a bench, with nothing about durability relaxed. */
export interface BenchDatabase extends AsyncDisposable {
  readonly pid: number;
  /** Makes an empty database and gives its URL. */
  create(name: string): Promise<string>;
  /** `fsync`, `synchronous_commit`, `full_page_writes` and the version, as the server itself says. */
  settings(): Promise<string>;
  /** Statements, rows and blocks touched since the last call, over all databases, functions' own statements included. */
  statements(): Promise<{ calls: number; rows: number; blocks: number; top: string[] }>;
}

/** @param parent where its folder is made; the folder goes with it. */
export async function startBenchDatabase(parent: string = tmpdir()): Promise<BenchDatabase> {
  const folder = await mkdtemp(join(parent, 'busbar-bench-'));
  const embedded = await startEmbedded({
    folder,
    log: createLog({ level: 'silent' }),
    settings: { 'pg_stat_statements.track': 'all' },
  });
  const admin = new pg.Client({ ...embedded.config, user: 'postgres', database: 'postgres' });
  await admin.connect();
  await admin.query('create extension if not exists pg_stat_statements');
  const pid = embedded.pid();
  if (pid === undefined) throw new Error('PostgreSQL did not start');
  const { host, port } = embedded.config;
  return {
    pid,
    async create(name) {
      await admin.query(`create database ${name} owner busbar`);
      return `postgres://busbar@localhost/${name}?host=${encodeURIComponent(String(host))}&port=${port ?? 5432}`;
    },
    async settings() {
      const { rows } = await admin.query(
        `select string_agg(name || '=' || setting, ' ' order by name) as text from pg_settings
         where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'server_version')`,
      );
      return rows[0].text;
    },
    async statements() {
      const { rows } = await admin.query(
        `select sum(calls)::float8 as calls, sum(rows)::float8 as rows,
           sum(shared_blks_hit + shared_blks_read)::float8 as blocks from pg_stat_statements
         where query not like '%pg_stat_statements%'`,
      );
      const { rows: top } = await admin.query(
        `select round(total_exec_time)::text || ' ms, ' || calls || ' calls: ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as line
         from pg_stat_statements order by total_exec_time desc limit 14`,
      );
      await admin.query('select pg_stat_statements_reset()');
      const { calls, rows: touched, blocks } = rows[0];
      return { calls: calls ?? 0, rows: touched ?? 0, blocks: blocks ?? 0, top: top.map(({ line }) => line) };
    },
    async [Symbol.asyncDispose]() {
      await admin.end();
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
