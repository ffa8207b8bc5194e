import type { Write } from '../../store/write.ts';
import type { EventDraft } from '../events.ts';
import type { FindingDraft } from '../finding.ts';
import { type ConnectorState, connectorKey, type StationTwin } from '../twin.ts';
import { writeConnector } from './tables.ts';

/** The states that all versions have words for. */
export type ConnectorStatus = 'Available' | 'Occupied' | 'Reserved' | 'Unavailable' | 'Faulted';

/** What a station says of a connector, in StatusNotification or NotifyEvent, free of versions. */
export interface ConnectorReport {
  /** Which message said it. */
  readonly action: string;
  /** 0 is the station itself. */
  readonly evseId: number;
  /** 0 is the EVSE itself. */
  readonly connectorId: number;
  readonly status: ConnectorStatus;
  /** The station's own word, the same as `status` where it has no more to say. */
  readonly detail: string;
  /** Absent when there is no error. */
  readonly errorCode?: string | undefined;
  /** What the vendor adds, for people to read. */
  readonly vendor?: object | undefined;
  /** By the station's clock, ISO 8601. */
  readonly reportedAt?: string | undefined;
}

/** What a report changes. */
export interface ConnectorChange {
  readonly writes: readonly Write[];
  readonly events: readonly EventDraft[];
  readonly findings: readonly FindingDraft[];
  readonly apply: () => void;
}

/** No station has more; numbers beyond are a mistake, and must neither fill the memory nor break a column. */
const largestId = 9_999;
const mostConnectors = 500;

/**
 * Takes note of the state of a connector. Only a change is written and told. What cannot be right becomes a finding:
 * a station is never refused for the numbers that it gives its connectors.
 */
export function reportConnector(
  station: StationTwin,
  report: ConnectorReport,
  receivedAt: Date,
): ConnectorChange {
  const { evseId, connectorId, status, detail, errorCode } = report;
  const key = connectorKey(evseId, connectorId);
  const known = station.connectors.get(key);
  if (!isId(evseId) || !isId(connectorId) || (!known && station.connectors.size >= mostConnectors)) {
    return { ...unchanged, findings: [unusualConnector(report, 'which was left out of account')] };
  }
  if (known && isSame(known, report)) return unchanged;

  const at = receivedAt.toISOString();
  const state: ConnectorState = { evseId, connectorId, status, detail, errorCode };
  return {
    writes: [
      writeConnector({
        station_id: station.id,
        evse_id: evseId,
        connector_id: connectorId,
        status,
        detail,
        error_code: errorCode,
        vendor: report.vendor,
        reported_at: report.reportedAt,
        changed_at: at,
      }),
    ],
    events: [
      {
        type: 'connector.status-changed',
        stationId: station.id,
        at,
        data: { ...state, before: known?.status, reportedAt: report.reportedAt },
      },
    ],
    findings: [],
    apply: () => station.connectors.set(key, state),
  };
}

const unchanged: ConnectorChange = { writes: [], events: [], findings: [], apply: () => {} };

function isId(id: number): boolean {
  return id >= 0 && id <= largestId;
}

function isSame(known: ConnectorState, report: ConnectorReport): boolean {
  return (
    known.status === report.status && known.detail === report.detail && known.errorCode === report.errorCode
  );
}

/** A connector that cannot be: what was done about it is for the operator to read. */
export function unusualConnector(
  { action, evseId, connectorId }: Pick<ConnectorReport, 'action' | 'evseId' | 'connectorId'>,
  remark: string,
): FindingDraft {
  return {
    kind: 'connector-unusual',
    subject: action,
    detail: `${action} named EVSE ${evseId}, connector ${connectorId}, ${remark}`,
  };
}
