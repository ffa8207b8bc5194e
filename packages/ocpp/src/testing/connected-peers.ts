import { createPeer } from '../peer/ocpp-peer.ts';
import type { Mode, Peer, PeerHandlers, PeerSettings } from '../peer/peer.ts';
import type { Version } from '../version.ts';

export interface ConnectedPeersOptions extends PeerSettings {
  readonly version: Version;
  readonly mode?: Mode;
  readonly station?: Partial<PeerHandlers>;
  readonly csms?: Partial<PeerHandlers>;
}

export interface ConnectedPeers {
  readonly station: Peer;
  readonly csms: Peer;
  /** Every text in the order of sending. */
  readonly texts: readonly { readonly from: 'CS' | 'CSMS'; readonly text: string }[];
}

/** A station and a CSMS with a wire between them that delivers at once. */
export function connectPeers(options: ConnectedPeersOptions): ConnectedPeers {
  const { version, mode = 'lenient', limits, clock, newMessageId } = options;
  const settings = {
    ...(limits && { limits }),
    ...(clock && { clock }),
    ...(newMessageId && { newMessageId }),
  };
  const texts: { from: 'CS' | 'CSMS'; text: string }[] = [];
  const station: Peer = createPeer({
    ...settings,
    version,
    mode,
    role: 'CS',
    link: {
      transmit(text) {
        texts.push({ from: 'CS', text });
        csms.receive(text);
      },
    },
    handlers: { ...deaf, ...options.station },
  });
  const csms: Peer = createPeer({
    ...settings,
    version,
    mode,
    role: 'CSMS',
    link: {
      transmit(text) {
        texts.push({ from: 'CSMS', text });
        station.receive(text);
      },
    },
    handlers: { ...deaf, ...options.csms },
  });
  return { station, csms, texts };
}

const deaf: PeerHandlers = {
  onCall({ action }) {
    throw new Error(`Nobody expected a ${action}`);
  },
};
