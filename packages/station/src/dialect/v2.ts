import type { Request, Response } from '@busbar/ocpp';
import type { Reading } from '../energy/reading.ts';
import type { StoppedReason, TransactionEvent, TriggerReason } from '../evse/transaction.ts';
import { type TokenInfo, withoutDetails } from '../id-token.ts';
import {
  type ConnectorState,
  type Dialect,
  instant,
  type Outgoing,
  type TransactionAnswer,
} from './dialect.ts';
import { dispatch, nothing, outgoing2 } from './outgoing.ts';
import { handlers2 } from './v2-commands.ts';

/** 2.0.1 and 2.1 share every message that this station sends; 2.1 has more words in some lists. */
export const dialect201 = createDialect2('2.0.1', { TxResumed: 'ChargingStateChanged' });

export const dialect21 = createDialect2('2.1', {});

function createDialect2(
  version: '2.0.1' | '2.1',
  olderWords: Partial<Record<TriggerReason, TriggerReason>>,
): Dialect {
  return {
    version,

    bootNotification: ({ vendorName, model, serialNumber, firmwareVersion }, reason) =>
      outgoing2(
        'BootNotification',
        {
          reason,
          chargingStation: {
            vendorName: vendorName.slice(0, 50),
            model: model.slice(0, 20),
            serialNumber: serialNumber.slice(0, 25),
            firmwareVersion: firmwareVersion.slice(0, 50),
          },
        },
        ({ status, interval }) => ({ status, intervalSeconds: interval }),
      ),

    heartbeat: () => outgoing2('Heartbeat', {}, nothing),

    authorize: (idToken) =>
      outgoing2('Authorize', { idToken: { ...idToken } }, ({ idTokenInfo }) => tokenInfo(idTokenInfo)),

    statusOf,

    statusNotification: (connector, at) =>
      outgoing2(
        'StatusNotification',
        {
          timestamp: instant(at),
          connectorStatus: statusOf(connector),
          evseId: connector.evseId,
          connectorId: connector.connectorId,
        },
        nothing,
      ),

    transactionEvent: (event) =>
      transactionEvent({ ...event, trigger: olderWords[event.trigger] ?? event.trigger }),

    meterValues: (evseId, reading) =>
      outgoing2('MeterValues', { evseId, meterValue: [meterValue(reading)] }, nothing),

    obey: (call, commands) => dispatch(handlers2, call, commands),
  };
}

function statusOf(connector: ConnectorState): Request<'2.1', 'StatusNotification'>['connectorStatus'] {
  if (connector.fault) return 'Faulted';
  if (!connector.isOperative) return 'Unavailable';
  return connector.isPlugged ? 'Occupied' : 'Available';
}

function transactionEvent(event: TransactionEvent): Outgoing<TransactionAnswer> {
  const { transaction, readings } = event;
  return outgoing2(
    'TransactionEvent',
    {
      eventType: event.eventType,
      timestamp: instant(event.at),
      triggerReason: event.trigger,
      seqNo: event.seqNo,
      ...(event.offline && { offline: true }), // E04.FR.03
      ...(event.phasesUsed !== undefined && { numberOfPhasesUsed: event.phasesUsed }),
      transactionInfo: {
        transactionId: transaction.id,
        chargingState: event.chargingState,
        ...(event.stoppedReason && { stoppedReason: reasons[event.stoppedReason] }),
        ...(event.remoteStartId !== undefined && { remoteStartId: event.remoteStartId }),
      },
      ...(event.tellsEvse && { evse: place(transaction.evseId, transaction.connectorId) }),
      ...(event.idToken && { idToken: { ...event.idToken } }),
      ...(readings.length > 0 && { meterValue: readings.map(meterValue) }),
    },
    ({ idTokenInfo }) => (idTokenInfo ? { token: tokenInfo(idTokenInfo) } : {}),
  );
}

function place(id: number, connectorId: number | undefined) {
  return connectorId === undefined ? { id } : { id, connectorId };
}

type TransactionInfo = Request<'2.1', 'TransactionEvent'>['transactionInfo'];

const reasons: Record<StoppedReason, NonNullable<TransactionInfo['stoppedReason']>> = {
  DeAuthorized: 'DeAuthorized',
  EVDisconnected: 'EVDisconnected',
  EmergencyStop: 'EmergencyStop',
  HardReset: 'ImmediateReset',
  Local: 'Local',
  Other: 'Other',
  PowerLoss: 'PowerLoss',
  Reboot: 'Reboot',
  Remote: 'Remote',
  SoftReset: 'ImmediateReset',
  StoppedByEV: 'StoppedByEV',
  Timeout: 'Timeout',
  UnlockCommand: 'Other',
};

function meterValue({ at, context, samples }: Reading) {
  return {
    timestamp: instant(at),
    sampledValue: samples.map((sample) => ({
      value: Number(sample.value),
      context,
      measurand: sample.measurand,
      ...(sample.phase && { phase: sample.phase }),
      unitOfMeasure: { unit: sample.unit },
    })),
  };
}

type IdTokenInfo = Response<'2.1', 'Authorize'>['idTokenInfo'];

function tokenInfo({ status, groupIdToken, cacheExpiryDateTime }: IdTokenInfo): TokenInfo {
  return {
    status,
    ...(groupIdToken && { group: withoutDetails(groupIdToken) }),
    ...(cacheExpiryDateTime !== undefined && { expiresAt: Date.parse(cacheExpiryDateTime) }),
  };
}
