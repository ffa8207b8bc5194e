import type { ServerLimits } from '@busbar/ocpp';
import type { Config } from './config.ts';
import { type DoorLimits, defaultDoorLimits } from './door.ts';

/** Seconds of its pace that a station, or an address, may use at once after a silence. */
const atOnce = { framesSeconds: 10, bytesSeconds: 64, connectsSeconds: 40 } as const;

/** The limits that a user has set, as the parts take them. */
export function limitsOf(config: Config): {
  readonly server: Partial<ServerLimits>;
  readonly door: Partial<DoorLimits>;
} {
  const { stationFramesPerSecond, stationBytesPerSecond, addressConnections, addressConnectsPerSecond } =
    config;
  return {
    server: {
      connections: config.mostConnections,
      framesPerSecond: stationFramesPerSecond,
      framesAtOnce: stationFramesPerSecond * atOnce.framesSeconds,
      bytesPerSecond: stationBytesPerSecond,
      bytesAtOnce: stationBytesPerSecond * atOnce.bytesSeconds,
    },
    door: {
      addressConnections,
      // A site that may be connected may also come back at once.
      addressHalfOpen:
        addressConnections === 0 ? 0 : Math.max(defaultDoorLimits.addressHalfOpen, addressConnections / 2),
      addressConnectsPerSecond,
      addressConnectsAtOnce: addressConnectsPerSecond * atOnce.connectsSeconds,
    },
  };
}
