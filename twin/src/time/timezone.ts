import { LIMITS } from '../protocol/limit.js';

/**
 * Whether `name` is in the IANA time zone database of this runtime, in any case. Offsets such as `+01:00` are not
 * time zones: they have no summer time, and some runtimes refuse them. A call costs tens of microseconds in Intl, so
 * callers with many devices cache the result.
 */
export function isTimezone(name: string): boolean {
  if (name.length > LIMITS.timezoneLengthMax || !/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
