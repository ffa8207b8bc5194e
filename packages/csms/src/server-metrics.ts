import type { FaultKind } from '@busbar/ocpp';
import type { Membership } from './core/node/membership.ts';
import type { GatewayMetrics } from './gateway/gateway.ts';
import { limitNames, type OnLimit } from './limits-reached.ts';
import { latencyBucketsSeconds, type Metrics } from './metrics.ts';
import type { Committer, CommitterMetrics } from './store/committer.ts';
import type { Relay } from './store/relay.ts';

const versions = ['1.6', '2.0.1', '2.1'] as const;
const refusals = ['400', '401', '403', '404', '429', '500', '503'] as const;
const faults = [
  'NotJson',
  'NotAFrame',
  'UnknownMessageType',
  'Binary',
  'TooLarge',
  'BadMessageId',
  'UnknownAction',
  'WrongDirection',
  'InvalidRequest',
  'InvalidResponse',
  'UnsolicitedAnswer',
  'AnswerRefused',
  'HandlerFailed',
  'InvalidOwnAnswer',
  'SendDropped',
  'LaneOverflow',
  'SlowReader',
  'OnlyRubbish',
  'Flood',
  'SocketFailed',
  'Refused',
] as const satisfies readonly FaultKind[];

/** What the server counts about itself. */
export function serverMetrics(metrics: Metrics) {
  const connections = metrics.gauge({
    name: 'busbar_station_connections',
    help: 'Stations that are connected to this node',
    labels: { version: versions },
  });
  const refused = metrics.counter({
    name: 'busbar_upgrades_refused_total',
    help: 'Connections that were refused, by HTTP status',
    labels: { status: refusals },
  });
  const frameFaults = metrics.counter({
    name: 'busbar_frame_faults_total',
    help: 'Frames that were refused or ignored, by reason',
    labels: { kind: faults },
  });
  const limitsReached = metrics.counter({
    name: 'busbar_limits_reached_total',
    help: 'Times that a station, an address or all of them together reached a limit',
    labels: { limit: limitNames },
  });
  const batchEntries = metrics.histogram({
    name: 'busbar_commit_entries',
    help: 'Entries committed in one transaction',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
  });
  const batchSeconds = metrics.histogram({
    name: 'busbar_commit_seconds',
    help: 'Time of one transaction, repetitions included',
    buckets: latencyBucketsSeconds,
  });
  const entriesRefused = metrics.counter({
    name: 'busbar_commit_refused_total',
    help: 'Entries that the database refused for their own data',
  });
  const batchesRetried = metrics.counter({
    name: 'busbar_commit_retried_total',
    help: 'Transactions that had to be repeated',
  });
  const entriesAt = batchEntries.at();
  const secondsAt = batchSeconds.at();
  const committer: CommitterMetrics = {
    batch(entries, seconds) {
      entriesAt.observe(entries);
      secondsAt.observe(seconds);
    },
    refused: () => entriesRefused.at().inc(),
    retried: () => batchesRetried.at().inc(),
  };
  const gateway: GatewayMetrics = {
    connected: (version) => connections.at({ version }).inc(),
    disconnected: (version) => connections.at({ version }).dec(),
    refused: (status) =>
      refused.at({ status: refusals.find((known) => known === String(status)) ?? '500' }).inc(),
    fault: (kind) => frameFaults.at({ kind }).inc(),
  };
  const onLimit: OnLimit = (limit) => limitsReached.at({ limit }).inc();
  return {
    committer,
    gateway,
    onLimit,
    watch(parts: {
      readonly committer: Committer;
      readonly held: ReadonlyMap<string, unknown>;
      readonly relay: Pick<Relay, 'leads'>;
      readonly membership: Pick<Membership, 'others'>;
    }) {
      metrics.gauge({
        name: 'busbar_database_away',
        help: 'Whether the database does not answer: 1 or 0',
        read: () => Number(parts.committer.away),
      });
      metrics.gauge({
        name: 'busbar_relay_leads',
        help: 'Whether this node gives events their positions: 1 on one of the nodes, 0 on the others',
        read: () => Number(parts.relay.leads),
      });
      metrics.gauge({
        name: 'busbar_nodes_seen',
        help: 'Nodes that this one saw alive or not yet dead, itself included',
        read: () => parts.membership.others + 1,
      });
      metrics.gauge({
        name: 'busbar_commit_pending',
        help: 'Entries that wait for the database or are on their way',
        read: () => parts.committer.pending,
      });
      metrics.gauge({
        name: 'busbar_stations_held',
        help: 'Stations that this node owns',
        read: () => parts.held.size,
      });
    },
  };
}
