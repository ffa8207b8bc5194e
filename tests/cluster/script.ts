import type { Version } from '@busbar/ocpp';
import type { Json } from '../support/api.ts';
import type { Seeded } from '../support/seeded.ts';
import { bootOf } from '../support/station.ts';

/** Something that a station has to say until it is answered. */
export interface Fact {
  readonly action: string;
  /** The same each time; known when it is its turn, as a 1.6 transaction has its number only then. */
  payload(): object;
  /** Saying it again has no effect and brings the first answer. */
  readonly keyed: boolean;
  /** Every answer that it got, over any connection. */
  readonly answers: readonly Json[];
  answered(answer: Json): void;
}

export interface ToldFact {
  readonly kind: 'Started' | 'Updated' | 'Ended';
  readonly seqNo: number | undefined;
  readonly at: string;
  readonly registerWh: number;
}

export interface ToldTransaction {
  /** The id on the wire; in 1.6 known with the first answer. */
  wireId: string | undefined;
  readonly idToken: string;
  readonly facts: ToldFact[];
}

/** What a station has said, in its order. It is recorded when all of it is answered. */
export interface Told {
  readonly transactions: ToldTransaction[];
  readonly clockAligned: string[];
  firmwareVersion: string | undefined;
  connectorStatus: string | undefined;
}

/** Decides what a station says next: it boots, charges, and tells of it. */
export interface Script {
  readonly told: Told;
  next(): Fact;
  boot(reason?: 'RemoteReset'): Fact;
  status(): Fact;
  /** The start of a transaction that was asked for; undefined while one runs. */
  remoteStart(idToken: string, remoteStartId: number | undefined): Fact | undefined;
}

export interface ScriptOptions {
  readonly version: Version;
  readonly random: Seeded;
  /** Of this station alone. */
  readonly ownToken: string;
  /** Of all stations of the run: only one of them at a time may charge with it. */
  readonly sharedToken: string;
  readonly startedAt: Date;
}

export function createScript({ version, random, ownToken, sharedToken, startedAt }: ScriptOptions): Script {
  const told: Told = {
    transactions: [],
    clockAligned: [],
    firmwareVersion: undefined,
    connectorStatus: undefined,
  };
  const is16 = version === '1.6';
  let atMs = startedAt.getTime();
  let registerWh = 1_000;
  let boots = 0;
  let open: ToldTransaction | undefined;
  let transactions = 0;
  const now = () => {
    atMs += 60_000;
    return new Date(atMs).toISOString();
  };

  return { told, next, boot, status, remoteStart };

  function next(): Fact {
    if (boots === 0) return boot();
    return random.weigh<() => Fact>([
      [5, boot],
      [15, status],
      [10, clockAligned],
      ...(open
        ? ([
            [45, update],
            [25, end],
          ] as const)
        : ([[70, () => begin(random.percent(25) ? sharedToken : ownToken, undefined)]] as const)),
    ])();
  }

  function boot(reason?: 'RemoteReset'): Fact {
    told.firmwareVersion = `1.0.${++boots}`;
    const payload = bootOf(version, told.firmwareVersion);
    return say('BootNotification', reason && !is16 ? { ...payload, reason } : payload, false);
  }

  function status(): Fact {
    const word = random.pick(
      is16 ? ['Available', 'Charging', 'SuspendedEV', 'Finishing'] : ['Available', 'Occupied', 'Reserved'],
    );
    told.connectorStatus = word;
    const timestamp = now();
    const payload = is16
      ? { connectorId: 1, errorCode: 'NoError', status: word, timestamp }
      : { timestamp, connectorStatus: word, evseId: 1, connectorId: 1 };
    return say('StatusNotification', payload, false);
  }

  function clockAligned(): Fact {
    const timestamp = now();
    told.clockAligned.push(timestamp);
    const sampledValue = [{ value: is16 ? String(registerWh) : registerWh, context: 'Sample.Clock' }];
    const meterValue = [{ timestamp, sampledValue }];
    return say('MeterValues', { ...(is16 ? { connectorId: 1 } : { evseId: 1 }), meterValue }, true);
  }

  function remoteStart(idToken: string, remoteStartId: number | undefined): Fact | undefined {
    return open ? undefined : begin(idToken, remoteStartId);
  }

  function begin(idToken: string, remoteStartId: number | undefined): Fact {
    const transaction: ToldTransaction = {
      wireId: is16 ? undefined : `TX-${++transactions}`,
      idToken,
      facts: [],
    };
    told.transactions.push(transaction);
    open = transaction;
    return is16 ? begin16(transaction) : begin2(transaction, remoteStartId);
  }

  function begin16(transaction: ToldTransaction): Fact {
    const fact = tell(transaction, 'Started');
    const { idToken: idTag } = transaction;
    const payload = { connectorId: 1, idTag, meterStart: fact.registerWh, timestamp: fact.at };
    return say('StartTransaction', payload, true, ({ transactionId }) => {
      transaction.wireId = String(transactionId);
    });
  }

  function begin2(transaction: ToldTransaction, remoteStartId: number | undefined): Fact {
    return event('Started', transaction, {
      triggerReason: remoteStartId === undefined ? 'Authorized' : 'RemoteStart',
      idToken: { idToken: transaction.idToken, type: 'ISO14443' },
      transactionInfo: {
        transactionId: transaction.wireId,
        chargingState: 'Charging',
        ...(remoteStartId !== undefined && { remoteStartId }),
      },
    });
  }

  function update(): Fact {
    const transaction = running();
    registerWh += 100;
    if (!is16) return event('Updated', transaction, { triggerReason: 'MeterValuePeriodic' });
    const { at: timestamp } = tell(transaction, 'Updated');
    const meterValue = [{ timestamp, sampledValue: [{ value: String(registerWh), unit: 'Wh' }] }];
    return say('MeterValues', () => ({ connectorId: 1, ...numberOf(transaction), meterValue }), true);
  }

  function end(): Fact {
    const transaction = running();
    open = undefined;
    registerWh += 77;
    if (!is16) {
      const transactionInfo = { transactionId: transaction.wireId, stoppedReason: 'Local' };
      return event('Ended', transaction, { triggerReason: 'StopAuthorized', transactionInfo });
    }
    const { at: timestamp } = tell(transaction, 'Ended');
    const meterStop = registerWh;
    return say('StopTransaction', () => ({ ...numberOf(transaction), meterStop, timestamp }), true);
  }

  function event(kind: ToldFact['kind'], transaction: ToldTransaction, rest: object): Fact {
    const { at: timestamp, seqNo } = tell(transaction, kind);
    const context = { Started: 'Transaction.Begin', Updated: 'Sample.Periodic', Ended: 'Transaction.End' };
    const sampledValue = [{ value: registerWh, context: context[kind] }];
    const payload = {
      eventType: kind,
      timestamp,
      seqNo,
      evse: { id: 1, connectorId: 1 },
      meterValue: [{ timestamp, sampledValue }],
      transactionInfo: { transactionId: transaction.wireId },
      ...rest,
    };
    return say('TransactionEvent', payload, true);
  }

  function tell(transaction: ToldTransaction, kind: ToldFact['kind']): ToldFact {
    const seqNo = is16 ? undefined : transaction.facts.length;
    const fact = { kind, seqNo, at: now(), registerWh };
    transaction.facts.push(fact);
    return fact;
  }

  function running(): ToldTransaction {
    if (!open) throw new Error('there is no transaction');
    return open;
  }
}

function numberOf({ wireId }: ToldTransaction): { transactionId: number } {
  if (wireId === undefined) throw new Error('the start was not answered');
  return { transactionId: Number(wireId) };
}

function say(
  action: string,
  payload: object | (() => object),
  keyed: boolean,
  onAnswer: (answer: Json) => void = () => {},
): Fact {
  const answers: Json[] = [];
  return {
    action,
    payload: isThunk(payload) ? payload : () => payload,
    keyed,
    answers,
    answered(answer) {
      answers.push(answer);
      onAnswer(answer);
    },
  };
}

function isThunk(payload: object | (() => object)): payload is () => object {
  return typeof payload === 'function';
}
