import { writeInventory } from '../station/tables.ts';
import type { StationTwin } from '../twin.ts';
import { deviceModelReported } from './events.ts';

/** The device model is known in full, as the station's present firmware has it. */
export function completeInventory(station: StationTwin, at: Date) {
  const { id, firmwareVersion } = station;
  return {
    write: writeInventory({ id, firmware_version: firmwareVersion, at: at.toISOString() }),
    event: deviceModelReported(station, true, at),
    apply: () => {
      // As the statement has it: a boot of other firmware may have come in between.
      if (station.firmwareVersion === firmwareVersion) station.inventoryOf = firmwareVersion ?? '';
    },
  };
}
