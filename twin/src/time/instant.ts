import { TwinError } from '../protocol/error.js';

const WRITTEN = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(?:Z|([+-])(\d\d):(\d\d))$/i;

/**
 * Returns the milliseconds since 1970 of an RFC 3339 time with its offset. Seconds are optional, and digits below
 * a millisecond are cut off. `path` is the JSON Pointer of the text, for the error.
 */
export function parseInstant(text: string, path: string): number {
  const [, date, ...parts] = WRITTEN.exec(text) ?? [];
  if (date === undefined) {
    throw refusal(path, 'write a time with its offset, such as "2027-01-31T22:00:00Z" or "2027-01-31T23:00:00+01:00"');
  }
  const midnight = midnightMs(date);
  if (midnight === undefined) throw refusal(path, 'there is no such day');
  const [hour, minute, second, fraction, sign, offsetHour, offsetMinute] = parts;
  const offsetMs = (sign === '-' ? -1 : 1) * timeOfDayMs(path, offsetHour, offsetMinute);
  return midnight + timeOfDayMs(path, hour, minute, second) + fractionMs(fraction) - offsetMs;
}

function refusal(path: string, advice: string): TwinError {
  return new TwinError('bad-request', `${path} is not a time: ${advice}`, { path });
}

/** `Date.parse` refuses a month 13, but reads 30 February as 2 March. */
function midnightMs(date: string): number | undefined {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(midnight)) return undefined;
  return new Date(midnight).toISOString().startsWith(date) ? midnight : undefined;
}

function timeOfDayMs(path: string, hour = '0', minute = '0', second = '0'): number {
  const [hours, minutes, seconds] = [Number(hour), Number(minute), Number(second)];
  if (hours > 23 || Math.max(minutes, seconds) > 59) {
    throw refusal(path, 'an hour is at most 23, a minute or second at most 59');
  }
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}

function fractionMs(fraction = '.0'): number {
  return Number(fraction.slice(1, 4).padEnd(3, '0'));
}
