import type { Version } from '@busbar/ocpp';
import { createSite, type EvseLayout, type SiteStation } from '@busbar/station';
import { stopRequest } from './stop-request.ts';

export interface SimulateOptions {
  readonly id: string;
  readonly count: number;
  readonly evses: number;
  readonly version: Version;
  readonly password?: string;
  readonly token: readonly string[];
}

const evse: EvseLayout = { connectors: [{ type: 'sType2' }], maxPowerW: 22_000 };

/** Runs stations against any CSMS, with vehicles that come, charge and leave, until the process is asked to stop. */
export async function simulate(url: string, options: SimulateOptions): Promise<void> {
  if (!/^wss?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new Error(`"${url}" is no address of a CSMS; it looks like ws://127.0.0.1:9000/ocpp.`);
  }
  const stop = stopRequest();
  const stations = stationsOf(options);
  process.stderr.write(`${stations.map(({ id }) => id).join(', ')}: connecting to ${url}. Ctrl-C stops.\n`);
  const site = createSite({
    url,
    stations,
    tokens: options.token,
    passwordOf: () => options.password,
    onAcknowledged({ stationId, version, action, at }) {
      const time = new Date(at).toLocaleTimeString('en-GB');
      process.stdout.write(`${time} ${stationId} ${version} ${action}\n`);
    },
  });
  const areAccepted = await Promise.race([site.start().then(() => true), stop.then(() => false)]);
  if (areAccepted) process.stderr.write('All are accepted.\n');
  await stop;
  await site.stop();
}

/** One station of the name itself, or several of the name and a number. */
function stationsOf({ id, count, evses, version }: SimulateOptions): SiteStation[] {
  const ids = count === 1 ? [id] : Array.from({ length: count }, (_, index) => `${id}-${index + 1}`);
  return ids.map((stationId) => ({ id: stationId, version, evses: Array(evses).fill(evse) }));
}
