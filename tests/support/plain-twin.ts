import type { StoredTwin } from '../../packages/csms/src/core/station/ownership.ts';
import type { StationTwin } from '../../packages/csms/src/core/twin.ts';

/** All of a twin but what only a connection knows, so that it can be compared with what the database has. */
export function plainTwin(twin: StationTwin | StoredTwin): Record<string, unknown> {
  const { connectors, transactions, remoteStarts, solicited: _, ...fields } = twin;
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'version')),
    connectors: sorted(connectors),
    transactions: sorted(transactions),
    remoteStarts: remoteStarts
      .map(({ remoteStartId }) => remoteStartId)
      .toSorted((one, other) => one - other),
  };
}

function sorted(map: ReadonlyMap<string, object>): object {
  return Object.fromEntries([...map].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
