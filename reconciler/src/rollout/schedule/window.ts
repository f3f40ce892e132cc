import { type RolloutWindow, WEEKDAYS } from '@muster/twin';
import { Temporal } from 'temporal-polyfill';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** Enough steps for two edges a day and the changes of the clock in three weeks; every window changes within that. */
const STEPS_MAX = 50;

/** A window without its time zone, which may differ by device. */
export type WallWindow = Pick<RolloutWindow, 'days' | 'fromMinutes' | 'toMinutes'>;

export interface WindowState {
  readonly isOpen: boolean;
  /** When the window opens or closes next, in milliseconds since 1970; Infinity for never. */
  readonly changesAt: number;
}

/**
 * A window is open while the wall clock in `zone` shows a time within it, on one of its days. A window across midnight
 * belongs to the day on which it begins. An hour that the clock skips in spring is missing from the window. A window that
 * would begin in it begins when the clock is put forward; a window within it does not open that day. An hour that
 * occurs twice in autumn counts twice. `now` is in milliseconds since 1970. `zone` is a name of the IANA database; an
 * unknown one is a bug of the caller.
 */
export function windowAt(window: WallWindow, now: number, zone: string): WindowState {
  let clock = wallClockAt(now, zone);
  const isOpen = isOpenAt(window, now + clock.offsetMs);
  if (isAlwaysOpen(window)) return { isOpen, changesAt: Number.POSITIVE_INFINITY };
  let at = now;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    at = Math.min(nextEdge(window, at + clock.offsetMs) - clock.offsetMs, clock.until);
    if (at === clock.until) clock = wallClockAt(at, zone);
    if (isOpenAt(window, at + clock.offsetMs) !== isOpen) return { isOpen, changesAt: at };
  }
  throw new Error(`a window that never changes: ${JSON.stringify(window)} in ${zone} after ${now}`);
}

/** How far the wall clock is ahead of UTC, and when that changes next. */
interface WallClock {
  readonly offsetMs: number;
  readonly until: number;
}

function wallClockAt(time: number, zone: string): WallClock {
  const local = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);
  const transition = local.getTimeZoneTransition('next');
  return {
    offsetMs: local.offsetNanoseconds / 1_000_000,
    until: transition?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
  };
}

function isAlwaysOpen({ days, fromMinutes, toMinutes }: WallWindow): boolean {
  return days.length === WEEKDAYS.length && fromMinutes === 0 && toMinutes === 1_440;
}

/** `wallMs`: the time on the wall clock, counted like UTC. */
function isOpenAt({ days, fromMinutes, toMinutes }: WallWindow, wallMs: number): boolean {
  const day = Math.floor(wallMs / DAY_MS);
  const minutes = (wallMs - day * DAY_MS) / MINUTE_MS;
  const begins = (onDay: number) => days.some((name) => name === weekday(onDay));
  if (fromMinutes < toMinutes) return fromMinutes <= minutes && minutes < toMinutes && begins(day);
  return minutes < toMinutes ? begins(day - 1) : fromMinutes <= minutes && begins(day);
}

/** Weekday of a day counted from 1970-01-01, a Thursday. */
function weekday(day: number): string | undefined {
  return WEEKDAYS.at((day + 3) % 7);
}

/** The next wall-clock time at which a window of any day begins or ends. */
function nextEdge({ fromMinutes, toMinutes }: WallWindow, wallMs: number): number {
  return Math.min(nextAt(fromMinutes, wallMs), nextAt(toMinutes, wallMs));
}

function nextAt(minutes: number, wallMs: number): number {
  const timeMs = minutes * MINUTE_MS;
  return (Math.floor((wallMs - timeMs) / DAY_MS) + 1) * DAY_MS + timeMs;
}
