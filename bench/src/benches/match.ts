import type { ConditionKind } from '../load/condition-workload.js';
import { type MatchFigures, measureMatch } from '../measure/measure-match.js';
import { count, table } from '../measure/table.js';

const SIZES = [10_000, 100_000];
const CURVE_SIZES = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
const KINDS: readonly ConditionKind[] = ['mix', 'prefix + equality'];

/** How many times faster than the loop the index should be. */
const RATIO_AIMS: Readonly<Record<string, number>> = {
  '10000 mix': 100,
  '10000 prefix + equality': 100,
  '100000 mix': 150,
  '100000 prefix + equality': 1_000,
};
const CANDIDATES_PER_MATCH_AIM = 3;
const CANDIDATES_BESIDE_AIM = 5;

/** Which stored conditions hold for one device: the index beside the loop over the same compiled conditions. */
export async function match(): Promise<void> {
  const figures = SIZES.flatMap((size) => KINDS.map((kind) => measureMatch(kind, size)));
  console.log('one device, the index beside the loop over the same compiled conditions, answers checked equal\n');
  printMatches(figures);
  printChanges(figures);
  printSizes(figures);
  console.log('how the time for one device grows with the conditions (mix)\n');
  printCurve(measureCurve());
}

export function measureCurve(): MatchFigures[] {
  return CURVE_SIZES.map((size) => measureMatch('mix', size));
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

/** The loop must ask every condition about the device as it was and as it is. */
function printChanges(figures: readonly MatchFigures[]): void {
  const header = [
    'one device changed its site',
    'two loops, µs',
    'index, µs',
    'ratio',
    'entered and left',
    'candidates',
  ];
  const rows = figures.map((one) => [
    ...[name(one), count(one.naiveUs * 2), one.changedUs.toFixed(2), ratio(one.naiveUs * 2, one.changedUs)],
    ...[one.flips.toFixed(2), one.changedCandidates.toFixed(2)],
  ]);
  console.log(`${table(header, rows)}\n`);
}

function printSizes(figures: readonly MatchFigures[]): void {
  const header = [
    'index',
    'distinct',
    'filings',
    'built in, ms',
    'a second',
    'condition, bytes',
    'index beside, bytes',
  ];
  const rows = figures.map((one) => [
    ...[name(one), count(one.distinct), count(one.filings), count(one.buildMs)],
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
