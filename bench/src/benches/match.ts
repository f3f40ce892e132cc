import type { ConditionKind } from '../load/condition-workload.js';
import type { BenchOptions, Figure } from '../measure/figure.js';
import { type MatchFigures, measureMatch } from '../measure/measure-match.js';
import { count, table } from '../measure/table.js';

const SIZES = [10_000, 100_000];
const CURVE_SIZES = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
const KINDS: readonly ConditionKind[] = ['mix', 'prefix + equality'];

/** Target speed of the index, as a multiple of the speed of the loop. */
const RATIO_AIMS: Readonly<Record<string, number>> = {
  '10000 mix': 100,
  '10000 prefix + equality': 100,
  '100000 mix': 150,
  '100000 prefix + equality': 1_000,
};
const CANDIDATES_PER_MATCH_AIM = 3;
const CANDIDATES_BESIDE_AIM = 5;

/** Finds the stored conditions that hold for one device, by the index and by a loop over the same compiled conditions. */
export async function match({ isCompared }: BenchOptions): Promise<readonly Figure[]> {
  const figures: MatchFigures[] = [];
  for (const size of SIZES) for (const kind of KINDS) figures.push(await measureMatch(kind, size));
  console.log('one device, the index beside the loop over the same compiled conditions, answers checked equal\n');
  printMatches(figures);
  printSizes(figures);
  if (isCompared) return figures.flatMap(figuresOf);
  console.log('how the time for one device grows with the conditions (mix)\n');
  printCurve(await measureCurve());
  return [];
}

function figuresOf(one: MatchFigures): Figure[] {
  return [
    { name: `${name(one)}, match one device`, value: one.indexUs, unit: 'µs' },
    { name: `${name(one)}, match one device, processor time`, value: one.indexProcessorUs, unit: 'µs' },
    { name: `${name(one)}, build the index`, value: one.buildMs, unit: 'ms' },
    { name: `${name(one)}, memory of a condition in the index`, value: one.indexBytes, unit: 'B' },
  ];
}

export async function measureCurve(): Promise<MatchFigures[]> {
  const figures: MatchFigures[] = [];
  for (const size of CURVE_SIZES) figures.push(await measureMatch('mix', size));
  return figures;
}

export function printCurve(figures: readonly MatchFigures[]): void {
  const header = ['conditions', 'matches', 'candidates', 'loop, µs', 'index, µs', 'ratio'];
  const rows = figures.map(({ conditions, matches, candidates, naiveUs, indexUs }) => [
    ...[count(conditions), matches.toFixed(2), candidates.toFixed(2)],
    ...[naiveUs.toFixed(1), indexUs.toFixed(2), ratio(naiveUs, indexUs)],
  ]);
  console.log(table(header, rows));
}

function printMatches(figures: readonly MatchFigures[]): void {
  const header = ['match', 'loop, µs', 'index, µs', 'ratio', 'aim', 'matches', 'candidates', 'aim'];
  const rows = figures.map((one) => [
    ...[name(one), count(one.naiveUs), one.indexUs.toFixed(2), ratio(one.naiveUs, one.indexUs)],
    `>= ${count(RATIO_AIMS[`${one.conditions} ${one.kind}`] ?? Number.NaN)}`,
    ...[one.matches.toFixed(2), one.candidates.toFixed(2)],
    `<= ${(one.matches * CANDIDATES_PER_MATCH_AIM + CANDIDATES_BESIDE_AIM).toFixed(1)}`,
  ]);
  console.log(`${table(header, rows)}\n`);
}

function printSizes(figures: readonly MatchFigures[]): void {
  const header = [
    'index',
    'distinct',
    'postings',
    'built in, ms',
    'a second',
    'condition, bytes',
    'index beside, bytes',
  ];
  const rows = figures.map((one) => [
    ...[name(one), count(one.distinct), count(one.postings), count(one.buildMs)],
    ...[count((one.conditions * 1_000) / one.buildMs), count(one.conditionBytes), count(one.indexBytes)],
  ]);
  console.log(`${table(header, rows)}\n`);
}

function name({ conditions, kind }: MatchFigures): string {
  return `${count(conditions)} ${kind}`;
}

function ratio(theirs: number, ours: number): string {
  const value = theirs / ours;
  return value < 10 ? value.toFixed(2) : count(value);
}
