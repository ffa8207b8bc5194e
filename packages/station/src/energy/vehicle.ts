/** What stands at the other end of the cable. */
export interface VehicleProfile {
  readonly batteryWh: number;
  readonly maxPowerW: number;
  /** How many phases its on-board charger uses; a DC connector does not ask. */
  readonly phases: 1 | 2 | 3;
  /** State of charge on arrival, percent. */
  readonly socPercent: number;
  /** It stops asking for power there. Default 100. */
  readonly targetSocPercent?: number;
}

export const defaultVehicle: VehicleProfile = {
  batteryWh: 60_000,
  maxPowerW: 11_000,
  phases: 3,
  socPercent: 30,
};

/** What reaches the battery of what the meter counts. */
const efficiency = 0.92;

/** Above this state of charge the battery takes less and less. */
const taperFromPercent = 80;

/** What is left of the power in the last percent before full. */
const taperTo = 0.1;

/** A vehicle while it is plugged in: its state of charge follows from the energy that it got. */
export class Vehicle {
  readonly profile: VehicleProfile;
  readonly #millijoulesPerPercent: number;
  #millijoules: number;

  constructor(profile: VehicleProfile) {
    this.profile = profile;
    this.#millijoulesPerPercent = Math.ceil((profile.batteryWh * 3_600_000) / efficiency / 100);
    this.#millijoules = profile.socPercent * this.#millijoulesPerPercent;
  }

  /** Whole percent. */
  get socPercent(): number {
    return Math.min(100, Math.floor(this.#millijoules / this.#millijoulesPerPercent));
  }

  get isFull(): boolean {
    return this.socPercent >= (this.profile.targetSocPercent ?? 100);
  }

  /** Whole watts that it draws now when it may draw `offeredW`. */
  powerW(offeredW: number): number {
    if (this.isFull) return 0;
    return Math.floor(Math.min(offeredW, this.profile.maxPowerW) * taperAt(this.socPercent));
  }

  /**
   * How long it draws the same power: power follows the whole percent of charge, so that energy over any
   * stretch of time is an exact sum, wherever it is cut.
   */
  steadyMs(powerW: number): number {
    const untilNextPercent = (this.socPercent + 1) * this.#millijoulesPerPercent - this.#millijoules;
    return Math.ceil(untilNextPercent / powerW);
  }

  take(powerW: number, ms: number): void {
    this.#millijoules += powerW * ms;
  }

  /** How long until it is full at this offer. Infinity when nothing is offered. */
  fullInMs(offeredW: number): number {
    const target = this.profile.targetSocPercent ?? 100;
    let ms = 0;
    let millijoules = this.#millijoules;
    for (let percent = this.socPercent; percent < target; percent++) {
      const powerW = Math.floor(Math.min(offeredW, this.profile.maxPowerW) * taperAt(percent));
      if (powerW === 0) return Number.POSITIVE_INFINITY;
      const stretch = Math.ceil(((percent + 1) * this.#millijoulesPerPercent - millijoules) / powerW);
      ms += stretch;
      millijoules += stretch * powerW;
    }
    return ms;
  }
}

function taperAt(socPercent: number): number {
  if (socPercent < taperFromPercent) return 1;
  return 1 - ((1 - taperTo) * (socPercent - taperFromPercent)) / (99 - taperFromPercent);
}
