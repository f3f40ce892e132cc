const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Ascending bounds of the histogram of convergence times; times above the last one have their own bucket. */
export const CONVERGED_WITHIN_MS: readonly number[] = [
  SECOND_MS,
  10 * SECOND_MS,
  MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
  DAY_MS,
  7 * DAY_MS,
];

/** Index of the first bound that is not below the time. */
export function convergedStep(convergedMs: number): number {
  const step = CONVERGED_WITHIN_MS.findIndex((withinMs) => convergedMs <= withinMs);
  return step < 0 ? CONVERGED_WITHIN_MS.length : step;
}
