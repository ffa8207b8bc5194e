import type { Metrics } from '../metrics.ts';
import type { NatsBus } from './nats.ts';

/** What is counted about the way to the other nodes; nothing where there are none. */
export function busMetrics(metrics: Metrics) {
  const connected = metrics.gauge({
    name: 'busbar_bus_connected',
    help: 'Whether this node is connected to NATS: 1 or 0',
  });
  const dropped = metrics.counter({
    name: 'busbar_bus_dropped_total',
    help: 'Messages to other nodes that were not sent, as NATS was away; what they told is found by looking',
  });
  const bad = metrics.counter({
    name: 'busbar_bus_bad_messages_total',
    help: "Messages on our subjects that are none of Busbar's",
  });
  return {
    onState: (state: NatsBus['state']) => connected.at().set(state === 'connected' ? 1 : 0),
    metrics: { publishDropped: () => dropped.at().inc(), badMessage: () => bad.at().inc() },
    watch(bus: Pick<NatsBus, 'requestsInFlight'>) {
      metrics.gauge({
        name: 'busbar_bus_requests_in_flight',
        help: 'Commands that were handed to other nodes and are not answered yet',
        read: () => bus.requestsInFlight,
      });
    },
  };
}
