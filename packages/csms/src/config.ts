import { resolve } from 'node:path';
import { readAddressList } from './address-list.ts';
import { logLevels } from './log.ts';

/** One thing that a user may set. The reference page and the command's help are made from these. */
interface Setting<Value> {
  readonly env: `BUSBAR_${string}`;
  readonly meaning: string;
  /** As a user would write it; undefined when there is none. */
  readonly fallback: string | undefined;
  readonly read: (text: string) => Value;
}

/** Every setting, its default and what it means. Environment over file over default. */
export const settings = {
  databaseUrl: {
    env: 'BUSBAR_DATABASE_URL',
    meaning: 'A PostgreSQL server (15 or later). Without it Busbar runs its own in the data folder.',
    fallback: undefined,
    read: (text: string) => text,
  },
  dataFolder: {
    env: 'BUSBAR_DATA',
    meaning: 'Where the embedded database and the pepper are kept. One server uses one folder.',
    fallback: 'busbar-data',
    read: (text: string) => resolve(text),
  },
  pepper: {
    env: 'BUSBAR_PEPPER',
    meaning:
      "The secret that the hashes of stations' passwords are made with; else the file `pepper` in the data folder.",
    fallback: undefined,
    read: (text: string) => text,
  },
  nodeName: {
    env: 'BUSBAR_NODE_NAME',
    meaning: 'What people call this node where there are several; else the name of the machine.',
    fallback: undefined,
    read: name,
  },
  natsUrl: {
    env: 'BUSBAR_NATS_URL',
    meaning:
      'NATS servers that connect several nodes, by commas: `nats://user:password@host:4222`, or `tls://`. Needs BUSBAR_DATABASE_URL. Without it there is one node.',
    fallback: undefined,
    read: (text: string) => text,
  },
  natsCredentials: {
    env: 'BUSBAR_NATS_CREDENTIALS',
    meaning: 'File with the credentials for NATS (`.creds`), where it wants more than a user and a password.',
    fallback: undefined,
    read: (text: string) => resolve(text),
  },
  natsCa: {
    env: 'BUSBAR_NATS_CA',
    meaning: "PEM file with the authorities that NATS's certificate is checked against; else the system's.",
    fallback: undefined,
    read: (text: string) => resolve(text),
  },
  natsCertificate: {
    env: 'BUSBAR_NATS_CERTIFICATE',
    meaning: 'PEM file with the certificate that this node shows to NATS; needs its key.',
    fallback: undefined,
    read: (text: string) => resolve(text),
  },
  natsKey: {
    env: 'BUSBAR_NATS_KEY',
    meaning: 'PEM file with the private key of that certificate.',
    fallback: undefined,
    read: (text: string) => resolve(text),
  },
  drainDelaySeconds: {
    env: 'BUSBAR_DRAIN_DELAY',
    meaning:
      'Seconds for which a node that is told to end says that it is not ready before it sends its stations away: what the balancer needs to notice.',
    fallback: '0',
    read: whole(0, 600),
  },
  drainSeconds: {
    env: 'BUSBAR_DRAIN',
    meaning:
      'Seconds over which a node that is told to end spreads the farewells to its stations, so that the other nodes take them in without a rush. Few stations take less.',
    fallback: '10',
    read: whole(0, 3_600),
  },
  ocppHost: {
    env: 'BUSBAR_OCPP_HOST',
    meaning: 'Address on which stations connect. `0.0.0.0` for all of this machine.',
    fallback: '127.0.0.1',
    read: (text: string) => text,
  },
  ocppPort: {
    env: 'BUSBAR_OCPP_PORT',
    meaning:
      'Port on which stations connect without TLS (security profiles 0 and 1). 0 takes any that is free.',
    fallback: '9000',
    read: port,
  },
  ocppTlsPort: {
    env: 'BUSBAR_OCPP_TLS_PORT',
    meaning:
      'Port on which stations connect with TLS (security profile 2); needs the certificate and its key.',
    fallback: undefined,
    read: port,
  },
  tlsCertificate: {
    env: 'BUSBAR_TLS_CERTIFICATE',
    meaning: 'PEM file with the certificate of the server and its chain.',
    fallback: undefined,
    read: (text: string) => resolve(text),
  },
  tlsKey: {
    env: 'BUSBAR_TLS_KEY',
    meaning: 'PEM file with the private key of that certificate.',
    fallback: undefined,
    read: (text: string) => resolve(text),
  },
  httpHost: {
    env: 'BUSBAR_HTTP_HOST',
    meaning: 'Address of the HTTP API.',
    fallback: '127.0.0.1',
    read: (text: string) => text,
  },
  httpPort: {
    env: 'BUSBAR_HTTP_PORT',
    meaning: 'Port of the HTTP API. 0 takes any that is free.',
    fallback: '8080',
    read: port,
  },
  metricsAccess: {
    env: 'BUSBAR_METRICS_ACCESS',
    meaning: 'Who may read /metrics: `token` (with the permission metrics:read), `loopback`, `open`.',
    fallback: 'token',
    read: oneOf('token', 'loopback', 'open'),
  },
  proxyProtocolFrom: {
    env: 'BUSBAR_PROXY_PROTOCOL_FROM',
    meaning:
      'Addresses and networks of balancers that put a header of the PROXY protocol (version 1 or 2) before each connection of a station, by commas: `10.0.0.5, 10.1.0.0/16`. From these it is required; from others it is not looked for.',
    fallback: undefined,
    read: readAddressList,
  },
  mostConnections: {
    env: 'BUSBAR_MOST_CONNECTIONS',
    meaning: 'Stations that may be connected to this node at once; more are told to come again.',
    fallback: '20000',
    read: whole(1, 1_000_000),
  },
  stationFramesPerSecond: {
    env: 'BUSBAR_STATION_FRAMES_PER_SECOND',
    meaning:
      'Messages that one station may send for ever; ten times as many at once after a silence. Above it the station is listened to more slowly, and loses nothing. 0: no limit.',
    fallback: '100',
    read: whole(0, 100_000),
  },
  stationBytesPerSecond: {
    env: 'BUSBAR_STATION_BYTES_PER_SECOND',
    meaning:
      'Octets of messages that one station may send for ever; 64 times as many at once after a silence. Above it as for messages. 0: no limit.',
    fallback: '65536',
    read: whole(0, 1_000_000_000),
  },
  stationConnectsPerMinute: {
    env: 'BUSBAR_STATION_CONNECTS_PER_MINUTE',
    meaning:
      'How often one station may connect for ever, and at once after a silence; more often it is told to come again. 0: no limit.',
    fallback: '20',
    read: whole(0, 100_000),
  },
  addressConnections: {
    env: 'BUSBAR_ADDRESS_CONNECTIONS',
    meaning:
      'Sockets of stations that may be open from one address (of IPv6: one /64). Raise it where more stations share a router, or where a balancer does not say who is behind it. 0: no limit.',
    fallback: '2000',
    read: whole(0, 1_000_000),
  },
  addressConnectsPerSecond: {
    env: 'BUSBAR_ADDRESS_CONNECTS_PER_SECOND',
    meaning:
      'New sockets of stations from one address for ever; 40 times as many at once after a silence. 0: no limit.',
    fallback: '50',
    read: whole(0, 100_000),
  },
  unknownStations: {
    env: 'BUSBAR_UNKNOWN_STATIONS',
    meaning:
      'What becomes of a station that nobody registered: `refuse`, or `hold` it pending until an operator decides.',
    fallback: 'refuse',
    read: oneOf('refuse', 'hold'),
  },
  allowProfile0: {
    env: 'BUSBAR_ALLOW_PROFILE_0',
    meaning: 'Whether stations that prove nothing about themselves (security profile 0) may connect.',
    fallback: 'false',
    read: flag,
  },
  heartbeatIntervalSeconds: {
    env: 'BUSBAR_HEARTBEAT_INTERVAL',
    meaning: 'Seconds between the heartbeats of an accepted station.',
    fallback: '300',
    read: whole(1, 86_400),
  },
  pendingIntervalSeconds: {
    env: 'BUSBAR_PENDING_INTERVAL',
    meaning: 'Seconds after which a pending or rejected station boots again.',
    fallback: '60',
    read: whole(1, 86_400),
  },
  messageLog: {
    env: 'BUSBAR_MESSAGE_LOG',
    meaning: 'Whether every message is kept for the inspector.',
    fallback: 'true',
    read: flag,
  },
  messageLogDays: {
    env: 'BUSBAR_MESSAGE_LOG_DAYS',
    meaning: 'Days for which messages are kept.',
    fallback: '30',
    read: whole(1, 3_650),
  },
  meterDays: {
    env: 'BUSBAR_METER_DAYS',
    meaning: 'Days for which meter samples are kept.',
    fallback: '730',
    read: whole(1, 36_500),
  },
  eventDays: {
    env: 'BUSBAR_EVENT_DAYS',
    meaning: 'Days for which events can be replayed.',
    fallback: '30',
    read: whole(1, 3_650),
  },
  messageKeyDays: {
    env: 'BUSBAR_MESSAGE_KEY_DAYS',
    meaning:
      'Days for which a message that is said again is recognised. Longer than any station is without a link.',
    fallback: '365',
    read: whole(1, 3_650),
  },
  operationDays: {
    env: 'BUSBAR_OPERATION_DAYS',
    meaning: 'Days for which operations are kept: the commands that were given, and what came of them.',
    fallback: '365',
    read: whole(1, 36_500),
  },
  findingDays: {
    env: 'BUSBAR_FINDING_DAYS',
    meaning: 'Days for which a finding about a station is kept after it was last seen.',
    fallback: '365',
    read: whole(1, 36_500),
  },
  transactionDays: {
    env: 'BUSBAR_TRANSACTION_DAYS',
    meaning:
      'Days for which transactions that have ended, what stations said of them and messages in quarantine are kept. Without it they are kept for ever.',
    fallback: undefined,
    read: whole(30, 36_500),
  },
  logLevel: {
    env: 'BUSBAR_LOG_LEVEL',
    meaning: `How much is logged: ${logLevels.join(', ')}.`,
    fallback: 'info',
    read: oneOf(...logLevels),
  },
} as const satisfies Record<string, Setting<unknown>>;

type Settings = typeof settings;

/** The configuration, read and checked once. */
export type Config = {
  readonly [Name in keyof Settings]: Settings[Name]['fallback'] extends string
    ? ReturnType<Settings[Name]['read']>
    : ReturnType<Settings[Name]['read']> | undefined;
};

/** A setting has a value that cannot be used. The message names it and says what can be. */
export class ConfigError extends Error {}

/** @throws ConfigError for the first setting at fault, and for a BUSBAR_ variable that is none. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const known = new Set<string>([...Object.values(settings).map(({ env }) => env), ...otherVariables]);
  for (const name of Object.keys(environment)) {
    if (name.startsWith('BUSBAR_') && !known.has(name))
      throw new ConfigError(`${name} is no setting of Busbar`);
  }
  const values = Object.entries(settings).map(([name, setting]) => {
    const text = environment[setting.env] ?? setting.fallback;
    return [name, text === undefined ? undefined : readOne(setting, text)];
  });
  const config = Object.fromEntries(values) as Config;
  if (config.ocppTlsPort !== undefined && !(config.tlsCertificate && config.tlsKey)) {
    throw new ConfigError('BUSBAR_OCPP_TLS_PORT needs BUSBAR_TLS_CERTIFICATE and BUSBAR_TLS_KEY');
  }
  if (config.natsUrl !== undefined && config.databaseUrl === undefined) {
    throw new ConfigError('BUSBAR_NATS_URL needs BUSBAR_DATABASE_URL: nodes share a PostgreSQL server');
  }
  if ((config.natsCertificate === undefined) !== (config.natsKey === undefined)) {
    throw new ConfigError('BUSBAR_NATS_CERTIFICATE and BUSBAR_NATS_KEY are given together');
  }
  return config;
}

/** Read by the tests and the command line, not by the server. */
const otherVariables = [
  'BUSBAR_TEST_DATABASE_URL',
  'BUSBAR_TEST_POSTGRES_BIN',
  'BUSBAR_CONFIG',
  'BUSBAR_TOKEN',
  'BUSBAR_URL',
];

function readOne(setting: Setting<unknown>, text: string): unknown {
  try {
    return setting.read(text.trim());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${setting.env} is "${text.slice(0, 60)}": ${reason}`);
  }
}

function name(text: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw new Error('letters, digits, dots, dashes and underscores are needed, at most 64');
}

function port(text: string): number {
  return whole(0, 65_535)(text);
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new Error(`a whole number from ${least} to ${most} is needed`);
  };
}

function flag(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Error('true or false is needed');
}

function oneOf<const Value extends string>(...values: readonly Value[]): (text: string) => Value {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found) return found;
    throw new Error(`one of ${values.join(', ')} is needed`);
  };
}
