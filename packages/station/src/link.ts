import {
  CallFailed,
  type Clock,
  createOcppClient,
  type IncomingMessage,
  type OcppClient,
  type TlsOptions,
  type Version,
} from '@busbar/ocpp';
import type { Outgoing } from './dialect/dialect.ts';
import type { Random } from './random.ts';
import type { Settings } from './settings.ts';

export interface LinkOptions {
  readonly url: string;
  readonly identity: string;
  readonly versions: readonly Version[];
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly strict: boolean;
  readonly tls: TlsOptions | undefined;
  password(): string | Buffer | undefined;
  onOpen(version: Version): void;
  onClose(): void;
  onCall(call: IncomingMessage): object;
}

/** There is no connection, so nothing was sent. */
export class LinkDown extends Error {
  override readonly name = 'LinkDown';
}

/** The connection was gone before there was an answer: no refusal, and nothing to be learned from it. */
export function isLost(error: unknown): boolean {
  return error instanceof LinkDown || (error instanceof CallFailed && error.reason === 'Closed');
}

/** The station's way to its CSMS: the client end, opened and closed as the station comes and goes. */
export class Link {
  readonly #options: LinkOptions;
  #client: OcppClient | undefined;
  #isUp = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Connects, and again whenever the connection is lost, until `close`. */
  open(): void {
    if (this.#client) return;
    const { url, identity, versions, settings, clock, random, strict, tls } = this.#options;
    const password = this.#options.password();
    const client = createOcppClient({
      url,
      identity,
      versions,
      mode: strict ? 'strict' : 'lenient',
      clock,
      random,
      backoff: settings.backoff,
      pingIntervalMs: settings.pingIntervalSeconds * 1000,
      ...(password !== undefined && { password }),
      ...(tls && { tls }),
      onOpen: ({ version }) => {
        if (this.#client !== client) return;
        this.#isUp = true;
        this.#options.onOpen(version);
      },
      onClose: () => {
        if (this.#client === client) this.#down();
      },
      onCall: (call) => this.#options.onCall(call),
    });
    this.#client = client;
    // A close before the first connection ends the promise; there is nobody to tell.
    client.connect().catch(() => undefined);
  }

  /** Says goodbye. */
  async close(): Promise<void> {
    const client = this.#release();
    await client?.close();
  }

  /** As a cut cable: no goodbye. */
  async cut(): Promise<void> {
    const client = this.#release();
    client?.drop();
    await client?.close();
  }

  /** Cuts the connection and leaves it to the back-off to come again. */
  drop(): void {
    this.#client?.drop();
  }

  /** @throws LinkDown, or the `CallFailed` of the peer */
  async call(message: Pick<Outgoing<unknown>, 'action' | 'payload'>): Promise<object> {
    const peer = this.#isUp ? this.#client?.peer : undefined;
    if (!peer) throw new LinkDown(`no connection for ${message.action}`);
    return peer.call(message.action, message.payload);
  }

  #release(): OcppClient | undefined {
    const client = this.#client;
    this.#client = undefined;
    this.#down();
    return client;
  }

  #down() {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#options.onClose();
  }
}
