import { type Child, start } from './child.ts';

/** Where the bench's stations find the server. */
export const busbarUrl = 'ws://127.0.0.1:9101/ocpp';

/** Busbar in a process of its own, with the young generation that `npm start` gives it; wait for its `ready`. */
export function startBusbar(
  databaseUrl: string,
  folder: string,
  flags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Child {
  return start(
    '../csms/server.ts',
    {
      BUSBAR_DATABASE_URL: databaseUrl,
      BUSBAR_DATA: folder,
      BUSBAR_OCPP_PORT: '9101',
      BUSBAR_HTTP_PORT: '0',
      BUSBAR_ALLOW_PROFILE_0: 'true',
      BUSBAR_LOG_LEVEL: 'warn',
      // All stations of a bench come from this machine.
      BUSBAR_ADDRESS_CONNECTIONS: '0',
      BUSBAR_ADDRESS_CONNECTS_PER_SECOND: '0',
      ...environment,
    },
    ['--max-semi-space-size=32', ...flags],
  );
}
