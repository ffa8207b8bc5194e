import type { Clock, IncomingMessage, ScheduledRun, TlsOptions, Version } from '@busbar/ocpp';
import { OcppError } from '@busbar/ocpp';
import { Authorizer, type AuthorizerHost } from './authorizer.ts';
import type { Commands } from './commands.ts';
import { Delivery, type DeliveryHost } from './delivery.ts';
import { DeviceModel, shapeOf } from './device-model/device-model.ts';
import type { BootReason, Dialect, Nameplate, Outgoing, TransactionAnswer } from './dialect/dialect.ts';
import { dialectOf } from './dialect/dialects.ts';
import { Availability } from './evse/availability.ts';
import { Evse } from './evse/evse.ts';
import type { EvseHost } from './evse/host.ts';
import type { EvseLayout } from './evse/layout.ts';
import type { StoppedReason, TransactionEvent, TriggerReason } from './evse/transaction.ts';
import type { IdToken } from './id-token.ts';
import { Link } from './link.ts';
import { liveValue } from './live-value.ts';
import type { Random } from './random.ts';
import { Registration, type RegistrationHost } from './registration.ts';
import { Rhythm, type RhythmHost } from './rhythm.ts';
import { Settings } from './settings.ts';
import { StationCommands } from './station-commands.ts';
import { type StatusHost, StatusReports } from './status-reports.ts';

/** How long a restart waits for what it has still to tell. */
const farewellMs = 10_000;

export interface CoreOptions {
  readonly id: string;
  readonly url: string;
  readonly versions: readonly Version[];
  readonly password: string | Buffer | undefined;
  readonly tls: TlsOptions | undefined;
  readonly evses: readonly EvseLayout[];
  readonly nameplate: Nameplate;
  readonly deviceModelSize: number;
  readonly configuration: Readonly<Record<string, string>>;
  readonly rebootSeconds: number;
  readonly clockOffsetSeconds: number;
  readonly strict: boolean;
  readonly clock: Clock;
  readonly random: Random;
  newId(): string;
  onAcknowledged: ((record: Acknowledged) => void) | undefined;
  onFailed: ((failure: Failure) => void) | undefined;
}

/** A CALL of the station that had no good end. */
export interface Failure {
  readonly stationId: string;
  readonly action: string;
  /** A `CallFailed`, or a `LinkDown` when there was nothing to send it over. */
  readonly error: unknown;
}

/** A CALL of the station that the CSMS answered with a CALLRESULT. */
export interface Acknowledged {
  readonly stationId: string;
  readonly version: Version;
  readonly action: string;
  readonly payload: object;
  readonly answer: object;
  /** Milliseconds since the epoch, by the clock given, whatever the station's own says. */
  readonly at: number;
}

const nothingPlanned: ScheduledRun = { cancel: () => undefined };

/** How a station goes down and comes back. */
export interface Restart {
  readonly bootReason: BootReason;
  /** What becomes of transactions: told as ended before, resumed after, or found dead after. */
  readonly transactions: { readonly end: StoppedReason; readonly trigger: TriggerReason } | 'resume' | 'lost';
  /** The link is cut without a goodbye. */
  readonly abrupt: boolean;
  readonly seconds?: number;
}

/** The parts of one station and what they ask of each other. */
export class StationCore
  implements EvseHost, RegistrationHost, DeliveryHost, AuthorizerHost, StatusHost, RhythmHost
{
  readonly options: CoreOptions;
  readonly evses: readonly Evse[];
  readonly model: DeviceModel;
  readonly settings: Settings;
  readonly availability: Availability;
  readonly registration: Registration;
  readonly delivery: Delivery;
  readonly authorizer: Authorizer;
  readonly link: Link;
  readonly commands: Commands;
  readonly statuses: StatusReports;
  readonly #rhythm: Rhythm;
  dialect: Dialect;
  /** The reset that waits for the last transaction to end. */
  pendingReset: Restart | undefined;
  #offsetMs: number;
  #password: string | Buffer | undefined;
  #isPowered = false;
  #isStopped = false;
  #restarting: Promise<void> | undefined;
  #offlineSince: number | undefined;
  #calls = 0;
  readonly #watchers = new Set<() => void>();
  #powerUp: ScheduledRun | undefined;

  constructor(options: CoreOptions) {
    this.options = options;
    this.dialect = dialectOf(options.versions[0] ?? '2.1');
    this.#offsetMs = options.clockOffsetSeconds * 1000;
    this.#password = options.password;
    this.model = new DeviceModel(
      shapeOf(options.evses, options.deviceModelSize),
      (variable) => liveValue(variable, this),
      (variable, value) => this.#configured(variable.name?.variable ?? variable.key, value),
    );
    for (const [path, value] of Object.entries(options.configuration)) this.model.set(path, value);
    this.settings = new Settings(this.model, () => this.dialect.fixedTxPoints);
    this.evses = options.evses.map((layout, index) => new Evse(index + 1, layout, this));
    this.availability = new Availability(this.evses, (evse) => this.#availabilityChanged(evse));
    this.statuses = new StatusReports(this);
    this.#rhythm = new Rhythm(this);
    this.registration = new Registration(this);
    this.delivery = new Delivery(this);
    this.authorizer = new Authorizer(this);
    this.commands = new StationCommands(this);
    this.link = new Link({
      url: options.url,
      identity: options.id,
      versions: options.versions,
      settings: this.settings,
      clock: options.clock,
      random: options.random,
      strict: options.strict,
      tls: options.tls,
      password: () => this.#password,
      onOpen: (version) => this.#connected(version),
      onClose: () => this.#disconnected(),
      onCall: (call) => this.#called(call),
    });
  }

  get random(): Random {
    return this.options.random;
  }

  get rules(): Settings {
    return this.settings;
  }

  get isOnline(): boolean {
    return this.link.isUp;
  }

  /** Connected and accepted: messages of its own accord may leave (B01.FR.08, B02.FR.02). */
  get isReady(): boolean {
    return this.link.isUp && this.registration.status === 'Accepted';
  }

  get isPowered(): boolean {
    return this.#isPowered;
  }

  get isCharging(): boolean {
    return this.evses.some(({ transaction }) => transaction !== undefined);
  }

  now(): number {
    return this.options.clock.now() + this.#offsetMs;
  }

  /** Sets the station's clock ahead: for time that is simulated. */
  skip(ms: number): void {
    this.#offsetMs += ms;
  }

  newId(): string {
    return this.options.newId();
  }

  /** Without power nothing is planned; what has to go on is planned anew when it is back. */
  schedule(delayMs: number, run: () => void): ScheduledRun {
    return this.#isPowered ? this.options.clock.schedule(delayMs, run) : nothingPlanned;
  }

  powerOn(reason: BootReason): void {
    this.#isPowered = true;
    this.#offlineSince = this.now();
    this.registration.begin(reason);
    this.link.open();
  }

  /** Goes down and comes back; while it is at that, another wish to do so is the same one. */
  restart(how: Restart): Promise<void> {
    this.#restarting ??= this.#restart(how).finally(() => {
      this.#restarting = undefined;
    });
    return this.#restarting;
  }

  async #restart({ bootReason, transactions, abrupt, seconds }: Restart): Promise<void> {
    this.pendingReset = undefined;
    if (typeof transactions === 'object') {
      for (const evse of this.evses) evse.endTransaction(transactions.trigger, transactions.end);
      await this.#settledWithin(farewellMs); // B12.FR.05: what is not delivered by then stays in the queue.
    }
    await this.#powerOff(abrupt);
    await this.#pause((seconds ?? this.options.rebootSeconds) * 1000);
    if (this.#isStopped) return;
    this.powerOn(bootReason);
    for (const evse of this.evses) evse.regainSupply(transactions === 'lost' ? 'end' : 'resume');
  }

  /** For good. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#powerUp?.cancel();
    for (const evse of this.evses) evse.rest();
    await this.#powerOff(false);
  }

  async #powerOff(abrupt: boolean) {
    this.#isPowered = false;
    this.registration.begin('PowerUp');
    this.delivery.stop();
    this.#rhythm.stop();
    for (const evse of this.evses) evse.loseSupply();
    await (abrupt ? this.link.cut() : this.link.close());
  }

  #pause(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#powerUp = this.options.clock.schedule(ms, resolve, { keepsProcess: true });
    });
  }

  /** Makes a CALL and hears what the answer says. Rejects with LinkDown or CallFailed. */
  async exchange<Answer>(message: Outgoing<Answer>): Promise<Answer> {
    this.#calls++;
    try {
      const answer = await this.link.call(message);
      this.options.onAcknowledged?.({
        stationId: this.options.id,
        version: this.dialect.version,
        action: message.action,
        payload: message.payload,
        answer,
        at: this.options.clock.now(),
      });
      return message.read(answer);
    } catch (error) {
      this.options.onFailed?.({ stationId: this.options.id, action: message.action, error });
      throw error;
    } finally {
      this.#calls--;
      // After those who wait for the answer itself have done what follows from it.
      setImmediate(() => this.#notice());
    }
  }

  /** For what nobody waits for: a failure changes nothing. */
  tell(message: Outgoing<void>): void {
    this.exchange(message).catch(() => undefined);
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await this.until(() => this.#isQuiet);
  }

  /** Resolves when this holds; looked at whenever an exchange ends or the link or registration changes. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const watcher = () => {
        if (!holds()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  get #isQuiet(): boolean {
    return this.#calls === 0 && this.delivery.isResting;
  }

  #notice() {
    for (const watcher of [...this.#watchers]) watcher();
  }

  async #settledWithin(ms: number): Promise<void> {
    let isLate = false;
    const limit = this.schedule(ms, () => {
      isLate = true;
      this.#notice();
    });
    await this.until(() => isLate || this.#isQuiet);
    limit.cancel();
  }

  // EvseHost

  record(event: TransactionEvent): void {
    this.delivery.add(event);
  }

  changed(evse: Evse): void {
    this.statuses.changed(evse);
  }

  transactionEnded(): void {
    this.availability.transactionEnded();
    const { pendingReset } = this;
    if (!pendingReset || this.isCharging) return;
    setImmediate(() => void this.restart(pendingReset));
  }

  // RegistrationHost

  sendBoot(reason: BootReason) {
    return this.exchange(this.dialect.bootNotification(this.options.nameplate, reason));
  }

  accepted(intervalSeconds: number): void {
    if (intervalSeconds > 0) this.model.set('OCPPCommCtrlr.HeartbeatInterval', String(intervalSeconds)); // B01.FR.04
    this.statuses.forget();
    this.#goOnline();
  }

  // DeliveryHost

  translate(event: TransactionEvent): Outgoing<TransactionAnswer> | undefined {
    return this.dialect.transactionEvent(event);
  }

  delivered({ transaction, idToken }: TransactionEvent, { number, token }: TransactionAnswer): void {
    if (number !== undefined) transaction.number = number;
    if (!token) return;
    if (idToken) this.authorizer.remember(idToken, token);
    const evse = this.evses.find((candidate) => candidate.transaction === transaction);
    if (!evse?.authorization) return;
    if (token.status !== 'Accepted')
      evse.deauthorize(); // E05
    else if (token.group) evse.authorization = { ...evse.authorization, group: token.group };
  }

  // AuthorizerHost

  ask(idToken: IdToken) {
    return this.exchange(this.dialect.authorize(idToken));
  }

  #availabilityChanged(evse: Evse | undefined) {
    if (!evse) this.statuses.station();
    for (const changed of evse ? [evse] : this.evses) this.statuses.changed(changed);
  }

  #connected(version: Version) {
    this.dialect = dialectOf(version);
    if (this.registration.status === 'Accepted') {
      const offlineMs = this.now() - (this.#offlineSince ?? this.now());
      if (offlineMs > this.settings.offlineThresholdSeconds * 1000) this.statuses.forget(); // B04.FR.01
      this.#goOnline();
    } else {
      this.registration.connected();
    }
    this.#offlineSince = undefined;
    this.#notice();
  }

  #disconnected() {
    this.#offlineSince = this.now();
    this.delivery.stop();
    this.#notice();
  }

  #goOnline() {
    if (this.statuses.hasForgotten) this.statuses.station();
    for (const evse of this.evses) this.statuses.changed(evse); // B01.FR.05, B04.FR.02
    this.#rhythm.planHeartbeat();
    this.#rhythm.planAligned();
    this.delivery.resume();
    this.#notice();
  }

  #called(call: IncomingMessage): object {
    if (this.registration.status === 'Rejected') {
      throw new OcppError('SecurityError', 'the station was rejected'); // B03.FR.08
    }
    const { answer, afterwards } = this.dialect.obey(call, this.commands);
    // F06.FR.04: the answer leaves first.
    if (afterwards) setImmediate(afterwards);
    return answer;
  }

  #configured(what: string | undefined, value: string) {
    if (what === 'HeartbeatInterval') this.#rhythm.planHeartbeat();
    if (what === 'Interval') this.#rhythm.planAligned();
    if (what === 'BasicAuthPassword') this.#passwordChanged(value);
    if (what === 'AuthorizationKey') this.#passwordChanged(Buffer.from(value, 'hex'));
  }

  /** A01.FR.04: the new password is proved at once by connecting with it. */
  #passwordChanged(password: string | Buffer) {
    this.#password = password;
    setImmediate(async () => {
      await this.link.close();
      if (this.#isPowered) this.link.open();
    });
  }
}
