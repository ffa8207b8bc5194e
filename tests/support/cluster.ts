import type pg from 'pg';
import type { Embedded } from '../../packages/csms/src/store/postgres/embedded.ts';

/** Where a postmaster that somebody else started listens, by its pid file. */
export function clusterAt(pidFile: string): pg.ClientConfig {
  const [, , , port = '', host = ''] = pidFile.split('\n');
  return { host, port: Number(port), user: 'busbar', database: 'busbar' };
}

/** For a server that is given BUSBAR_DATABASE_URL. */
export function urlOf({ config }: Embedded): string {
  const { host = '', port = 5432, user = '', password = '', database = '' } = config;
  const login = new URLSearchParams({ host, port: String(port), user, password: String(password) });
  return `postgres:///${database}?${login}`;
}
