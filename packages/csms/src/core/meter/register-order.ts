import type { Point } from './quantity.ts';
import { noiseWh } from './register-limits.ts';

export interface OrderedPoints {
  /** From the begin mark, where there is one, to the end mark. */
  readonly points: readonly Point[];
  /** Whether time gave the order; if not, differences of time mean nothing. */
  readonly byTime: boolean;
}

/**
 * The points of a register in the order they were taken. Time decides, unless the register falls in that order
 * and does not in the order of sequence, or with the marks put at the ends: a register proves a clock wrong,
 * because it only rises and clocks are set. (Sequence cannot come first: the Ended event of 2.x repeats
 * readings from the whole transaction.)
 */
export function orderPoints(points: readonly Point[]): OrderedPoints {
  const byTime = points.toSorted(timeOrder);
  if (isPlausible(byTime)) return { points: betweenMarks(byTime), byTime: true };
  const others = [points.toSorted(markOrder)];
  if (points.every((point) => point.sequence !== undefined)) others.unshift(points.toSorted(sequenceOrder));
  const better = others.find(isPlausible);
  if (better) return { points: betweenMarks(better), byTime: false };
  if (marksInPlace(byTime)) return { points: betweenMarks(byTime), byTime: true };
  return { points: betweenMarks(points.toSorted(markOrder)), byTime: false };
}

function isPlausible(ordered: readonly Point[]): boolean {
  return (
    marksInPlace(ordered) &&
    ordered.every((point, index) => {
      const before = ordered[index - 1];
      return before === undefined || before.value.minus(point.value).lessThanOrEqualTo(noiseWh);
    })
  );
}

function marksInPlace(ordered: readonly Point[]): boolean {
  const firstEnd = ordered.findIndex(isEnd);
  return firstEnd < 0 || ordered.findLastIndex(isBegin) < firstEnd;
}

function betweenMarks(ordered: readonly Point[]): readonly Point[] {
  const end = ordered.findLastIndex(isEnd);
  return ordered.slice(Math.max(ordered.findIndex(isBegin), 0), end < 0 ? undefined : end + 1);
}

export function isBegin(point: Point): boolean {
  return point.context === 'Transaction.Begin';
}

export function isEnd(point: Point): boolean {
  return point.context === 'Transaction.End';
}

type Order = (one: Point, other: Point) => number;

const time: Order = (one, other) =>
  compare(one.atMs ?? Number.NEGATIVE_INFINITY, other.atMs ?? Number.NEGATIVE_INFINITY);
const sequence: Order = (one, other) => compare(one.sequence ?? 0, other.sequence ?? 0);
const marks: Order = (one, other) => compare(rankOf(one), rankOf(other));
const value: Order = (one, other) => one.value.comparedTo(other.value);

const timeOrder = firstOf(time, sequence, marks, value);
const sequenceOrder = firstOf(sequence, time, marks, value);
const markOrder = firstOf(marks, time, sequence, value);

function firstOf(...orders: readonly Order[]): Order {
  return (one, other) => {
    for (const order of orders) {
      const result = order(one, other);
      if (result !== 0) return result;
    }
    return 0;
  };
}

function rankOf(point: Point): number {
  if (isBegin(point)) return 0;
  return isEnd(point) ? 2 : 1;
}

function compare(one: number, other: number): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
