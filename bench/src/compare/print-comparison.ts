import type { Figure } from '../measure/figure.js';
import { median, table } from '../measure/table.js';

/** Prints, for each figure, the medians of both sides and the ratios of the rounds: this checkout to the other one. */
export function printComparison(name: string, others: readonly Figure[][], ours: readonly Figure[][]): void {
  const header = [`${name}, ${ours.length} rounds`, 'unit', 'better', 'other, median', 'min', 'max'];
  const columns = [...header, 'this, median', 'min', 'max', 'this / other, median', 'min', 'max'];
  const rows = (ours[0] ?? []).map(({ name: figure, unit, isRate = false }) => {
    const [before, after] = [valuesOf(others, figure), valuesOf(ours, figure)];
    const ratios = after.map((value, round) => value / (before[round] ?? Number.NaN));
    return [figure, unit, isRate ? 'higher' : 'lower', ...spread(before), ...spread(after), ...spread(ratios, 3)];
  });
  console.log(`\n${table(columns, rows)}\n`);
}

function valuesOf(rounds: readonly Figure[][], name: string): number[] {
  return rounds.map((figures) => figures.find((one) => one.name === name)?.value ?? Number.NaN);
}

function spread(values: readonly number[], digits = 1): string[] {
  return [median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
}
