import type { EvseLayout } from '../evse/layout.ts';
import type { MeterState } from './reading.ts';
import { EnergyRegister } from './register.ts';
import { Vehicle, type VehicleProfile } from './vehicle.ts';

/** The power path of one EVSE: what it offers, what the vehicle takes, what the meter counts. */
export class Outlet {
  readonly register: EnergyRegister;
  readonly #layout: EvseLayout;
  #vehicle: Vehicle | undefined;
  #closed = false;
  #settledAt = 0;

  constructor(layout: EvseLayout) {
    this.#layout = layout;
    this.register = new EnergyRegister((layout.meterStartWh ?? 0) * 1000);
  }

  connect(profile: VehicleProfile): void {
    this.#vehicle = new Vehicle(profile);
  }

  disconnect(): void {
    this.#closed = false;
    this.#vehicle = undefined;
  }

  /** Opens or closes the contactor. The outlet must be settled. */
  setClosed(closed: boolean): void {
    this.#closed = closed;
  }

  get vehicleIsFull(): boolean {
    return this.#vehicle?.isFull ?? false;
  }

  /** Phases in use: of the outlet and the vehicle the fewer; undefined for DC. */
  get phasesUsed(): number | undefined {
    return this.#layout.supply === 'DC' ? undefined : this.#phases;
  }

  /**
   * Energy flows by itself; this brings the register to the present.
   * @returns when the vehicle became full, if it did since it was last looked at
   */
  settle(now: number): number | undefined {
    let at = this.#settledAt;
    this.#settledAt = now;
    const vehicle = this.#vehicle;
    if (!vehicle || !this.#closed || vehicle.isFull) return undefined;
    while (at < now && !vehicle.isFull) {
      const powerW = vehicle.powerW(this.#offeredW);
      if (powerW === 0) return undefined;
      const ms = Math.min(vehicle.steadyMs(powerW), now - at);
      this.register.add(powerW, ms);
      vehicle.take(powerW, ms);
      at += ms;
    }
    return vehicle.isFull ? at : undefined;
  }

  /** When the vehicle will be full if nothing changes; infinite when it never will. */
  fullAt(now: number): number {
    if (!this.#closed || !this.#vehicle) return Number.POSITIVE_INFINITY;
    return now + this.#vehicle.fullInMs(this.#offeredW);
  }

  get meter(): MeterState {
    return {
      milliwattHours: this.register.milliwattHours,
      powerW: this.#closed ? (this.#vehicle?.powerW(this.#offeredW) ?? 0) : 0,
      offeredW: this.#closed ? this.#offeredW : 0,
      supply: this.#layout.supply ?? 'AC',
      phases: this.#phases,
      socPercent: this.#vehicle?.socPercent,
    };
  }

  get #phases(): number {
    return Math.min(this.#layout.phases ?? 3, this.#vehicle?.profile.phases ?? 3);
  }

  get #offeredW(): number {
    if (this.#layout.supply === 'DC') return this.#layout.maxPowerW;
    return Math.floor((this.#layout.maxPowerW * this.#phases) / (this.#layout.phases ?? 3));
  }
}
