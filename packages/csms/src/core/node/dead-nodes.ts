/** A node as it stands in the database. */
export interface NodeSight {
  readonly id: string;
  /** When it last gave a sign of life, as the database has it. Compared, never computed with. */
  readonly seenAt: string;
}

/**
 * Tells which other nodes are dead: those whose sign of life has not changed while this node itself was seen to give
 * several. Only the looker's own time counts, and only time in which it could have seen a change: after the database
 * was away, or the looker paused, everybody is given the whole time again.
 */
export function createDeadNodes(options: {
  readonly deadAfterMs: number;
  /** A longer time between two looks is no time in which the others were watched. */
  readonly longestPauseMs: number;
}): (sights: readonly NodeSight[], nowMs: number) => string[] {
  const { deadAfterMs, longestPauseMs } = options;
  const unchanged = new Map<string, { seenAt: string; sinceMs: number }>();
  let lookedMs = -Infinity;

  return (sights, nowMs) => {
    if (nowMs - lookedMs > longestPauseMs) unchanged.clear();
    lookedMs = nowMs;
    const present = new Set(sights.map(({ id }) => id));
    for (const id of unchanged.keys()) if (!present.has(id)) unchanged.delete(id);
    return sights.flatMap(({ id, seenAt }) => {
      const known = unchanged.get(id);
      if (known?.seenAt === seenAt) return nowMs - known.sinceMs >= deadAfterMs ? [id] : [];
      unchanged.set(id, { seenAt, sinceMs: nowMs });
      return [];
    });
  };
}
