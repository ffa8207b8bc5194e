const millijoulesPerMilliwattHour = 3600;

/**
 * The register of an energy meter. It counts in whole milliwatt-hours and keeps the rest below one, so that
 * any number of small steps gives exactly what one large step gives. It only ever rises (J02.FR.16).
 */
export class EnergyRegister {
  #milliwattHours: number;
  #restMillijoules = 0;

  constructor(milliwattHours = 0) {
    this.#milliwattHours = milliwattHours;
  }

  get milliwattHours(): number {
    return this.#milliwattHours;
  }

  /** Whole watts for whole milliseconds. */
  add(powerW: number, ms: number): void {
    const millijoules = powerW * ms + this.#restMillijoules;
    this.#milliwattHours += Math.floor(millijoules / millijoulesPerMilliwattHour);
    this.#restMillijoules = millijoules % millijoulesPerMilliwattHour;
  }
}

/** The exact decimal text of an amount in watt-hours: 1500 -> `1.5`. */
export function wattHoursText(milliwattHours: number): string {
  const whole = Math.floor(milliwattHours / 1000);
  const rest = milliwattHours % 1000;
  return rest === 0 ? String(whole) : `${whole}.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
}
