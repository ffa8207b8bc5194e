import type { Evse } from './evse.ts';

/** What may be taken out of service: the station, an EVSE of it, a connector of that. */
export interface AvailabilityTarget {
  readonly evseId?: number;
  readonly connectorId?: number;
}

export type AvailabilityOutcome = 'Accepted' | 'Scheduled' | 'Rejected';

/**
 * Who is in service (G03, G04). Each level keeps its own word, so that an EVSE that comes back leaves a
 * connector out of service that was taken out on its own (G03.FR.07). Survives reboots (G03.FR.08).
 */
export class Availability {
  readonly #evses: readonly Evse[];
  readonly #inoperative = new Set<string>();
  readonly #scheduled = new Map<string, { target: AvailabilityTarget; operative: boolean }>();
  readonly #changed: (evse: Evse | undefined) => void;

  /** @param changed is told which EVSE may look different now; undefined for all of them */
  constructor(evses: readonly Evse[], changed: (evse: Evse | undefined) => void) {
    this.#evses = evses;
    this.#changed = changed;
  }

  get stationIsOperative(): boolean {
    return !this.#inoperative.has(keyOf({}));
  }

  isOperative(evseId: number, connectorId: number): boolean {
    return (
      this.stationIsOperative &&
      !this.#inoperative.has(keyOf({ evseId })) &&
      !this.#inoperative.has(keyOf({ evseId, connectorId }))
    );
  }

  change(target: AvailabilityTarget, operative: boolean): AvailabilityOutcome {
    if (!this.#exists(target)) return 'Rejected';
    this.#scheduled.delete(keyOf(target));
    if (operative === !this.#inoperative.has(keyOf(target))) return 'Accepted'; // G03.FR.03
    if (!operative && this.#isBusy(target)) {
      this.#scheduled.set(keyOf(target), { target, operative }); // G03.FR.05, G04.FR.06
      return 'Scheduled';
    }
    this.#apply(target, operative);
    return 'Accepted';
  }

  /** A transaction has ended: what waited for it may happen now. */
  transactionEnded(): void {
    for (const [key, { target, operative }] of this.#scheduled) {
      if (this.#isBusy(target)) continue;
      this.#scheduled.delete(key);
      this.#apply(target, operative);
    }
  }

  #apply(target: AvailabilityTarget, operative: boolean) {
    if (operative) this.#inoperative.delete(keyOf(target));
    else this.#inoperative.add(keyOf(target));
    this.#changed(this.#evses.find(({ id }) => id === target.evseId));
  }

  #exists({ evseId, connectorId }: AvailabilityTarget): boolean {
    if (evseId === undefined) return true;
    const evse = this.#evses.find(({ id }) => id === evseId);
    return evse !== undefined && (connectorId === undefined || evse.hasConnector(connectorId));
  }

  #isBusy({ evseId }: AvailabilityTarget): boolean {
    return this.#evses.some(
      (evse) => evse.transaction !== undefined && (evseId === undefined || evse.id === evseId),
    );
  }
}

function keyOf({ evseId = 0, connectorId = 0 }: AvailabilityTarget): string {
  return `${evseId}.${connectorId}`;
}
