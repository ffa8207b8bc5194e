import { type Clock, type ScheduledRun, systemClock, type Version } from '@busbar/ocpp';
import type { Acknowledged } from './core.ts';
import type { EvseLayout } from './evse/layout.ts';
import { type Random, seededRandom, wholeBetween } from './random.ts';
import { createStation, type Station } from './station.ts';

/** One station of a site. */
export interface SiteStation {
  readonly id: string;
  readonly version: Version;
  readonly evses: readonly EvseLayout[];
}

export interface SiteOptions {
  readonly url: string;
  /** Default: `demoSite`. */
  readonly stations?: readonly SiteStation[];
  passwordOf?(stationId: string): string | undefined;
  /** The cards of the drivers; the CSMS should know them. */
  readonly tokens: readonly string[];
  /** Who comes when, with what, is the same for the same seed. Default 1. */
  readonly seed?: number;
  /** How long a vehicle stays, and how long a place stays free. */
  readonly staySeconds?: Span;
  readonly gapSeconds?: Span;
  readonly clock?: Clock;
  readonly onAcknowledged?: (record: Acknowledged) => void;
}

export interface Span {
  readonly least: number;
  readonly most: number;
}

export interface Site {
  readonly stations: readonly Station[];
  /** Resolves when all are accepted; the first drivers are there then. */
  start(): Promise<void>;
  /** No timer and no socket is left. What charges then has no end, as after a power cut. */
  stop(): Promise<void>;
}

const ac: EvseLayout = { connectors: [{ type: 'sType2' }], maxPowerW: 22_000, meterStartWh: 1_204_317 };
const dc: EvseLayout = {
  connectors: [{ type: 'cCCS2' }],
  maxPowerW: 150_000,
  supply: 'DC',
  meterStartWh: 88_250_112,
};

/** A car park with stations of three generations. */
export const demoSite: readonly SiteStation[] = [
  { id: 'DEMO-16-A', version: '1.6', evses: [ac, ac] },
  { id: 'DEMO-16-B', version: '1.6', evses: [ac] },
  { id: 'DEMO-201-A', version: '2.0.1', evses: [ac, ac] },
  { id: 'DEMO-201-B', version: '2.0.1', evses: [dc] },
  { id: 'DEMO-21-A', version: '2.1', evses: [ac, ac] },
  { id: 'DEMO-21-B', version: '2.1', evses: [dc, dc] },
];

/** Short enough to see whole sessions while one watches. */
const defaultStay: Span = { least: 120, most: 480 };
const defaultGap: Span = { least: 15, most: 90 };

/** Every so often a reading, so that there is something to see. */
const sampleSeconds = 10;

/** A site on which vehicles arrive, charge and leave. */
export function createSite(options: SiteOptions): Site {
  const { clock = systemClock, seed = 1, stations: descriptions = demoSite } = options;
  const waits = new Waits(clock);
  const stations = descriptions.map(({ id, version, evses }, index) => {
    const password = options.passwordOf?.(id);
    return createStation({
      id,
      url: options.url,
      versions: [version],
      evses,
      clock,
      random: seededRandom(seed + index),
      configuration: { 'SampledDataCtrlr.TxUpdatedInterval': String(sampleSeconds) },
      ...(password !== undefined && { password }),
      ...(options.onAcknowledged && { onAcknowledged: options.onAcknowledged }),
    });
  });
  const visitors: Promise<void>[] = [];

  return {
    stations,
    async start() {
      await Promise.race([Promise.all(stations.map((station) => station.start())), waits.ended]);
      let place = 0;
      for (const station of stations) {
        for (const { id } of station.evses) {
          const random = seededRandom(seed * 1_000 + place);
          // Every other place is taken at once; the others wait for their first driver.
          const firstGap = place % 2 === 0 ? { least: 0, most: 3 } : (options.gapSeconds ?? defaultGap);
          visitors.push(visit({ ...options, station, evseId: id, random, waits, firstGap }));
          place++;
        }
      }
    },
    async stop() {
      waits.end();
      await Promise.all(stations.map((station) => station.stop()));
      await Promise.all(visitors);
    },
  };
}

interface Place extends SiteOptions {
  readonly station: Station;
  readonly evseId: number;
  readonly random: Random;
  readonly waits: Waits;
  readonly firstGap: Span;
}

/** One driver after the other, at one place, until the site ends. */
async function visit(place: Place): Promise<void> {
  const { station, evseId, random, waits, tokens } = place;
  let gap = place.firstGap;
  while (await waits.pass(wholeBetween(random, gap.least, gap.most))) {
    gap = place.gapSeconds ?? defaultGap;
    const token = tokens[wholeBetween(random, 0, tokens.length - 1)] ?? 'DEMO';
    const stay = place.staySeconds ?? defaultStay;
    const stayS = wholeBetween(random, stay.least, stay.most);
    await station.plugIn(evseId, 1, {
      batteryWh: wholeBetween(random, 40, 90) * 1_000,
      socPercent: wholeBetween(random, 10, 80),
      maxPowerW: [7_400, 11_000, 22_000, 120_000][wholeBetween(random, 0, 3)] ?? 11_000,
      phases: random() < 0.2 ? 1 : 3,
    });
    if (!(await waits.pass(wholeBetween(random, 2, 8)))) return;
    const status = await station.present(token, evseId);
    if (status === 'Accepted' && !(await waits.pass(stayS))) return;
    // Somebody may have stopped it from afar; then there is nothing to stop with the card.
    const isCharging = station.evses[evseId - 1]?.transaction !== undefined;
    if (status === 'Accepted' && isCharging) await station.present(token, evseId);
    if (!(await waits.pass(wholeBetween(random, 2, 8)))) return;
    await station.unplug(evseId);
  }
}

/** Waits that all end at once. */
class Waits {
  readonly #clock: Clock;
  readonly #pending = new Map<() => void, ScheduledRun>();
  readonly #end = Promise.withResolvers<void>();
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get ended(): Promise<void> {
    return this.#end.promise;
  }

  /** Resolves after the time, to whether the site is still there. */
  async pass(seconds: number): Promise<boolean> {
    if (this.#isOver) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pending.set(
      resolve,
      this.#clock.schedule(seconds * 1000, () => {
        this.#pending.delete(resolve);
        resolve();
      }),
    );
    await promise;
    return !this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    for (const [resolve, run] of this.#pending) {
      run.cancel();
      resolve();
    }
    this.#pending.clear();
    this.#end.resolve();
  }
}
