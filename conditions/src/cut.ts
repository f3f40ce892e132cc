/** A place between values, just before or just after one of them. What compares with texts is a text, else a number. */
export interface Cut {
  readonly value: number | string;
  readonly isAfter: boolean;
}

/** Below 0, 0, or above 0. Cuts of different types have no order: they are never compared. */
export function compareCuts(left: Cut, right: Cut): number {
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  return Number(left.isAfter) - Number(right.isAfter);
}

/** Whether a value of the same type lies above the cut. */
export function isAbove(value: number | string, cut: Cut): boolean {
  return cut.isAfter ? value > cut.value : value >= cut.value;
}
