import type { StationCore } from './core.ts';
import type { Variable } from './device-model/variable.ts';
import { instant } from './dialect/dialect.ts';
import { dialect201 } from './dialect/v2.ts';

/** The value of a variable that shows what the station is or does now. */
export function liveValue({ live, name }: Variable, core: StationCore): string {
  const { nameplate, id } = core.options;
  switch (live) {
    case 'AvailabilityState':
      return availabilityState(core, name?.evseId, name?.connectorId);
    case 'Available':
      return String(
        !['Unavailable', 'Faulted'].includes(availabilityState(core, name?.evseId, name?.connectorId)),
      );
    case 'DateTime':
      return instant(core.now());
    case 'Identity':
      return id;
    case 'Model':
      return nameplate.model;
    case 'VendorName':
      return nameplate.vendorName;
    case 'FirmwareVersion':
      return nameplate.firmwareVersion;
    case undefined:
      throw new Error('the variable has a value of its own');
    default:
      return live satisfies never;
  }
}

/** Of many connectors the state that tells most: one that is occupied, else one that can be used. */
const telling = ['Occupied', 'Available', 'Faulted', 'Unavailable'];

function availabilityState(
  core: StationCore,
  evseId: number | undefined,
  connectorId: number | undefined,
): string {
  const states = core.evses
    .filter(({ id }) => evseId === undefined || id === evseId)
    .flatMap((evse) =>
      evse.layout.connectors
        .map((_, index) => index + 1)
        .filter((id) => connectorId === undefined || id === connectorId)
        .map((id) => dialect201.statusOf(core.statuses.stateOf(evse, id))),
    );
  return telling.find((state) => states.includes(state)) ?? 'Unavailable';
}
