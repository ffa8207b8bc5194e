import { userInfo } from 'node:os';

/** How clients reach the server: over a socket in the file system, or, where there is none, over the loopback. */
export type Transport =
  | { readonly kind: 'socket'; readonly folder: string }
  | { readonly kind: 'loopback'; readonly port: number; readonly password: string };

/** The database and the role that own everything of ours; the role is no superuser. */
export const databaseName = 'busbar';
export const roleName = 'busbar';
/** The superuser, for what its owner wants to do by hand. */
export const superuserName = 'postgres';

export type Settings = Readonly<Record<string, string>>;

/** What a small server on a shared machine is run with; what is not named stays as PostgreSQL has it. */
const smallServer: Settings = {
  // Acknowledged means durable. These are PostgreSQL's defaults; they stand here so that nobody wonders.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // One node's pools, the tools of its owner, and room.
  max_connections: '60',
  shared_buffers: '128MB',
  // Fewer full-page images under a steady load of small commits; bounds the replay after a crash to some seconds.
  max_wal_size: '1GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '15min',
  // Disks are solid-state today, queries are short, and a machine of two cores has none to spare for one of them.
  random_page_cost: '1.1',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  // The hot tables are appended to all the time: look at them more often than every minute.
  autovacuum_naptime: '20s',
  log_checkpoints: 'off',
  // The statements' errors reach us with their answers. Their text and values have no place in a file.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_line_prefix: '%m [%p] ',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/** The text of postgresql.conf. `extra` wins over the settings for a small server. */
export function configurationText(options: {
  readonly transport: Transport;
  readonly hasStatStatements: boolean;
  readonly extra: Settings;
}): string {
  const settings = {
    ...listening(options.transport),
    ...(options.hasStatStatements ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
    ...smallServer,
    ...options.extra,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}`);
  return [
    '# Written anew at every start. Settings of your own belong into local.conf in this folder.',
    ...lines,
    "include_if_exists = 'local.conf'",
    '',
  ].join('\n');
}

function listening(transport: Transport): Settings {
  if (transport.kind === 'loopback') {
    return { listen_addresses: '127.0.0.1', port: String(transport.port), unix_socket_directories: '' };
  }
  return {
    listen_addresses: '',
    port: '5432',
    // The setting is a list: double quotes keep a comma or a blank in the path from parting it.
    unix_socket_directories: `"${transport.folder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
  };
}

/**
 * The text of pg_hba.conf: who may log in. Over the socket the operating system says who is asking, and only the user
 * who runs this program is let in (and root, who could read the files anyhow); the loopback asks for the password.
 */
export function accessText(transport: Transport): string {
  return transport.kind === 'socket'
    ? 'local all all peer map=owner\n'
    : 'host all all 127.0.0.1/32 scram-sha-256\n';
}

/** The text of pg_ident.conf: which users of the operating system may be which roles. */
export function identityText(): string {
  const users = new Set([userInfo().username, 'root']);
  return [...users]
    .flatMap((user) => [roleName, superuserName].map((role) => `owner ${doubleQuoted(user)} ${role}`))
    .join('\n')
    .concat('\n');
}

/** Statements that prepare a new cluster, one a line, for the single-user mode of `postgres`. */
export function provisioningText(password: string | undefined, hasStatStatements: boolean): string {
  const statements = [
    `CREATE ROLE ${roleName} LOGIN CREATEDB`,
    `GRANT pg_monitor, pg_checkpoint TO ${roleName}`,
    ...(password === undefined ? [] : [`ALTER ROLE ${roleName} PASSWORD ${quoted(password)}`]),
    ...(hasStatStatements ? ['CREATE EXTENSION pg_stat_statements'] : []),
    ...(hasStatStatements ? [`GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO ${roleName}`] : []),
    `CREATE DATABASE ${databaseName} OWNER ${roleName}`,
  ];
  return `${statements.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function doubleQuoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
