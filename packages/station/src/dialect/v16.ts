import type { Request, Response } from '@busbar/ocpp';
import type { Reading, Sample } from '../energy/reading.ts';
import type { StoppedReason, TransactionEvent } from '../evse/transaction.ts';
import type { TokenInfo } from '../id-token.ts';
import {
  type ConnectorState,
  type Dialect,
  instant,
  type Outgoing,
  type TransactionAnswer,
} from './dialect.ts';
import { dispatch, nothing, outgoing16 } from './outgoing.ts';
import { handlers16 } from './v16-commands.ts';

/** OCPP 1.6: connector n is EVSE n with one connector, transactions are three messages with a number. */
export const dialect16: Dialect = {
  version: '1.6',
  fixedTxPoints: ['PowerPathClosed'],

  bootNotification: ({ vendorName, model, serialNumber, firmwareVersion }) =>
    outgoing16(
      'BootNotification',
      {
        chargePointVendor: vendorName.slice(0, 20),
        chargePointModel: model.slice(0, 20),
        chargePointSerialNumber: serialNumber.slice(0, 25),
        firmwareVersion: firmwareVersion.slice(0, 50),
      },
      ({ status, interval }) => ({ status, intervalSeconds: interval }),
    ),

  heartbeat: () => outgoing16('Heartbeat', {}, nothing),

  authorize: ({ idToken }) =>
    outgoing16('Authorize', { idTag: idToken }, ({ idTagInfo }) => tokenInfo(idTagInfo)),

  statusOf: (connector) => `${statusOf(connector)} ${connector.fault ?? 'NoError'}`,

  statusNotification: (connector, at) =>
    outgoing16(
      'StatusNotification',
      {
        connectorId: connector.evseId,
        errorCode: connector.fault ?? 'NoError',
        status: statusOf(connector),
        timestamp: instant(at),
      },
      nothing,
    ),

  stationStatus: (isOperative, at) =>
    outgoing16(
      'StatusNotification',
      {
        connectorId: 0,
        errorCode: 'NoError',
        status: isOperative ? 'Available' : 'Unavailable',
        timestamp: instant(at),
      },
      nothing,
    ),

  transactionEvent(event) {
    switch (event.eventType) {
      case 'Started':
        return startTransaction(event);
      case 'Updated':
        return event.readings.length > 0 ? meterValues(event) : undefined;
      case 'Ended':
        return stopTransaction(event);
      default:
        return event.eventType satisfies never;
    }
  },

  meterValues: (evseId, reading) =>
    outgoing16('MeterValues', { connectorId: evseId, meterValue: [meterValue(reading)] }, nothing),

  obey: (call, commands) => dispatch(handlers16, call, commands),
};

function statusOf(connector: ConnectorState): Request<'1.6', 'StatusNotification'>['status'] {
  if (connector.fault) return 'Faulted';
  if (!connector.isOperative) return 'Unavailable';
  if (connector.chargingState) return connector.chargingState;
  if (connector.isFinishing) return 'Finishing';
  return connector.isPlugged || connector.isAuthorized ? 'Preparing' : 'Available';
}

function startTransaction(event: TransactionEvent): Outgoing<TransactionAnswer> {
  return outgoing16(
    'StartTransaction',
    {
      connectorId: event.transaction.evseId,
      idTag: event.transaction.idToken?.idToken ?? '',
      meterStart: Math.floor(event.meterMilliwattHours / 1000),
      timestamp: instant(event.at),
    },
    ({ transactionId, idTagInfo }) => ({ number: transactionId, token: tokenInfo(idTagInfo) }),
  );
}

function meterValues({ transaction, readings }: TransactionEvent): Outgoing<TransactionAnswer> {
  return outgoing16(
    'MeterValues',
    {
      connectorId: transaction.evseId,
      ...(transaction.number !== undefined && { transactionId: transaction.number }),
      meterValue: readings.map(meterValue),
    },
    () => ({}),
  );
}

function stopTransaction(event: TransactionEvent): Outgoing<TransactionAnswer> {
  return outgoing16(
    'StopTransaction',
    {
      // The start may have been given up: then there is no number, and the stop must be told all the same.
      transactionId: event.transaction.number ?? -1,
      ...(event.idToken && { idTag: event.idToken.idToken }),
      meterStop: Math.floor(event.meterMilliwattHours / 1000),
      timestamp: instant(event.at),
      ...(event.stoppedReason && { reason: reasons[event.stoppedReason] }),
      ...(event.readings.length > 0 && { transactionData: event.readings.map(meterValue) }),
    },
    ({ idTagInfo }) => (idTagInfo ? { token: tokenInfo(idTagInfo) } : {}),
  );
}

const reasons: Record<StoppedReason, NonNullable<Request<'1.6', 'StopTransaction'>['reason']>> = {
  DeAuthorized: 'DeAuthorized',
  EVDisconnected: 'EVDisconnected',
  EmergencyStop: 'EmergencyStop',
  HardReset: 'HardReset',
  Local: 'Local',
  Other: 'Other',
  PowerLoss: 'PowerLoss',
  Reboot: 'Reboot',
  Remote: 'Remote',
  SoftReset: 'SoftReset',
  StoppedByEV: 'Other',
  Timeout: 'Other',
  UnlockCommand: 'UnlockCommand',
};

function meterValue({ at, context, samples }: Reading) {
  return {
    timestamp: instant(at),
    sampledValue: samples.map((sample) => ({
      value: valueText(sample),
      context,
      measurand: sample.measurand,
      ...(sample.phase && { phase: sample.phase }),
      ...(sample.unit !== 'Hz' && { unit: sample.unit }), // 1.6 has no unit for a frequency
    })),
  };
}

/** The register reads in whole watt-hours, as `meterStart` and `meterStop` do. */
function valueText({ measurand, value }: Sample): string {
  return measurand === 'Energy.Active.Import.Register' ? (value.split('.')[0] ?? value) : value;
}

type IdTagInfo = Response<'1.6', 'Authorize'>['idTagInfo'];

function tokenInfo({ status, parentIdTag, expiryDate }: IdTagInfo): TokenInfo {
  return {
    status,
    ...(parentIdTag !== undefined && { group: { idToken: parentIdTag, type: 'ISO14443' } }),
    ...(expiryDate !== undefined && { expiresAt: Date.parse(expiryDate) }),
  };
}
