import type { Request } from '@busbar/ocpp';
import { type Inbound, receive } from '../../block.ts';
import {
  type ConnectorReport,
  type ConnectorStatus,
  reportConnector,
  unusualConnector,
} from '../../core/station/connector-report.ts';

type Report16 = Request<'1.6', 'StatusNotification'>;

/** G01 and 1.6 section 4.9: the state of a connector. */
export const statusNotification = [
  receive(['1.6'], 'StatusNotification', {
    decide: (message) => report(message, fromOcpp16(message.payload)),
  }),
  receive(['2.0.1', '2.1'], 'StatusNotification', {
    decide: (message) => reportCountedFromOne(message, fromOcpp2(message.payload)),
  }),
];

function report({ station, receivedAt }: Inbound, connector: ConnectorReport) {
  return { answer: {}, ...reportConnector(station, connector, receivedAt) };
}

/** In 2.x both numbers are counted from 1: what is named 0 is recorded as it was told, and remarked upon. */
function reportCountedFromOne(message: Inbound, connector: ConnectorReport) {
  const outcome = report(message, connector);
  const isUnusual = connector.evseId === 0 || connector.connectorId === 0;
  if (!isUnusual || outcome.findings.length > 0) return outcome;
  return { ...outcome, findings: [unusualConnector(connector, 'though both are counted from 1')] };
}

/** A 1.6 connector is an EVSE with one connector; its connector 0 is the station as a whole. */
function fromOcpp16(payload: Report16): ConnectorReport {
  const { connectorId, status, errorCode, info, vendorId, vendorErrorCode, timestamp } = payload;
  return {
    action: 'StatusNotification',
    evseId: connectorId,
    connectorId: connectorId === 0 ? 0 : 1,
    status: neutralStatus[status],
    detail: status,
    errorCode: errorCode === 'NoError' ? undefined : errorCode,
    vendor:
      info === undefined && vendorId === undefined && vendorErrorCode === undefined
        ? undefined
        : { info, vendorId, vendorErrorCode },
    reportedAt: timestamp,
  };
}

const neutralStatus: Readonly<Record<Report16['status'], ConnectorStatus>> = {
  Available: 'Available',
  Preparing: 'Occupied',
  Charging: 'Occupied',
  SuspendedEVSE: 'Occupied',
  SuspendedEV: 'Occupied',
  Finishing: 'Occupied',
  Reserved: 'Reserved',
  Unavailable: 'Unavailable',
  Faulted: 'Faulted',
};

function fromOcpp2(payload: Request<'2.0.1' | '2.1', 'StatusNotification'>): ConnectorReport {
  return {
    action: 'StatusNotification',
    evseId: payload.evseId,
    connectorId: payload.connectorId,
    status: payload.connectorStatus,
    detail: payload.connectorStatus,
    reportedAt: payload.timestamp,
  };
}
