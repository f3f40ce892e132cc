import { TwinError } from '../protocol/error.js';
import { LIMITS } from '../protocol/limit.js';

/** Units of a duration and their milliseconds, longest first. */
export const DURATION_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;
const UNIT_MS: ReadonlyMap<string, number> = new Map(DURATION_UNITS);

/** Returns the milliseconds of a text such as `90m` or `1.5h`, and undefined for any other text. */
export function durationMs(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (UNIT_MS.get(unit) ?? 0);
}

/**
 * Returns the milliseconds of a duration such as `90m`, a whole number and a unit. `path` is the JSON Pointer of the
 * text, for the error.
 */
export function parseDuration(text: string, path: string): number {
  const milliseconds = text.includes('.') ? undefined : durationMs(text);
  if (milliseconds === undefined) {
    throw new TwinError(
      'bad-request',
      `${path} is not a duration: write an integer and ms, s, m, h or d, such as "90m"`,
      { path },
    );
  }
  if (milliseconds <= LIMITS.durationMsMax) return milliseconds;
  throw new TwinError('bad-request', `${path} is too long: write at most "${durationText(LIMITS.durationMsMax)}"`, {
    path,
  });
}

/** Returns a duration in the longest unit that needs no fraction. */
export function durationText(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const [name, unitMs] = DURATION_UNITS.find(([, lengthMs]) => milliseconds % lengthMs === 0) ?? (['ms', 1] as const);
  return `${milliseconds / unitMs}${name}`;
}
