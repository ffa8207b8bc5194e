import { type Clock, type ScheduledRun, systemClock } from '../clock.ts';
import type { Peer } from '../peer/peer.ts';
import { type SharedByPeers, shareAmongPeers } from '../peer/shared.ts';
import { closeCode } from '../socket/owned-socket.ts';
import type { Version } from '../version.ts';
import { BackoffWaits, defaultBackoff } from './backoff.ts';
import type { OcppClient, OcppClientOptions } from './client.ts';
import { ClientConnection, UpgradeRefused } from './client-connection.ts';

/** What a server may ask for; a longer one is a mistake that would keep the station away. */
const mostRetryAfterSeconds = 600;

/** The station's end: keeps one connection to a CSMS, whatever happens to it. */
export function createOcppClient(options: OcppClientOptions): OcppClient {
  return new StationClient(options);
}

class StationClient implements OcppClient {
  readonly #options: OcppClientOptions;
  readonly #clock: Clock;
  readonly #shared: SharedByPeers;
  readonly #waits: BackoffWaits;
  #connection: ClientConnection | undefined;
  #first: PromiseWithResolvers<Peer> | undefined;
  #retry: ScheduledRun | undefined;
  #attempt = 0;
  #isClosed = false;

  constructor(options: OcppClientOptions) {
    const { clock = systemClock, limits = {}, newMessageId, backoff, random = Math.random } = options;
    this.#options = options;
    this.#clock = clock;
    this.#shared = shareAmongPeers({ clock, limits, ...(newMessageId && { newMessageId }) });
    this.#waits = new BackoffWaits({ ...defaultBackoff, ...backoff }, random);
  }

  get peer(): Peer | undefined {
    return this.#connection?.isOpen ? this.#connection.peer : undefined;
  }

  get version(): Version | undefined {
    return this.peer?.version;
  }

  connect(): Promise<Peer> {
    if (this.#isClosed) return Promise.reject(new Error(`The client of ${this.#options.identity} is closed`));
    if (this.#first === undefined) {
      this.#first = Promise.withResolvers();
      this.#open();
    }
    return this.#first.promise;
  }

  drop(): void {
    this.#connection?.terminate();
  }

  async close(code: number = closeCode.normal, reason = ''): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#first?.reject(
      new Error(`The client of ${this.#options.identity} was closed before it was connected`),
    );
    await this.#connection?.close(code, reason);
  }

  #open(): void {
    this.#retry = undefined;
    this.#attempt++;
    const connection = new ClientConnection(this.#options, this.#shared, {
      opened: (peer) => {
        this.#attempt = 0;
        this.#waits.reset();
        this.#options.onOpen?.({ version: peer.version, peer });
        this.#first?.resolve(peer);
      },
      refused: (error) => this.#openLater(error),
      closed: (code, reason) => {
        this.#options.onClose?.(code, reason);
        this.#openLater();
      },
    });
    this.#connection = connection;
  }

  /** After a loss or a failed attempt (2.x Part 4, section 5.4). */
  #openLater(error?: Error): void {
    this.#connection = undefined;
    if (this.#isClosed) return;
    const delayMs = Math.max(this.#waits.nextMs(), toldToWaitMs(error));
    if (error !== undefined) this.#options.onConnectFailed?.({ error, attempt: this.#attempt, delayMs });
    // Until the next attempt nothing else may hold the process.
    this.#retry = this.#clock.schedule(delayMs, () => this.#open(), { keepsProcess: true });
  }
}

/** A server that has too much to do says for how long it has. */
function toldToWaitMs(error: Error | undefined): number {
  if (!(error instanceof UpgradeRefused)) return 0;
  return Math.min(error.retryAfterSeconds ?? 0, mostRetryAfterSeconds) * 1_000;
}
