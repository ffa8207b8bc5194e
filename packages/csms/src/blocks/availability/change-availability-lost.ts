import type { OperationView } from '../../core/operation/view.ts';
import { connectorKey, type StationTwin } from '../../core/twin.ts';
import type { LostCommand, Question, Verdict } from '../../when-lost.ts';
import type { ChangeAvailability } from './change-availability.ts';

/** A 2.x station is asked for the state itself; a 1.6 station is asked to tell it, which it does by a message of its own. */
export function askForState({ input, station }: LostCommand<ChangeAvailability>): Question {
  const { evseId, connectorId } = input;
  if (station.version === '1.6') {
    const place = evseId === undefined ? {} : { evseId };
    return { command: 'trigger-message', input: { message: 'StatusNotification', ...place } };
  }
  const component =
    evseId === undefined ? 'ChargingStation' : connectorId === undefined ? 'EVSE' : 'Connector';
  const place = {
    ...(evseId !== undefined && { evseId }),
    ...(connectorId !== undefined && { connectorId }),
  };
  const variables = [{ component, ...place, variable: 'AvailabilityState' }];
  return { command: 'get-variables', input: { variables } };
}

/** What the state says of the command; that of an occupied connector may change when its transaction has ended. */
export function judgeState(lost: LostCommand<ChangeAvailability>, answer: OperationView): Verdict {
  const { input, station } = lost;
  const is16 = station.version === '1.6';
  const state = is16 ? reportedState(station, input) : answeredState(answer);
  if (input.operationalStatus === 'Operative') {
    // An EVSE that may be used is unavailable all the same while its station is.
    return { is: state !== undefined && inUse.has(state) ? 'done' : 'not-yet' };
  }
  if (state === 'Unavailable') return { is: 'done' };
  // The message of a 1.6 station may be on its way.
  if (is16 || state !== 'Available') return { is: 'not-yet' };
  return { is: 'not-done', seen: 'the station says that it is Available' };
}

const inUse: ReadonlySet<string> = new Set(['Available', 'Occupied', 'Reserved']);

function reportedState(station: StationTwin, { evseId }: ChangeAvailability): string | undefined {
  const key = evseId === undefined ? connectorKey(0, 0) : connectorKey(evseId, 1);
  return station.connectors.get(key)?.status;
}

function answeredState({ result }: OperationView): string | undefined {
  const { data } = result ?? {};
  if (!data || !('variables' in data) || !Array.isArray(data.variables)) return undefined;
  const [variable]: unknown[] = data.variables;
  if (typeof variable !== 'object' || variable === null || !('value' in variable)) return undefined;
  return typeof variable.value === 'string' ? variable.value : undefined;
}
