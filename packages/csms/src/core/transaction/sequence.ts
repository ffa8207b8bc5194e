/** Sequence numbers that have not arrived, as rising, disjoint ranges, both ends included. */
export type SequenceGaps = readonly (readonly [first: number, last: number])[];

export interface Sequence {
  readonly last: number | undefined;
  readonly missing: SequenceGaps;
}

/** More gaps than this are kept as one: a station that counts wildly must not grow a row without bound. */
const mostGaps = 50;

/**
 * Takes note of a sequence number. Numbers begin at 0 for each transaction and rise by one (E01.FR.07); one that
 * arrives late closes its part of a gap.
 */
export function observe({ last, missing }: Sequence, seqNo: number): Sequence {
  const expected = last === undefined ? 0 : last + 1;
  if (seqNo >= expected) {
    const gaps = seqNo > expected ? [...missing, [expected, seqNo - 1] as const] : missing;
    return { last: seqNo, missing: bounded(gaps) };
  }
  return { last, missing: missing.flatMap((gap) => without(gap, seqNo)) };
}

function without([first, last]: readonly [number, number], seqNo: number): SequenceGaps {
  if (seqNo < first || seqNo > last) return [[first, last]];
  const rest: [number, number][] = [];
  if (first < seqNo) rest.push([first, seqNo - 1]);
  if (seqNo < last) rest.push([seqNo + 1, last]);
  return rest;
}

function bounded(gaps: SequenceGaps): SequenceGaps {
  if (gaps.length <= mostGaps) return gaps;
  const [first, second, ...rest] = gaps;
  return first && second ? [[first[0], second[1]], ...rest] : gaps;
}
