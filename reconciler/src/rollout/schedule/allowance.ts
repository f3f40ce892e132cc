/** What one admission takes of an allowance, so that all of it are integers. */
const ADMISSION = 3_600_000;

/** By so much time may be late what an allowance was spent for. */
export const LATE_MS_MAX = 1_000;

/** Shares of a second that come in during a minute: another one is held, and one makes up for what is late. */
const SHARES = 58;

/**
 * A token bucket that lets no more than `ratePerMinute` through in any minute, from any moment until before the same a
 * minute later, if each comes through within `LATE_MS_MAX`. It holds one device and the share of a second.
 */
export function refillAllowance(allowance: number, ratePerMinute: number, elapsedMs: number): number {
  return Math.min(allowance + SHARES * ratePerMinute * elapsedMs, fullAllowance(ratePerMinute));
}

export function fullAllowance(ratePerMinute: number | undefined): number {
  return ratePerMinute === undefined ? 0 : ADMISSION + (ratePerMinute * ADMISSION) / 60;
}

/** How many devices it is enough for. */
export function allowedBy(allowance: number): number {
  return Math.floor(allowance / ADMISSION);
}

export function spendAllowance(allowance: number, admissions: number): number {
  return allowance - admissions * ADMISSION;
}

/** Milliseconds until it is enough for so many devices, or for as many as it can hold. */
export function allowedInMs(allowance: number, ratePerMinute: number, admissions: number): number {
  const wanted = Math.min(admissions, allowedBy(fullAllowance(ratePerMinute)));
  return Math.max(0, Math.ceil((wanted * ADMISSION - allowance) / (SHARES * ratePerMinute)));
}
