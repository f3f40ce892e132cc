/** A border between values: just before or just after `value`. */
export interface Bound {
  readonly value: number | string;
  readonly isAfter: boolean;
}

/** The values between two bounds, or on one side of a single bound. Both bounds have the same type. */
export interface Interval {
  readonly above?: Bound;
  readonly below?: Bound;
}

/** Returns a number below 0, 0, or a number above 0. Callers compare bounds of the same type only. */
export function compareBounds(left: Bound, right: Bound): number {
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  return Number(left.isAfter) - Number(right.isAfter);
}

/** Whether a value of the same type lies above the bound. */
export function isAbove(value: number | string, bound: Bound): boolean {
  return bound.isAfter ? value > bound.value : value >= bound.value;
}

/** Returns the type of the values in an interval. */
export function intervalType({ above, below }: Interval): 'number' | 'string' {
  return typeof (above ?? below)?.value === 'number' ? 'number' : 'string';
}

/** Returns the values that lie in both intervals, which have the same type. */
export function intersectIntervals(left: Interval, right: Interval): Interval {
  const above = furthest(left.above, right.above, 1);
  const below = furthest(left.below, right.below, -1);
  return { ...(above && { above }), ...(below && { below }) };
}

/** Returns the higher of two bounds (direction 1) or the lower (-1). */
function furthest(left: Bound | undefined, right: Bound | undefined, direction: 1 | -1): Bound | undefined {
  if (!left || !right) return left ?? right;
  return compareBounds(left, right) * direction > 0 ? left : right;
}
