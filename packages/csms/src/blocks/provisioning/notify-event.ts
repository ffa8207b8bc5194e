import type { Request } from '@busbar/ocpp';
import { receive } from '../../block.ts';
import { deviceModelChanged } from '../../core/device-model/events.ts';
import { redactedRequest } from '../../core/device-model/redacted.ts';
import { writeKnownActual } from '../../core/device-model/tables.ts';
import { nameFromOcpp2, type VariableValue } from '../../core/device-model/variable.ts';
import {
  type ConnectorReport,
  type ConnectorStatus,
  reportConnector,
} from '../../core/station/connector-report.ts';
import { connectorKey } from '../../core/twin.ts';

type EventData = Request<'2.0.1' | '2.1', 'NotifyEvent'>['eventData'][number];

/**
 * N07 and G01: values of variables changed. They are noted where the variable is known; the availability of the
 * station, an EVSE or a connector is its state, as in StatusNotification.
 */
export const notifyEvent = receive(['2.0.1', '2.1'], 'NotifyEvent', {
  decide({ station, payload, receivedAt }) {
    const { eventData } = redactedRequest('2.1', 'NotifyEvent', payload);
    const values = eventData.map(actualOf);
    // The last word on each connector counts: the twin that the words before are compared with does not change meanwhile.
    const states = new Map(
      eventData.flatMap((data) => {
        const report = connectorReportOf(data);
        return report ? [[connectorKey(report.evseId, report.connectorId), report] as const] : [];
      }),
    );
    const changes = [...states.values()].map((report) => reportConnector(station, report, receivedAt));
    return {
      answer: {},
      writes: [
        ...values.map((value) => writeKnownActual(station.id, value, value.value, receivedAt)),
        ...changes.flatMap(({ writes }) => writes),
      ],
      events: [deviceModelChanged(station, values, receivedAt), ...changes.flatMap(({ events }) => events)],
      findings: changes.flatMap(({ findings }) => findings),
      apply: () => {
        for (const { apply } of changes) apply();
      },
    };
  },
});

function actualOf(data: EventData): VariableValue {
  return { ...nameFromOcpp2(data), attributeType: 'Actual', value: data.actualValue };
}

/** The state of a connector, an EVSE or the station, where that is what the event is about. */
function connectorReportOf({
  component,
  variable,
  actualValue,
  timestamp,
}: EventData): ConnectorReport | undefined {
  if (variable.name !== 'AvailabilityState' || !isStatus(actualValue)) return undefined;
  const at = placeOf(component);
  return (
    at && { action: 'NotifyEvent', ...at, status: actualValue, detail: actualValue, reportedAt: timestamp }
  );
}

function placeOf({
  name,
  evse,
}: EventData['component']): { evseId: number; connectorId: number } | undefined {
  switch (name) {
    case 'ChargingStation':
      return { evseId: 0, connectorId: 0 };
    case 'EVSE':
      return evse && { evseId: evse.id, connectorId: 0 };
    case 'Connector':
      return evse?.connectorId === undefined ? undefined : { evseId: evse.id, connectorId: evse.connectorId };
    default:
      return undefined;
  }
}

const statuses: ReadonlySet<string> = new Set<ConnectorStatus>([
  'Available',
  'Occupied',
  'Reserved',
  'Unavailable',
  'Faulted',
]);

function isStatus(text: string): text is ConnectorStatus {
  return statuses.has(text);
}
