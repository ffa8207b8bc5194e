import type { StationTwin } from '../twin.ts';
import type { TransactionTwin } from './twin.ts';

/** The open transaction of the station with this id, ours or the one on the wire. */
export function findOpenTransaction(station: StationTwin, id: string): TransactionTwin | undefined {
  const byWire = station.transactions.get(id);
  if (byWire) return byWire;
  for (const open of station.transactions.values()) if (open.id === id) return open;
  return undefined;
}
