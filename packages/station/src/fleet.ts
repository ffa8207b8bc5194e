import type { Clock } from '@busbar/ocpp';
import { createStation, type Station, type StationOptions } from './station.ts';
import { createTimerWheel } from './timer-wheel.ts';

/** Of a server that just started, each core takes several hundred handshakes a second. */
const defaultRatePerSecond = 200;

const startTickMs = 50;

export interface FleetOptions {
  readonly count: number;
  /** The station of this number, from 0 on. Options that are equal for all should be the same objects. */
  template(index: number): StationOptions;
  /** New connections a second. Default 200. */
  readonly ratePerSecond?: number;
  /** Default: one timer wheel for all of them. */
  readonly clock?: Clock;
}

export interface Fleet {
  readonly stations: readonly Station[];
  /** How many the CSMS has accepted by now. */
  readonly accepted: number;
  /** Starts them at the rate and resolves when all are accepted; `stop` ends the wait. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Thousands of stations in one process. */
export function createFleet(options: FleetOptions): Fleet {
  const { count, template, ratePerSecond = defaultRatePerSecond } = options;
  const wheel = options.clock ? undefined : createTimerWheel();
  const clock = options.clock ?? wheel;
  const stations = Array.from({ length: count }, (_, index) =>
    createStation({ ...template(index), ...(clock && { clock }) }),
  );
  let accepted = 0;
  let isStopped = false;
  const ended = Promise.withResolvers<void>();

  async function startPaced(): Promise<void> {
    const { promise: allStarted, resolve } = Promise.withResolvers<void>();
    const beganAt = performance.now();
    let started = 0;
    const tick = setInterval(() => {
      const due = Math.ceil(((performance.now() - beganAt) / 1000) * ratePerSecond);
      for (; started < Math.min(due, count) && !isStopped; started++) {
        void stations[started]?.start().then(() => accepted++);
      }
      if (started < count && !isStopped) return;
      clearInterval(tick);
      resolve();
    }, startTickMs);
    await allStarted;
    const look = setInterval(() => {
      if (accepted < count) return;
      clearInterval(look);
      ended.resolve();
    }, startTickMs);
    await ended.promise;
    clearInterval(look);
  }

  return {
    stations,
    get accepted() {
      return accepted;
    },
    start: startPaced,
    async stop() {
      isStopped = true;
      ended.resolve();
      await Promise.all(stations.map((station) => station.stop()));
      wheel?.stop();
    },
  };
}
