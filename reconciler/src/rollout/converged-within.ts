const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The steps of the histogram of how long devices took, ascending; what is above the last has no bound. */
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

/** The place of the first step in which it fits. */
export function convergedStep(convergedMs: number): number {
  const step = CONVERGED_WITHIN_MS.findIndex((withinMs) => convergedMs <= withinMs);
  return step < 0 ? CONVERGED_WITHIN_MS.length : step;
}
