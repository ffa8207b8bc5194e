/** A UTC day, `2026-03-01`: one partition. */
export type Day = string;

export interface PartitionPlan {
  readonly create: readonly Day[];
  readonly drop: readonly Day[];
  /** Rows from before this day are not wanted any more, in whichever partition. */
  readonly keepFrom: Day | undefined;
}

/**
 * Which partitions to create and to drop.
 *
 * @param existing the days that have a partition.
 * @param inDefault the days of rows that went to the default partition because theirs was not there in time. They get
 * one now, unless they are too old, or so far ahead that a clock must have been wrong.
 */
export function planPartitions(facts: {
  readonly existing: readonly Day[];
  readonly inDefault: readonly Day[];
  readonly today: Day;
  readonly daysAhead: number;
  readonly retentionDays: number | undefined;
}): PartitionPlan {
  const { existing, inDefault, today, daysAhead, retentionDays } = facts;
  const keepFrom = retentionDays === undefined ? undefined : addDays(today, -retentionDays);
  const last = addDays(today, daysAhead);
  const ahead = Array.from({ length: daysAhead + 1 }, (_, index) => addDays(today, index));
  const late = inDefault.filter((day) => day <= last && (keepFrom === undefined || day >= keepFrom));
  const wanted = new Set([...late, ...ahead]);
  return {
    create: [...wanted].filter((day) => !existing.includes(day)).sort(),
    drop: keepFrom === undefined ? [] : existing.filter((day) => day < keepFrom).sort(),
    keepFrom,
  };
}

export function addDays(day: Day, days: number): Day {
  return dayOf(new Date(Date.parse(day) + days * 86_400_000));
}

export function dayOf(instant: Date): Day {
  return instant.toISOString().slice(0, 10);
}
