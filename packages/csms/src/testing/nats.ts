import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { authority, serverCertificate, serverKey } from '../../../ocpp/src/testing/certificates.ts';

/** A NATS server of a test's own. It ends with the process that started it, however that one ends. */
export interface NatsServer {
  readonly port: number;
  /** Without a user. `localhost` where it has TLS, as in the certificate. */
  readonly url: string;
  /** The files of its certificates. */
  readonly folder: string;
  /** Ends it at once, with every connection, and clears up. It may be started again. */
  stop(): Promise<void>;
  /** Starts it again, on the same port; with other options from now on, if they are given. */
  restart(options?: NatsServerOptions): Promise<void>;
  /** It keeps its connections and says nothing. */
  pause(): void;
  resume(): void;
}

export interface NatsServerOptions {
  readonly user?: { readonly name: string; readonly password: string };
  readonly token?: string;
  /** The public nkey of a user, who comes with a `.creds` file. */
  readonly nkey?: string;
  /** With the tests' certificate for `localhost`; `verify` demands one of the client as well. */
  readonly tls?: 'offer' | 'verify';
  readonly maxPayloadBytes?: number;
  /** What a client may publish and subscribe to. */
  readonly permitted?: string;
}

/** For `skip` of a test: false where the server is installed, and in CI, where nothing may be missing. */
export const withoutNats = findProgram() || process.env.CI ? false : 'no nats-server is installed';

/** @throws Error when it is not installed or does not start */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const program = findProgram();
  if (!program) throw new Error('no nats-server on the PATH or in /usr/sbin: apt-get install nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'busbar-nats-'));
  const port = await freePort();
  let current = await run(program, folder, port, options);
  let set = options;

  return {
    port,
    url: options.tls ? `tls://localhost:${port}` : `nats://127.0.0.1:${port}`,
    folder,
    async stop() {
      await current.end();
      await rm(folder, { recursive: true, force: true });
    },
    async restart(changed = set) {
      set = changed;
      await current.end();
      current = await run(program, folder, port, set);
    },
    pause: () => process.kill(current.pid, 'SIGSTOP'),
    resume: () => process.kill(current.pid, 'SIGCONT'),
  };
}

/** In good time also on a machine that is busy with other things. */
const startTimeoutMs = 20_000;

interface Running {
  readonly pid: number;
  end(): Promise<void>;
}

async function run(
  program: string,
  folder: string,
  port: number,
  options: NatsServerOptions,
): Promise<Running> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'ca.pem'), authority);
  await writeFile(join(folder, 'cert.pem'), serverCertificate);
  await writeFile(join(folder, 'key.pem'), serverKey, { mode: 0o600 });
  const config = join(folder, 'nats.conf');
  const log = join(folder, 'nats.log');
  await writeFile(config, configOf(folder, port, options), { mode: 0o600 });
  // The shell waits for the end of its input, which comes when this process ends, even by SIGKILL; and SIGKILL ends
  // also a server that is stopped.
  const guard = '"$@" 2>>"$0" & echo $!; cat >/dev/null; kill -9 $!; wait $!';
  await rm(log, { force: true });
  const child = spawn('/bin/sh', ['-c', guard, log, program, '-c', config, '-l', log], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.unref();
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  child.stdout.destroy();
  const running: Running = {
    pid: Number(line),
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await greets(port))) {
    const said = await readFile(log, 'utf8').catch(() => '');
    if (Date.now() > deadline || /^nats-server:|\[FTL\]/m.test(said)) {
      await running.end();
      throw new Error(`nats-server did not start: ${said}`);
    }
    await delay(10);
  }
  return running;
}

function configOf(folder: string, port: number, options: NatsServerOptions): string {
  const { user, token, nkey, tls, maxPayloadBytes, permitted } = options;
  const subjects = JSON.stringify(permitted);
  const permissions = permitted ? `, permissions: { publish: [${subjects}], subscribe: [${subjects}] }` : '';
  const file = (name: string) => JSON.stringify(join(folder, name));
  return [
    `listen: "127.0.0.1:${port}"`,
    ...(user
      ? [
          `authorization { users: [{ user: ${JSON.stringify(user.name)}, password: ${JSON.stringify(user.password)}${permissions} }] }`,
        ]
      : []),
    ...(token ? [`authorization { token: ${JSON.stringify(token)} }`] : []),
    ...(nkey ? [`authorization { users: [{ nkey: ${nkey} }] }`] : []),
    ...(tls
      ? [
          `tls { cert_file: ${file('cert.pem')}, key_file: ${file('key.pem')}, ca_file: ${file('ca.pem')}, verify: ${tls === 'verify'} }`,
        ]
      : []),
    ...(maxPayloadBytes ? [`max_payload: ${maxPayloadBytes}`] : []),
    '',
  ].join('\n');
}

/** NATS speaks first. */
async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [data] = await once(socket, 'data');
    return String(data).startsWith('INFO ');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Below those that the system gives out by itself, so that it is still free when the server comes back. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
      return port;
    } catch {
      // Somebody has it; another one is tried.
    } finally {
      probe.close();
    }
  }
}

function findProgram(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
  return folders.map((folder) => join(folder, 'nats-server')).find((path) => existsSync(path));
}
