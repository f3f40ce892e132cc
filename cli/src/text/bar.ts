/** What a bar is drawn with: parts in order, and what is still missing. */
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
  /** Neither of them, so far. */
  readonly open: number;
  /** All that there may be; less than the parts are together counts as what they are. */
  readonly total: number;
}

/**
 * Parts of a whole in so many characters. Every part that is not empty has at least one, also what is missing: a bar
 * that looks full is full. At least four characters.
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

/** What rounding left over or short is taken from the widest, where it is seen least. */
function fit(sizes: number[], width: number): void {
  for (let sum = sizes.reduce((left, right) => left + right, 0); sum !== width; ) {
    const step = sum > width ? -1 : 1;
    const widest = sizes.indexOf(Math.max(...sizes));
    sizes[widest] = (sizes[widest] ?? 0) + step;
    sum += step;
  }
}
