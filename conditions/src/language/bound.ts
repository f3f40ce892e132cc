/** A border between values, just before or just after one of them. */
export interface Bound {
  readonly value: number | string;
  readonly isAfter: boolean;
}

/** The values between two cuts, or on one side of one. Both cuts are of the same type. */
export interface Interval {
  readonly above?: Bound;
  readonly below?: Bound;
}

/** Below 0, 0, or above 0. Cuts of different types have no order: they are never compared. */
export function compareBounds(left: Bound, right: Bound): number {
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  return Number(left.isAfter) - Number(right.isAfter);
}

/** Whether a value of the same type lies above the cut. */
export function isAbove(value: number | string, cut: Bound): boolean {
  return cut.isAfter ? value > cut.value : value >= cut.value;
}

/** The type of the values in an interval. */
export function intervalType({ above, below }: Interval): 'number' | 'string' {
  return typeof (above ?? below)?.value === 'number' ? 'number' : 'string';
}

/** The values that lie in both intervals, which are of the same type. */
export function intersectIntervals(left: Interval, right: Interval): Interval {
  const above = furthest(left.above, right.above, 1);
  const below = furthest(left.below, right.below, -1);
  return { ...(above && { above }), ...(below && { below }) };
}

/** The higher of two cuts (direction 1) or the lower (-1). */
function furthest(left: Bound | undefined, right: Bound | undefined, direction: 1 | -1): Bound | undefined {
  if (!left || !right) return left ?? right;
  return compareBounds(left, right) * direction > 0 ? left : right;
}
