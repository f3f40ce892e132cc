import { pick } from './random.js';

/** How a fleet behaves; every decision takes its chance from the caller. */
export interface Behaviour {
  /** Of the versions that a device is told to apply. */
  readonly failPercent: number;
  readonly applyDelayMaxMs: number;
  readonly reportIntervalMs: number;
  /** Percent of the fleet that drops out in a minute. */
  readonly churnPercent: number;
}

export interface Application {
  readonly delayMs: number;
  /** Why it fails; absent: it works. */
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

/** How long applying a version takes, and how it ends. */
export function decideApplication({ failPercent, applyDelayMaxMs }: Behaviour, random: () => number): Application {
  const delayMs = random() * applyDelayMaxMs;
  return random() * 100 < failPercent ? { delayMs, error: pick(ERRORS, random) } : { delayMs };
}

/** Reports come at the interval, give or take a quarter: a fleet is no choir. */
export function decideReportDelayMs({ reportIntervalMs }: Behaviour, random: () => number): number {
  return reportIntervalMs * (0.75 + random() * 0.5);
}

/** Time until a device drops out, without memory of the past; undefined: never. */
export function decideDropDelayMs({ churnPercent }: Behaviour, random: () => number): number | undefined {
  if (churnPercent === 0) return undefined;
  const mean = (MINUTE_MS * 100) / churnPercent;
  return Math.min(2 ** 31 - 1, -Math.log(1 - random()) * mean);
}

export function decideAbsenceMs(random: () => number): number {
  return ABSENCE_MIN_MS + random() * (ABSENCE_MAX_MS - ABSENCE_MIN_MS);
}
