/** The OCPP versions spoken here, oldest first. */
export type Version = '1.6' | '2.0.1' | '2.1';

export const versions: readonly Version[] = ['1.6', '2.0.1', '2.1'];

/** The WebSocket subprotocol that stands for each version (Part 4, section 3.1). */
export const subprotocolOf: Readonly<Record<Version, string>> = {
  '1.6': 'ocpp1.6',
  '2.0.1': 'ocpp2.0.1',
  '2.1': 'ocpp2.1',
};

/** The version that a subprotocol stands for; undefined for one that is not spoken here, e.g. `ocpp1.5`. */
export function versionOf(subprotocol: string): Version | undefined {
  return versions.find((version) => subprotocolOf[version] === subprotocol);
}
