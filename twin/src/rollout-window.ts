import { elementsOf, membersOf, type Place, refuseValue, textOf, wordOf } from './members.js';
import { parseTimezone, type RolloutTimezone } from './timezone.js';

/** When devices may be admitted, as the operator writes it. */
export interface RolloutWindowInput {
  /** The days on which it begins; left away: every day. */
  readonly days?: readonly Weekday[];
  /** `HH:MM`, from `00:00` to `23:59`. */
  readonly from: string;
  /** `HH:MM`, also `24:00`; before `from` it is on the day after, and the same as `from` it may not be. */
  readonly to: string;
  /** A name of the IANA time zone database, or a tag of the device such as `device.tags.timezone`. */
  readonly timezone: string;
}

export type Weekday = (typeof WEEKDAYS)[number];

/** Times as the clock on the wall shows them: `from` is in the window, `to` is not. It crosses midnight where `from` is above `to`. */
export interface RolloutWindow {
  /** The days on which it begins, in the order of the week, at least one. */
  readonly days: readonly Weekday[];
  /** Minutes since midnight, 0 to 1,439. */
  readonly fromMinutes: number;
  /** Minutes since midnight, 0 to 1,440; never `fromMinutes`. */
  readonly toMinutes: number;
  readonly timezone: RolloutTimezone;
}

/** In the order of the week (ISO 8601). */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export function parseRolloutWindow(place: Place): RolloutWindow {
  const at = membersOf(place, ['days', 'from', 'to', 'timezone']);
  const fromMinutes = parseWallTime(at('from'), 1_439, '"01:00"');
  const toMinutes = parseWallTime(at('to'), 1_440, '"05:00"');
  if (fromMinutes === toMinutes) {
    refuseValue(at('to'), 'is the same as from: write another time, or "00:00" to "24:00" for whole days');
  }
  const days = at('days').value === undefined ? WEEKDAYS : parseDays(at('days'));
  return { days, fromMinutes, toMinutes, timezone: parseTimezone(at('timezone')) };
}

function parseDays(place: Place): readonly Weekday[] {
  const elements = elementsOf(place, 'a list of days such as ["sat", "sun"]');
  if (elements.length === 0) refuseValue(place, 'is empty: write a day, or leave it away for every day');
  const days = new Set<Weekday>();
  for (const element of elements) {
    const day = wordOf(element, WEEKDAYS);
    if (days.has(day)) refuseValue(element, `is there twice: write "${day}" once`);
    days.add(day);
  }
  return WEEKDAYS.filter((day) => days.has(day));
}

function parseWallTime(place: Place, minutesMax: number, example: string): number {
  const [, hour, minute] = /^(\d\d):([0-5]\d)$/.exec(textOf(place, `a time such as ${example}`)) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  if (minutes <= minutesMax) return minutes;
  const last = minutesMax === 1_440 ? '24:00' : '23:59';
  return refuseValue(place, `is no time of a day: write "00:00" to "${last}", such as ${example}`);
}
