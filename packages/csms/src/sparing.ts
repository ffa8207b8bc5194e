/** Whether to say something that somebody outside can make us say again and again. */
export interface Sparing {
  /** How often it was left unsaid since it was last said; undefined when it is to be left unsaid now. */
  next(key: string): number | undefined;
}

export const sparingLimits = {
  /** The same thing of the same one is said once in this time. */
  everyMs: 60_000,
  /** Of all together, in the same time: whoever invents names does not get a line for each. */
  lines: 120,
  /** Remembered at once; the oldest are forgotten first. */
  keys: 10_000,
} as const;

interface Said {
  readonly atMs: number;
  unsaid: number;
}

export function createSparing(
  nowMs: () => number,
  limits: Readonly<Record<keyof typeof sparingLimits, number>> = sparingLimits,
): Sparing {
  const known = new Map<string, Said>();
  let windowAtMs = nowMs();
  let lines = 0;

  return {
    next(key) {
      const atMs = nowMs();
      if (atMs - windowAtMs >= limits.everyMs) {
        windowAtMs = atMs;
        lines = 0;
      }
      const said = known.get(key);
      if (said && atMs - said.atMs < limits.everyMs) {
        said.unsaid++;
        return undefined;
      }
      if (lines >= limits.lines) return undefined;
      lines++;
      known.delete(key);
      known.set(key, { atMs, unsaid: 0 });
      const [oldest] = known.keys();
      if (known.size > limits.keys && oldest !== undefined) known.delete(oldest);
      return said?.unsaid ?? 0;
    },
  };
}
