import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

export type Log = Logger;

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Names under which a secret could reach a log line; hidden at the top and one and two levels below it. */
const secretNames = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'basicAuthPassword',
  'token',
  'secret',
  'pepper',
  'privateKey',
  'connectionString',
  'body',
];

/**
 * One JSON line per entry. Never log a frame or a body as such: the catalogue's `redact` comes first. The
 * redaction here is the second fence, for what slips through by name.
 */
export function createLog(options: { level: LogLevel; destination?: DestinationStream }): Log {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.err, error: stdSerializers.err },
      redact: {
        paths: secretNames.flatMap((name) => ['', '*', '*.*'].map((above) => `${above}["${name}"]`)),
        censor: '***',
      },
    },
    options.destination ?? process.stdout,
  );
}
