import { randomUUID } from 'node:crypto';
import {
  versions as allVersions,
  type Clock,
  systemClock,
  type TlsOptions,
  type Version,
} from '@busbar/ocpp';
import { mayStop } from './authorizer.ts';
import { type Acknowledged, type Failure, StationCore } from './core.ts';
import type { Nameplate } from './dialect/dialect.ts';
import { defaultVehicle, type VehicleProfile } from './energy/vehicle.ts';
import type { Evse } from './evse/evse.ts';
import type { EvseLayout, FaultCode } from './evse/layout.ts';
import type { ChargingState, StoppedReason, TriggerReason } from './evse/transaction.ts';
import type { IdToken, TokenStatus } from './id-token.ts';
import type { Random } from './random.ts';
import type { RegistrationStatus } from './registration.ts';

export interface StationOptions {
  /** The identity, as in the path of the connection. */
  readonly id: string;
  /** The endpoint without the identity: `ws://127.0.0.1:8080/ocpp`. */
  readonly url: string;
  /** Offered in this order. Default: all, newest first. */
  readonly versions?: readonly Version[];
  /**
   * For Basic authentication (security profiles 1 and 2). Of a station that speaks 1.6 alone, a text of 32 to 40
   * hexadecimal digits is an AuthorizationKey and is sent as the octets that it stands for.
   */
  readonly password?: string | Buffer;
  /** Whom to trust, and with what certificate to come (security profiles 2 and 3). */
  readonly tls?: TlsOptions;
  /** EVSE n is the n-th of these. Default: one, 22 kW on three phases, with one socket. */
  readonly evses?: readonly EvseLayout[];
  readonly nameplate?: Partial<Nameplate>;
  /** At least so many variables; the standard's own are always there. */
  readonly deviceModelSize?: number;
  /** First values, by component and variable: `{ 'TxCtrlr.TxStartPoint': 'EVConnected' }`. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** How long a reboot takes. Default 1. */
  readonly rebootSeconds?: number;
  /** How far the station's own clock is off. Default 0. */
  readonly clockOffsetSeconds?: number;
  /** Whether its end of the connection refuses what breaks the schema. Default true. */
  readonly strict?: boolean;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Makes the ids of transactions; never the same twice, not even after a restart (E01.FR.08). */
  readonly newId?: () => string;
  /** Hears of every CALL that the CSMS answered with a CALLRESULT. */
  readonly onAcknowledged?: (record: Acknowledged) => void;
  /** Hears of every CALL that had no good end. */
  readonly onFailed?: (failure: Failure) => void;
}

/** One charging station in software. Each act resolves when what it led to has been said and answered. */
export interface Station {
  readonly id: string;
  /** The version spoken, or last spoken; before the first connection the one that is preferred. */
  readonly version: Version;
  readonly isOnline: boolean;
  readonly registration: RegistrationStatus;
  readonly evses: readonly EvseView[];
  /** Transaction messages that the CSMS has not confirmed. */
  readonly messagesWaiting: number;

  /** Powers it up and resolves when the CSMS has accepted it. */
  start(): Promise<void>;
  /** Ends for good: no timer and no socket is left. */
  stop(): Promise<void>;

  plugIn(evseId?: number, connectorId?: number, vehicle?: Partial<VehicleProfile>): Promise<void>;
  unplug(evseId?: number): Promise<void>;
  /**
   * Holds a token to the reader: starts, or ends what the same token or its group started. A text stands for
   * an RFID card of that number.
   */
  present(token: string | IdToken, evseId?: number): Promise<TokenStatus>;
  /** Lets time pass on the station's own clock, which stays ahead from then on: vehicles charge meanwhile. */
  charge(seconds: number): Promise<void>;
  /** Ends a transaction; without a reason as the driver with a button. */
  end(evseId?: number, reason?: StoppedReason): Promise<void>;
  fault(code?: FaultCode, evseId?: number): Promise<void>;
  clear(evseId?: number): Promise<void>;
  /** Cuts the link, or lets it come back; resolves when all that had waited is delivered. */
  setOnline(online: boolean): Promise<void>;
  /** Ends what goes on, restarts, and resolves when it is accepted again. */
  reboot(): Promise<void>;
  /** Everything stops in the middle; transactions are resumed or ended after `seconds`. */
  losePower(options?: { seconds?: number; transactions?: 'resume' | 'end' }): Promise<void>;
  /** Any CALL of the station's version, whatever the station itself would do. Resolves to the answer. */
  send(action: string, payload: object): Promise<object>;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
  /** A variable's value, as the station has it: `TxCtrlr.TxStartPoint`. */
  variable(path: string): string;
}

export interface EvseView {
  readonly id: number;
  readonly isPlugged: boolean;
  readonly chargingState: ChargingState;
  readonly registerMilliwattHours: number;
  /** The station's own id of what goes on; with the number that a 1.6 CSMS gave. */
  readonly transaction: { readonly id: string; readonly number?: number } | undefined;
}

const defaultEvses: readonly EvseLayout[] = [{ connectors: [{ type: 'sType2' }], maxPowerW: 22_000 }];

const defaultNameplate = { vendorName: 'Busbar', model: 'Software Station', firmwareVersion: '0.1.0' };

export function createStation(options: StationOptions): Station {
  return new SoftwareStation(
    new StationCore({
      id: options.id,
      url: options.url,
      versions: options.versions ?? allVersions.toReversed(),
      password: passwordOf(options),
      tls: options.tls,
      evses: options.evses ?? defaultEvses,
      nameplate: { ...defaultNameplate, serialNumber: options.id, ...options.nameplate },
      deviceModelSize: options.deviceModelSize ?? 0,
      configuration: options.configuration ?? {},
      rebootSeconds: options.rebootSeconds ?? 1,
      clockOffsetSeconds: options.clockOffsetSeconds ?? 0,
      strict: options.strict ?? true,
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      newId: options.newId ?? randomUUID,
      onAcknowledged: options.onAcknowledged,
      onFailed: options.onFailed,
    }),
  );
}

function passwordOf({ password, versions = allVersions }: StationOptions): string | Buffer | undefined {
  const isKey = typeof password === 'string' && /^(?:[0-9a-f]{2}){16,20}$/i.test(password);
  return isKey && versions.every((version) => version === '1.6') ? Buffer.from(password, 'hex') : password;
}

class SoftwareStation implements Station {
  readonly #core: StationCore;

  constructor(core: StationCore) {
    this.#core = core;
  }

  get id(): string {
    return this.#core.options.id;
  }

  get version(): Version {
    return this.#core.dialect.version;
  }

  get isOnline(): boolean {
    return this.#core.isOnline;
  }

  get registration(): RegistrationStatus {
    return this.#core.registration.status;
  }

  get evses(): readonly EvseView[] {
    return this.#core.evses;
  }

  get messagesWaiting(): number {
    return this.#core.delivery.size;
  }

  async start(): Promise<void> {
    this.#core.powerOn('PowerUp');
    await this.#accepted();
  }

  stop(): Promise<void> {
    return this.#core.stop();
  }

  async plugIn(evseId = 1, connectorId = 1, vehicle: Partial<VehicleProfile> = {}): Promise<void> {
    this.#evse(evseId).plugIn(connectorId, { ...defaultVehicle, ...vehicle });
    await this.#core.settled();
  }

  async unplug(evseId = 1): Promise<void> {
    this.#evse(evseId).unplug();
    await this.#core.settled();
  }

  async present(token: string | IdToken, evseId = 1): Promise<TokenStatus> {
    const idToken = typeof token === 'string' ? { idToken: token, type: 'ISO14443' } : token;
    const status = await this.#present(idToken, this.#evse(evseId));
    await this.#core.settled();
    return status;
  }

  async #present(idToken: IdToken, evse: Evse): Promise<TokenStatus> {
    const { authorizer, registration, availability } = this.#core;
    const ongoing = evse.authorization;
    if (ongoing && mayStop(ongoing, { idToken })) {
      evse.stopLocally(idToken); // C01.FR.03
      return 'Accepted';
    }
    const isUsable = !evse.fault && availability.isOperative(evse.id, evse.connectorId ?? 1);
    // TxBeforeAcceptedEnabled is false: nobody charges here before the CSMS knows the station.
    if (registration.status !== 'Accepted' || !isUsable) return 'NotAtThisTime';
    const { status, group } = await authorizer.authorize(idToken);
    if (status !== 'Accepted') return status;
    if (!this.#core.isPowered) return 'NotAtThisTime';
    if (!evse.authorization) evse.authorize({ idToken, ...(group && { group }) });
    else if (mayStop(evse.authorization, { idToken, group })) evse.stopLocally(idToken);
    else return 'NotAtThisTime'; // C01.FR.23
    return status;
  }

  async charge(seconds: number): Promise<void> {
    const core = this.#core;
    for (let restMs = seconds * 1000; restMs > 0; ) {
      const nextSampleAt = Math.min(...core.evses.map((evse) => evse.nextSampleAt));
      const stepMs = Math.max(1, Math.min(restMs, nextSampleAt - core.now()));
      core.skip(stepMs);
      restMs -= stepMs;
      for (const evse of core.evses) evse.catchUp();
      await core.settled();
    }
  }

  async end(evseId = 1, reason?: StoppedReason): Promise<void> {
    const evse = this.#evse(evseId);
    if (reason === undefined) evse.stopLocally();
    else evse.endTransaction(triggerFor(reason), reason);
    await this.#core.settled();
  }

  async fault(code: FaultCode = 'InternalError', evseId = 1): Promise<void> {
    this.#evse(evseId).setFault(code);
    await this.#core.settled();
  }

  async clear(evseId = 1): Promise<void> {
    this.#evse(evseId).clearFault();
    await this.#core.settled();
  }

  async setOnline(online: boolean): Promise<void> {
    if (online) {
      this.#core.link.open();
      await this.#accepted();
    } else {
      await this.#core.link.cut();
    }
  }

  async reboot(): Promise<void> {
    await this.#core.restart({
      bootReason: 'LocalReset',
      transactions: { end: 'Reboot', trigger: 'AbnormalCondition' },
      abrupt: false,
    });
    await this.#accepted();
  }

  async losePower(options: { seconds?: number; transactions?: 'resume' | 'end' } = {}): Promise<void> {
    await this.#core.restart({
      bootReason: 'PowerUp',
      transactions: options.transactions === 'resume' ? 'resume' : 'lost',
      abrupt: true,
      ...(options.seconds !== undefined && { seconds: options.seconds }),
    });
    await this.#accepted();
  }

  send(action: string, payload: object): Promise<object> {
    return this.#core.exchange({ action, payload, read: (answer) => answer });
  }

  settled(): Promise<void> {
    return this.#core.settled();
  }

  variable(path: string): string {
    return this.#core.model.get(path);
  }

  async #accepted(): Promise<void> {
    await this.#core.until(() => this.#core.isReady);
    await this.#core.settled();
  }

  #evse(evseId: number): Evse {
    const evse = this.#core.evses[evseId - 1];
    if (!evse) throw new RangeError(`${this.id} has no EVSE ${evseId}`);
    return evse;
  }
}

function triggerFor(reason: StoppedReason): TriggerReason {
  const triggers: Partial<Record<StoppedReason, TriggerReason>> = {
    DeAuthorized: 'Deauthorized',
    EVDisconnected: 'EVCommunicationLost',
    Local: 'StopAuthorized',
    Remote: 'RemoteStop',
    Timeout: 'EVConnectTimeout',
    UnlockCommand: 'UnlockCommand',
  };
  return triggers[reason] ?? 'AbnormalCondition';
}
