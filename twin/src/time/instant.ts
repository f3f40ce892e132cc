import { TwinError } from '../protocol/error.js';

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(?:Z|([+-])(\d\d):(\d\d))$/i;
const DAY_MS = 86_400_000;

/**
 * Milliseconds since 1970 of an RFC 3339 time with its offset; seconds may be left away, what is finer than a
 * millisecond is cut off. `path` is the JSON Pointer of the text, for the error.
 */
export function parseInstant(text: string, path: string): number {
  const match = WRITTEN.exec(text);
  if (match === null) {
    throw refusal(path, 'write a time with its offset, such as "2027-01-31T22:00:00Z" or "2027-01-31T23:00:00+01:00"');
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) throw refusal(path, 'there is no such day');
  const [offsetHour, offsetMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (Math.max(hour, offsetHour) > 23 || Math.max(minute, second, offsetMinute) > 59) {
    throw refusal(path, 'an hour is at most 23, a minute or second at most 59');
  }
  const offsetMs = (match[8] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute) * 60_000;
  const timeMs = ((hour * 60 + minute) * 60 + second) * 1_000 + fractionMs(match[7]);
  return daysSince1970(year, month, day) * DAY_MS + timeMs - offsetMs;
}

function refusal(path: string, advice: string): TwinError {
  return new TwinError('bad-request', `${path} is no time: ${advice}`, { path });
}

function fractionMs(fraction = '.0'): number {
  return Number(fraction.slice(1, 4).padEnd(3, '0'));
}

function daysOfMonth(year: number, month: number): number {
  return daysSince1970(month === 12 ? year + 1 : year, (month % 12) + 1, 1) - daysSince1970(year, month, 1);
}

/** Years begin on 1 March here, so that a leap day is the last of its year (proleptic Gregorian calendar). */
function daysSince1970(year: number, month: number, day: number): number {
  const yearFromMarch = month <= 2 ? year - 1 : year;
  const monthFromMarch = month <= 2 ? month + 9 : month - 3;
  const leapDays = Math.floor(yearFromMarch / 4) - Math.floor(yearFromMarch / 100) + Math.floor(yearFromMarch / 400);
  return yearFromMarch * 365 + leapDays + Math.floor((153 * monthFromMarch + 2) / 5) + day - 719_469;
}
