import type { Clock, IncomingMessage, ScheduledRun, Version } from '@busbar/ocpp';
import { OcppError } from '@busbar/ocpp';
import { Authorizer, type AuthorizerHost } from './authorizer.ts';
import type { Commands } from './commands.ts';
import { Delivery, type DeliveryHost } from './delivery.ts';
import { DeviceModel, shapeOf } from './device-model/device-model.ts';
import type {
  BootReason,
  ConnectorState,
  Dialect,
  Nameplate,
  Outgoing,
  TransactionAnswer,
} from './dialect/dialect.ts';
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
import { Settings } from './settings.ts';
import { StationCommands } from './station-commands.ts';

/** How long a restart waits for what it has still to tell. */
const farewellMs = 10_000;

export interface CoreOptions {
  readonly id: string;
  readonly url: string;
  readonly versions: readonly Version[];
  readonly password: string | Buffer | undefined;
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
export class StationCore implements EvseHost, RegistrationHost, DeliveryHost, AuthorizerHost {
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
  dialect: Dialect;
  /** The reset that waits for the last transaction to end. */
  pendingReset: Restart | undefined;
  #offsetMs: number;
  #password: string | Buffer | undefined;
  #isPowered = false;
  #offlineSince: number | undefined;
  #calls = 0;
  readonly #reported = new Map<string, string>();
  readonly #watchers = new Set<() => void>();
  #heartbeat: ScheduledRun | undefined;
  #aligned: ScheduledRun | undefined;
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

  async restart({ bootReason, transactions, abrupt, seconds }: Restart): Promise<void> {
    this.pendingReset = undefined;
    if (typeof transactions === 'object') {
      for (const evse of this.evses) evse.endTransaction(transactions.trigger, transactions.end);
      await this.#settledWithin(farewellMs); // B12.FR.05: what is not delivered by then stays in the queue.
    }
    await this.#powerOff(abrupt);
    await this.#pause((seconds ?? this.options.rebootSeconds) * 1000);
    this.powerOn(bootReason);
    for (const evse of this.evses) evse.regainSupply(transactions === 'lost' ? 'end' : 'resume');
  }

  async stop(): Promise<void> {
    this.#powerUp?.cancel();
    for (const evse of this.evses) evse.rest();
    await this.#powerOff(false);
  }

  async #powerOff(abrupt: boolean) {
    this.#isPowered = false;
    this.registration.begin('PowerUp');
    this.delivery.stop();
    this.#heartbeat?.cancel();
    this.#aligned?.cancel();
    for (const evse of this.evses) evse.loseSupply();
    await (abrupt ? this.link.cut() : this.link.close());
  }

  #pause(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#powerUp = this.options.clock.schedule(ms, resolve);
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
      if (this.#watchers.size > 0) setImmediate(() => this.#notice());
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
    for (let connectorId = 1; connectorId <= evse.layout.connectors.length; connectorId++) {
      this.#tellStatus(evse, connectorId);
    }
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
    this.#reported.clear();
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

  connectorState(evse: Evse, connectorId: number): ConnectorState {
    const isPlugged = evse.connectorId === connectorId;
    const { chargingState } = evse;
    const isTransferring = chargingState !== 'Idle' && chargingState !== 'EVConnected';
    return {
      evseId: evse.id,
      connectorId,
      isOperative: this.availability.isOperative(evse.id, connectorId),
      fault: evse.fault,
      isPlugged,
      isAuthorized: evse.authorization !== undefined,
      isFinishing: isPlugged && evse.finishing,
      chargingState: evse.transaction && isPlugged && isTransferring ? chargingState : undefined,
    };
  }

  /** Sends the status of these connectors whether it changed or not. */
  tellStatusAgain(evse: Evse, connectorId: number): void {
    this.#reported.delete(`${evse.id}.${connectorId}`);
    this.#tellStatus(evse, connectorId);
  }

  tellStationStatus(): void {
    const message = this.dialect.stationStatus?.(this.availability.stationIsOperative, this.now());
    if (message && this.isReady) this.tell(message);
  }

  #tellStatus(evse: Evse, connectorId: number) {
    if (!this.isReady) return;
    const key = `${evse.id}.${connectorId}`;
    const state = this.connectorState(evse, connectorId);
    const status = this.dialect.statusOf(state);
    if (this.#reported.get(key) === status) return;
    this.#reported.set(key, status);
    this.exchange(this.dialect.statusNotification(state, this.now())).catch(() => this.#reported.delete(key));
  }

  #availabilityChanged(evse: Evse | undefined) {
    if (!evse) this.tellStationStatus();
    for (const changed of evse ? [evse] : this.evses) this.changed(changed);
  }

  #connected(version: Version) {
    this.dialect = dialectOf(version);
    if (this.registration.status === 'Accepted') {
      const offlineMs = this.now() - (this.#offlineSince ?? this.now());
      if (offlineMs > this.settings.offlineThresholdSeconds * 1000) this.#reported.clear(); // B04.FR.01
      this.#goOnline();
    } else {
      this.registration.connected();
    }
    this.#offlineSince = undefined;
    this.#notice();
  }

  #disconnected() {
    this.#offlineSince = this.now();
    this.#heartbeat?.cancel();
    this.delivery.stop();
    this.#notice();
  }

  #goOnline() {
    if (this.#reported.size === 0) this.tellStationStatus();
    for (const evse of this.evses) this.changed(evse); // B01.FR.05, B04.FR.02
    this.#planHeartbeat();
    this.#planAligned();
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
    if (what === 'HeartbeatInterval') this.#planHeartbeat();
    if (what === 'Interval') this.#planAligned();
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

  #planHeartbeat() {
    this.#heartbeat?.cancel();
    if (!this.isReady) return;
    this.#heartbeat = this.schedule(this.settings.heartbeatIntervalSeconds * 1000, () => {
      this.tell(this.dialect.heartbeat());
      this.#planHeartbeat();
    });
  }

  #planAligned() {
    this.#aligned?.cancel();
    const intervalMs = this.settings.alignedIntervalSeconds * 1000;
    if (intervalMs === 0) return;
    this.#aligned = this.schedule(intervalMs - (this.now() % intervalMs), () => {
      this.#readAligned();
      this.#planAligned();
    });
  }

  #readAligned() {
    const { alignedMeasurands } = this.settings;
    if (alignedMeasurands.length === 0) return;
    for (const evse of this.evses) {
      if (evse.transaction) evse.report('MeterValueClock', alignedMeasurands);
      else if (this.isReady) {
        this.tell(this.dialect.meterValues(evse.id, evse.read('Sample.Clock', alignedMeasurands)));
      }
    }
  }
}
