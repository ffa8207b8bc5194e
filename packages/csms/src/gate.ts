import { OcppError } from '@busbar/ocpp';
import type { StationTwin } from './core/twin.ts';

/**
 * The registration gate (FR.04, B01.FR.10, B02.FR.09, B03.FR.07; 1.6 section 4.2 and its errata): until a station is
 * accepted, nothing is taken from it but BootNotification and what it was asked for.
 *
 * @throws OcppError SecurityError
 */
export function passGate(station: StationTwin, action: string, payload: object): void {
  if (station.registration === 'Accepted' || action === 'BootNotification') return;
  const asked = station.solicited.get(action);
  if (asked === 'once') {
    station.solicited.delete(action);
    return;
  }
  if (asked && 'requestId' in payload && payload.requestId === asked.requestId) {
    if (!('tbc' in payload && payload.tbc === true)) station.solicited.delete(action);
    return;
  }
  throw new OcppError(
    'SecurityError',
    `${action} is not taken while the registration is ${station.registration ?? 'not begun'}: send BootNotification first`,
  );
}
