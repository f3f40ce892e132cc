/** What one admission takes of an allowance: rates are per minute, elapsed time is in milliseconds. */
const ADMISSION = 60_000;

/**
 * A token bucket that lets no more than `ratePerMinute` through in any minute. It holds the share of a second, or one
 * device, and is refilled by so much less than the rate that both together are not more than it.
 */
export function refillAllowance(allowance: number, ratePerMinute: number, elapsedMs: number): number {
  const refill = ratePerMinute + 1 - capacityOf(ratePerMinute);
  return Math.min(allowance + refill * elapsedMs, fullAllowance(ratePerMinute));
}

export function fullAllowance(ratePerMinute: number | undefined): number {
  return ratePerMinute === undefined ? 0 : capacityOf(ratePerMinute) * ADMISSION;
}

/** How many devices it is enough for. */
export function allowedBy(allowance: number): number {
  return Math.floor(allowance / ADMISSION);
}

export function spendAllowance(allowance: number, admissions: number): number {
  return allowance - admissions * ADMISSION;
}

/** Milliseconds until it is enough for so many devices, or full. */
export function allowedInMs(allowance: number, ratePerMinute: number, admissions: number): number {
  const capacity = capacityOf(ratePerMinute);
  const missing = Math.min(admissions, capacity) * ADMISSION - allowance;
  return Math.max(0, Math.ceil(missing / (ratePerMinute + 1 - capacity)));
}

function capacityOf(ratePerMinute: number): number {
  return Math.max(1, Math.floor(ratePerMinute / 60));
}
