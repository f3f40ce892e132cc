/** Characters of the parts of a bar, in order. */
export interface BarMarks {
  readonly applied: string;
  readonly failed: string;
  readonly open: string;
  readonly missing: string;
}

export const PLAIN_MARKS: BarMarks = { applied: '#', failed: 'x', open: '-', missing: '.' };
export const TERMINAL_MARKS: BarMarks = { applied: '█', failed: '×', open: '▒', missing: '·' };

export interface BarCounts {
  readonly applied: number;
  readonly failed: number;
  /** Neither applied nor failed yet. */
  readonly open: number;
  /** The whole; at least the sum of the parts. */
  readonly total: number;
}

/**
 * Draws the parts of a whole in `width` characters, at least four. Every part that is not empty gets at least one
 * character, the missing part too, so that a bar that looks full is full.
 */
export function bar({ applied, failed, open, total }: BarCounts, width: number, marks: BarMarks): string {
  const parts = [
    { mark: marks.applied, count: applied },
    { mark: marks.failed, count: failed },
    { mark: marks.open, count: open },
    { mark: marks.missing, count: Math.max(0, total - applied - failed - open) },
  ];
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  if (whole === 0) return marks.missing.repeat(width);
  const sizes = parts.map(({ count }) => (count === 0 ? 0 : Math.max(1, Math.round((count / whole) * width))));
  fit(sizes, width);
  return parts.map(({ mark }, index) => mark.repeat(sizes[index] ?? 0)).join('');
}

/** Corrects the rounding error at the widest part, where it is least visible. */
function fit(sizes: number[], width: number): void {
  for (let sum = sizes.reduce((left, right) => left + right, 0); sum !== width; ) {
    const step = sum > width ? -1 : 1;
    const widest = sizes.indexOf(Math.max(...sizes));
    sizes[widest] = (sizes[widest] ?? 0) + step;
    sum += step;
  }
}
