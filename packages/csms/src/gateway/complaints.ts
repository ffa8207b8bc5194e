import type { Fault, Refusal } from '@busbar/ocpp';
import type { Log } from '../log.ts';
import { createSparing } from '../sparing.ts';
import { DatabaseAway, FencedOut } from '../store/committer.ts';

/** Says in the log what strangers and stations do wrong, so sparingly that they cannot fill it. */
export function createComplaints(log: Log, nowMs: () => number) {
  // Each has lines of its own: strangers must not use up those for our own faults.
  const ofStrangers = createSparing(nowMs);
  const ofStations = createSparing(nowMs);
  const ofOurs = createSparing(nowMs);

  return {
    fault(stationId: string, { text: _, error, ...known }: Fault): void {
      if (error instanceof DatabaseAway || error instanceof FencedOut) return;
      const isOurs = known.kind === 'HandlerFailed' || known.kind === 'InvalidOwnAnswer';
      const unsaid = (isOurs ? ofOurs : ofStations).next(`${known.kind} ${stationId}`);
      if (unsaid === undefined) return;
      log[isOurs ? 'error' : 'debug'](
        { station: stationId, ...known, ...moreTimes(unsaid), ...(error !== undefined && { err: error }) },
        'a frame was refused',
      );
    },
    refused({ status, identity, remoteAddress, reason, error }: Refusal): void {
      const unsaid = ofStrangers.next(`${status} ${remoteAddress} ${identity}`);
      if (unsaid === undefined) return;
      const cause = error === undefined ? {} : { err: error };
      log.info(
        { status, identity, remoteAddress, reason, ...moreTimes(unsaid), ...cause },
        'an upgrade was refused',
      );
    },
  };
}

/** How often the same happened since it was last said. */
function moreTimes(unsaid: number): { readonly unsaid?: number } {
  return unsaid > 0 ? { unsaid } : {};
}
