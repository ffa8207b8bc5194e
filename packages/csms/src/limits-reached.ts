/** Limits that somebody from outside can reach: of one station, of one address, of this node. */
export const limitNames = [
  'station-frames',
  'station-bytes',
  'station-frame-size',
  'station-unread',
  'station-rubbish',
  'station-connects',
  'station-logins',
  'address-connections',
  'address-half-open',
  'address-connects',
  'address-logins',
  'address-passwords',
  'node-connections',
  'node-half-open',
  'node-upgrades',
  'node-unread',
  'node-held',
  'node-passwords',
  'proxy-header',
] as const;

export type LimitName = (typeof limitNames)[number];

/** Told each time that a limit was reached. */
export type OnLimit = (limit: LimitName) => void;
