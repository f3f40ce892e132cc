/** Units that one admission takes, chosen so that all amounts are integers. */
const ADMISSION = 3_600_000;

/** How late an admission may reach the disk after its token was spent, in milliseconds. */
export const LATE_MS_MAX = 1_000;

/** Refill per minute, in 1/60ths of the rate. 58, not 60: one is the initial token, one covers `LATE_MS_MAX`. */
const SHARES = 58;

/**
 * A token bucket that admits at most `ratePerMinute` devices in any 60 seconds, if each admission reaches the disk within
 * `LATE_MS_MAX`. It holds at most one device and the share of a second.
 */
export function refillAllowance(allowance: number, ratePerMinute: number, elapsedMs: number): number {
  return Math.min(allowance + SHARES * ratePerMinute * elapsedMs, fullAllowance(ratePerMinute));
}

export function fullAllowance(ratePerMinute: number | undefined): number {
  return ratePerMinute === undefined ? 0 : ADMISSION + (ratePerMinute * ADMISSION) / 60;
}

/** Number of devices that the allowance admits now. */
export function allowedBy(allowance: number): number {
  return Math.floor(allowance / ADMISSION);
}

export function spendAllowance(allowance: number, admissions: number): number {
  return allowance - admissions * ADMISSION;
}

/** Milliseconds until the allowance admits `count` devices, or its capacity if that is less. */
export function allowedInMs(allowance: number, ratePerMinute: number, admissions: number): number {
  const wanted = Math.min(admissions, allowedBy(fullAllowance(ratePerMinute)));
  return Math.max(0, Math.ceil((wanted * ADMISSION - allowance) / (SHARES * ratePerMinute)));
}
