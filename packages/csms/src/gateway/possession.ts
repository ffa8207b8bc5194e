import type { Pool } from 'pg';
import { type Bus, nodeSubject } from '../bus/bus.ts';
import type { Log } from '../log.ts';
import type { HeldStation } from './held-station.ts';

/** Whether what a node holds is still its own, and still as the operator wants it. */
export interface Possession {
  /** Tells the node that has held a station until now. A hint: the fence in each batch is what counts. */
  tell(formerNode: string, taken: { readonly stationId: string; readonly epoch: number }): void;
  /** Reads again what others may have changed: who owns the stations, and what the operator decided of them. */
  refresh(stations: Iterable<HeldStation>): Promise<void>;
  close(): void;
}

/** Looks now and then at all that is held, which makes up for whatever the bus did not bring. */
export function watchPossession(options: {
  readonly held: ReadonlyMap<string, HeldStation>;
  readonly pool: Pool;
  readonly bus: Bus;
  readonly node: string;
  readonly isAway: () => boolean;
  readonly checkMs: number;
  readonly log: Log;
}): Possession {
  const { held, pool, bus, isAway, log } = options;
  const check = setInterval(refreshAll, options.checkMs).unref();
  const leave = bus.subscribe(nodeSubject(options.node), onNotice);

  return {
    tell: (formerNode, taken) => bus.publish(nodeSubject(formerNode), { taken } satisfies TakenNotice),
    refresh,
    close() {
      clearInterval(check);
      leave();
    },
  };

  /** From the node that has taken a station over; any other text says that some may have been missed. */
  function onNotice(message: object): void {
    if (!isTakenNotice(message)) {
      refreshAll();
      return;
    }
    const { stationId, epoch } = message.taken;
    const present = held.get(stationId);
    if (present && present.station.epoch < epoch) present.abandon(1008, 'replaced by a new connection');
  }

  function refreshAll(): void {
    if (held.size === 0 || isAway()) return;
    refresh(held.values()).catch((error) =>
      log.warn({ err: error }, 'it could not be checked whether the stations are still held'),
    );
  }

  async function refresh(stations: Iterable<HeldStation>): Promise<void> {
    const looked = [...stations];
    const { rows } = await pool.query(
      `select station.id, admission, mode, security_profile, owner.epoch
       from station join station_owner owner on owner.station_id = station.id where station.id = any($1::text[])`,
      [looked.map(({ station }) => station.id)],
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    for (const present of looked) {
      const { station, connection } = present;
      const row = found.get(station.id);
      if (!row || row.security_profile !== connection.state.securityProfile) {
        connection.close(1008, 'the access of the station was changed');
      } else if (Number(row.epoch) > station.epoch) {
        present.abandon(1008, 'replaced by a new connection');
      } else {
        station.admission = row.admission;
        station.mode = row.mode;
        connection.peer.setMode(row.mode);
      }
    }
  }
}

interface TakenNotice {
  readonly taken: { readonly stationId: string; readonly epoch: number };
}

function isTakenNotice(message: object): message is TakenNotice {
  if (!('taken' in message) || typeof message.taken !== 'object' || message.taken === null) return false;
  const { taken } = message;
  return (
    'stationId' in taken &&
    typeof taken.stationId === 'string' &&
    'epoch' in taken &&
    typeof taken.epoch === 'number'
  );
}
