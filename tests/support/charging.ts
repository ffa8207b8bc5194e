import type { Json } from './api.ts';
import type { WireStation } from './station.ts';

/** A charging session on the wire, told in the words of the station's version. */
export interface Charging {
  /** The id on the wire: given by the CSMS in 1.6, by the station in 2.x. */
  readonly wireId: string;
  /** What the start was answered. */
  readonly started: Json;
  /** A register reading while it goes on, Wh. */
  meter(registerWh: number): Promise<Json>;
  /** Its end, with the register as it then stands. */
  stop(registerWh: number, reason?: string): Promise<Json>;
}

export interface ChargingOptions {
  readonly idToken: string;
  readonly registerWh: number;
  readonly evseId?: number;
  /** 2.x: of the station; a new one where it is left out. */
  readonly wireId?: string;
  readonly startedAt?: Date;
  readonly offline?: boolean;
  readonly remoteStartId?: number;
}

/** By the station's clock, between a message and the next. */
const stepMs = 15 * 60_000;

/** Begins a session, an hour ago unless said otherwise. */
export async function beginCharging(station: WireStation, options: ChargingOptions): Promise<Charging> {
  let atMs = options.startedAt?.getTime() ?? Date.now() - 4 * stepMs;
  const clock = () => {
    const at = new Date(atMs).toISOString();
    atMs += stepMs;
    return at;
  };
  return station.version === '1.6'
    ? beginCharging16(station, options, clock)
    : beginCharging2(station, options, clock);
}

async function beginCharging16(
  station: WireStation,
  { idToken, registerWh, evseId = 1 }: ChargingOptions,
  clock: () => string,
): Promise<Charging> {
  const started = await station.call('StartTransaction', {
    connectorId: evseId,
    idTag: idToken,
    meterStart: registerWh,
    timestamp: clock(),
  });
  const { transactionId } = started;
  return {
    wireId: String(transactionId),
    started,
    meter: (wh) =>
      station.call('MeterValues', {
        connectorId: evseId,
        transactionId,
        meterValue: [{ timestamp: clock(), sampledValue: [{ value: String(wh), unit: 'Wh' }] }],
      }),
    stop: (wh, reason) =>
      station.call('StopTransaction', {
        transactionId,
        idTag: idToken,
        meterStop: wh,
        timestamp: clock(),
        ...(reason !== undefined && { reason }),
      }),
  };
}

async function beginCharging2(
  station: WireStation,
  options: ChargingOptions,
  clock: () => string,
): Promise<Charging> {
  const { idToken, registerWh, evseId = 1, wireId = crypto.randomUUID(), offline, remoteStartId } = options;
  let seqNo = 0;
  const tell = (eventType: string, wh: number, context: string, rest: object) => {
    const timestamp = clock();
    return station.call('TransactionEvent', {
      eventType,
      timestamp,
      seqNo: seqNo++,
      ...(offline !== undefined && { offline }),
      evse: { id: evseId, connectorId: 1 },
      meterValue: [{ timestamp, sampledValue: [{ value: wh, context }] }],
      ...rest,
    });
  };
  const token = { idToken, type: 'ISO14443' };
  const started = await tell('Started', registerWh, 'Transaction.Begin', {
    triggerReason: remoteStartId === undefined ? 'Authorized' : 'RemoteStart',
    transactionInfo: {
      transactionId: wireId,
      chargingState: 'Charging',
      ...(remoteStartId !== undefined && { remoteStartId }),
    },
    idToken: token,
  });
  return {
    wireId,
    started,
    meter: (wh) =>
      tell('Updated', wh, 'Sample.Periodic', {
        triggerReason: 'MeterValuePeriodic',
        transactionInfo: { transactionId: wireId, chargingState: 'Charging' },
      }),
    stop: (wh, reason = 'Local') =>
      tell('Ended', wh, 'Transaction.End', {
        triggerReason: 'StopAuthorized',
        transactionInfo: { transactionId: wireId, stoppedReason: reason },
        idToken: token,
      }),
  };
}

/** What the answer to a start says of its token. */
export function tokenStatusOf(answer: Json): string | undefined {
  return (answer.idTagInfo ?? answer.idTokenInfo)?.status;
}
