import type { EventDraft } from '../events.ts';
import type { StationTwin } from '../twin.ts';
import type { VariableValue } from './variable.ts';

/** Values of variables are not what they were. Secrets have been taken out before. */
export function deviceModelChanged(
  station: StationTwin,
  variables: readonly VariableValue[],
  at: Date,
): EventDraft {
  return { type: 'device-model.changed', stationId: station.id, at: at.toISOString(), data: { variables } };
}

/** The device model, or a part of it, has been reported to its end. */
export function deviceModelReported(station: StationTwin, isFull: boolean, at: Date): EventDraft {
  return {
    type: 'device-model.reported',
    stationId: station.id,
    at: at.toISOString(),
    data: { full: isFull, firmwareVersion: station.firmwareVersion },
  };
}
