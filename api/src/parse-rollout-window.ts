import { isTimezone, LIMITS, type RolloutTimezone, type RolloutWindow, TwinError, WEEKDAYS } from '@muster/twin';
import type { RolloutWindowInput } from './rollout.js';

/** Parses the times and the time zone of a window that its schema has let through. */
export function parseRolloutWindow(window: RolloutWindowInput, path: string): RolloutWindow {
  const { days = WEEKDAYS } = window;
  const fromMinutes = parseWallTime(window.from, 1_439, `${path}/from`);
  const toMinutes = parseWallTime(window.to, 1_440, `${path}/to`);
  if (fromMinutes === toMinutes) {
    refuse(`${path}/to`, 'is the same as from: write another time, or "00:00" to "24:00" for whole days');
  }
  return {
    days: WEEKDAYS.filter((day) => days.includes(day)),
    fromMinutes,
    toMinutes,
    timezone: parseTimezone(window.timezone, `${path}/timezone`),
  };
}

function parseWallTime(text: string, minutesMax: number, path: string): number {
  const [hour, minute] = text.split(':');
  const minutes = Number(hour) * 60 + Number(minute);
  if (minutes <= minutesMax) return minutes;
  return refuse(path, `is out of range: write "00:00" to "${minutesMax === 1_440 ? '24:00' : '23:59'}"`);
}

const TAG = /^device\.tags((?:\.[A-Za-z_$][\w$]*|\['[^'\\]+'\]|\["[^"\\]+"\])+)$/;
const TAG_STEP = /\.([\w$]+)|\['([^']+)'\]|\["([^"]+)"\]/g;

/** Paths of tags are written as in the condition language, without escapes in brackets. */
function parseTimezone(text: string, path: string): RolloutTimezone {
  if (isTimezone(text)) return { kind: 'zone', zone: text };
  const [, steps] = text.length <= LIMITS.timezoneLengthMax ? (TAG.exec(text) ?? []) : [];
  if (steps === undefined) {
    const advice = 'write an IANA name such as "Europe/Prague" or "UTC", or a tag such as "device.tags.timezone"';
    return refuse(path, `is not a time zone: ${advice}`);
  }
  return {
    kind: 'tag',
    path: [...steps.matchAll(TAG_STEP)].map(([, bare, single, double]) => bare ?? single ?? double ?? ''),
  };
}

function refuse(path: string, advice: string): never {
  throw new TwinError('bad-request', `${path} ${advice}`, { path });
}
