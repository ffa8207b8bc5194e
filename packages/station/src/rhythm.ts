import type { ScheduledRun } from '@busbar/ocpp';
import type { Dialect, Outgoing } from './dialect/dialect.ts';
import type { Evse } from './evse/evse.ts';
import type { Settings } from './settings.ts';

export interface RhythmHost {
  readonly isReady: boolean;
  readonly dialect: Dialect;
  readonly settings: Settings;
  readonly evses: readonly Evse[];
  now(): number;
  schedule(delayMs: number, run: () => void): ScheduledRun;
  tell(message: Outgoing<void>): void;
}

/** What a station does by the clock: heartbeats, and the readings that all stations take at the same instant. */
export class Rhythm {
  readonly #host: RhythmHost;
  #heartbeat: ScheduledRun | undefined;
  #aligned: ScheduledRun | undefined;

  constructor(host: RhythmHost) {
    this.#host = host;
  }

  stop(): void {
    this.#heartbeat?.cancel();
    this.#aligned?.cancel();
  }

  /** From now on, and whenever the interval changes. */
  planHeartbeat(): void {
    this.#heartbeat?.cancel();
    const { isReady, settings, dialect } = this.#host;
    if (!isReady) return;
    this.#heartbeat = this.#host.schedule(settings.heartbeatIntervalSeconds * 1000, () => {
      if (this.#host.isReady) this.#host.tell(dialect.heartbeat());
      this.planHeartbeat();
    });
  }

  /** J01: readings on the grid of the wall clock. They go on offline, within transactions. */
  planAligned(): void {
    this.#aligned?.cancel();
    const intervalMs = this.#host.settings.alignedIntervalSeconds * 1000;
    if (intervalMs === 0) return;
    this.#aligned = this.#host.schedule(intervalMs - (this.#host.now() % intervalMs), () => {
      this.#readAligned();
      this.planAligned();
    });
  }

  #readAligned() {
    const { settings, evses, isReady, dialect } = this.#host;
    const wanted = settings.alignedMeasurands;
    if (wanted.length === 0) return;
    for (const evse of evses) {
      if (evse.transaction) evse.report('MeterValueClock', wanted);
      else if (isReady) this.#host.tell(dialect.meterValues(evse.id, evse.read('Sample.Clock', wanted)));
    }
  }
}
