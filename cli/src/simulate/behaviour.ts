import { pick } from './random.js';

/** How a fleet behaves. Decisions take their random numbers from the caller. */
export interface Behaviour {
  /** Percent of the versions that a device fails to apply. */
  readonly failPercent: number;
  readonly applyDelayMaxMs: number;
  readonly reportIntervalMs: number;
  /** Percent of the fleet that drops out per minute. */
  readonly churnPercent: number;
}

export interface Application {
  readonly delayMs: number;
  /** The error; absent if it succeeds. */
  readonly error?: string;
}

const MINUTE_MS = 60_000;
const ABSENCE_MIN_MS = 1_000;
const ABSENCE_MAX_MS = 15_000;
const ERRORS = [
  'checksum of the image is wrong',
  'no space left on the device',
  'value out of range',
  'the actuator does not answer',
] as const;

/** Decides how long applying a version takes, and its result. */
export function decideApplication({ failPercent, applyDelayMaxMs }: Behaviour, random: () => number): Application {
  const delayMs = random() * applyDelayMaxMs;
  return random() * 100 < failPercent ? { delayMs, error: pick(ERRORS, random) } : { delayMs };
}

/** Varies the interval by a quarter, so that the reports of a fleet are not in step. */
export function decideReportDelayMs({ reportIntervalMs }: Behaviour, random: () => number): number {
  return reportIntervalMs * (0.75 + random() * 0.5);
}

/** Returns the time until a device drops out, exponentially distributed; undefined: never. */
export function decideDropDelayMs({ churnPercent }: Behaviour, random: () => number): number | undefined {
  if (churnPercent === 0) return undefined;
  const mean = (MINUTE_MS * 100) / churnPercent;
  return Math.min(2 ** 31 - 1, -Math.log(1 - random()) * mean);
}

export function decideAbsenceMs(random: () => number): number {
  return ABSENCE_MIN_MS + random() * (ABSENCE_MAX_MS - ABSENCE_MIN_MS);
}
