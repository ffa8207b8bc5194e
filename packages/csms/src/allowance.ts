/** What somebody may still do now, filled with time up to a limit. */
export interface Allowance {
  left: number;
  filledAtMs: number;
}

export interface Rate {
  /** Filled in each `perMs`. */
  readonly amount: number;
  readonly perMs: number;
  /** At most, after a silence. */
  readonly atOnce: number;
}

export function fullAllowance({ atOnce }: Rate, nowMs: number): Allowance {
  return { left: atOnce, filledAtMs: nowMs };
}

export function fill(allowance: Allowance, { amount, perMs, atOnce }: Rate, nowMs: number): void {
  // A clock that is set back fills nothing.
  const more = (Math.max(0, nowMs - allowance.filledAtMs) / perMs) * amount;
  allowance.left = Math.min(atOnce, allowance.left + more);
  allowance.filledAtMs = nowMs;
}
