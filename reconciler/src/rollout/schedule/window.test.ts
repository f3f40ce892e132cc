import { type RolloutWindow, WEEKDAYS, type Weekday } from '@muster/twin';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type WallWindow, windowAt } from './window.js';

const MINUTE_MS = 60_000;

/** Such as `sat sun 01:00-05:00`; without days every day. */
function windowOf(text: string): WallWindow {
  const words = text.split(' ');
  const [from = '', to = ''] = (words.pop() ?? '').split('-');
  return {
    days: words.length > 0 ? (words as Weekday[]) : WEEKDAYS,
    fromMinutes: minutes(from),
    toMinutes: minutes(to),
  };
}

function minutes(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

interface Case {
  readonly zone: string;
  readonly window: string;
  readonly why: string;
  /** Times in UTC: from the first on it is closed, and it changes at every other one. */
  readonly times: readonly string[];
}

const CASES: readonly Case[] = [
  {
    zone: 'Europe/Prague',
    window: '01:00-05:00',
    why: 'has 3 hours when the clock is put forward from 2 to 3',
    times: ['2026-03-28T04:00Z', '2026-03-29T00:00Z', '2026-03-29T03:00Z', '2026-03-29T23:00Z', '2026-03-30T03:00Z'],
  },
  {
    zone: 'Europe/Prague',
    window: '02:30-05:00',
    why: 'begins when the clock is put forward past its begin',
    times: ['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T03:00Z', '2026-03-30T00:30Z'],
  },
  {
    zone: 'Europe/Prague',
    window: '01:00-02:30',
    why: 'ends when the clock is put forward past its end',
    times: ['2026-03-28T12:00Z', '2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T23:00Z'],
  },
  {
    zone: 'Europe/Prague',
    window: '02:10-02:50',
    why: 'does not open on the day that has no such time',
    times: ['2026-03-28T12:00Z', '2026-03-30T00:10Z', '2026-03-30T00:50Z'],
  },
  {
    zone: 'Europe/Prague',
    window: 'sun 02:00-03:00',
    why: 'waits two weeks where the only day of the week has no such time',
    times: ['2026-03-22T02:00Z', '2026-04-05T00:00Z', '2026-04-05T01:00Z'],
  },
  {
    zone: 'Europe/Prague',
    window: '01:00-05:00',
    why: 'has 5 hours when the clock is put back from 3 to 2',
    times: ['2026-10-24T12:00Z', '2026-10-24T23:00Z', '2026-10-25T04:00Z', '2026-10-26T00:00Z'],
  },
  {
    zone: 'Europe/Prague',
    window: '02:30-02:45',
    why: 'opens twice within the hour that comes twice',
    times: [
      '2026-10-24T12:00Z',
      '2026-10-25T00:30Z',
      '2026-10-25T00:45Z',
      '2026-10-25T01:30Z',
      '2026-10-25T01:45Z',
      '2026-10-26T01:30Z',
    ],
  },
  {
    zone: 'Europe/Prague',
    window: '01:00-02:30',
    why: 'opens again where its end comes twice',
    times: ['2026-10-24T12:00Z', '2026-10-24T23:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z'],
  },
  {
    zone: 'Europe/Prague',
    window: '02:30-05:00',
    why: 'opens again where its begin comes twice',
    times: ['2026-10-24T12:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z', '2026-10-25T04:00Z'],
  },
  {
    zone: 'America/New_York',
    window: 'sat 22:00-04:00',
    why: 'belongs to the day on which it begins, and is an hour short in spring',
    times: ['2026-03-07T06:00Z', '2026-03-08T03:00Z', '2026-03-08T08:00Z', '2026-03-15T02:00Z'],
  },
  {
    zone: 'America/New_York',
    window: 'sat 22:00-04:00',
    why: 'is an hour longer in autumn',
    times: ['2026-10-31T12:00Z', '2026-11-01T02:00Z', '2026-11-01T09:00Z', '2026-11-08T03:00Z'],
  },
  {
    zone: 'Australia/Lord_Howe',
    window: '02:15-04:00',
    why: 'begins when half an hour is left out',
    times: ['2026-10-03T12:00Z', '2026-10-03T15:30Z', '2026-10-03T17:00Z', '2026-10-04T15:15Z'],
  },
  {
    zone: 'Australia/Lord_Howe',
    window: '02:00-02:30',
    why: 'does not open in the half hour that is left out',
    times: ['2026-10-03T12:00Z', '2026-10-04T15:00Z', '2026-10-04T15:30Z'],
  },
  {
    zone: 'Australia/Lord_Howe',
    window: '01:40-01:50',
    why: 'opens twice in the half hour that comes twice',
    times: ['2026-04-04T12:00Z', '2026-04-04T14:40Z', '2026-04-04T14:50Z', '2026-04-04T15:10Z', '2026-04-04T15:20Z'],
  },
  {
    zone: 'Pacific/Apia',
    window: 'thu 22:00-04:00',
    why: 'ends at midnight where the next day is left out',
    times: ['2011-12-29T12:00Z', '2011-12-30T08:00Z', '2011-12-30T10:00Z', '2012-01-05T08:00Z'],
  },
  {
    zone: 'Pacific/Apia',
    window: 'fri 22:00-04:00',
    why: 'begins at midnight after the day that is left out',
    times: ['2011-12-29T12:00Z', '2011-12-30T10:00Z', '2011-12-30T14:00Z', '2012-01-06T08:00Z'],
  },
  {
    zone: 'Pacific/Apia',
    window: 'fri 09:00-17:00',
    why: 'does not open on the day that is left out',
    times: ['2011-12-29T12:00Z', '2012-01-05T19:00Z', '2012-01-06T03:00Z'],
  },
  {
    zone: 'America/Havana',
    window: 'sun 00:00-24:00',
    why: 'is a whole day that begins at 1, because there is no midnight',
    times: ['2026-03-07T12:00Z', '2026-03-08T05:00Z', '2026-03-09T04:00Z', '2026-03-15T04:00Z'],
  },
  {
    zone: 'America/Sao_Paulo',
    window: 'sat 22:00-24:00',
    why: 'stays open where the clock is put back at midnight',
    times: ['2019-02-16T12:00Z', '2019-02-17T00:00Z', '2019-02-17T03:00Z', '2019-02-24T01:00Z'],
  },
  {
    zone: 'Asia/Kathmandu',
    window: '01:00-05:00',
    why: 'knows that 01:00 is 19:15 UTC',
    times: ['2026-03-28T12:00Z', '2026-03-28T19:15Z', '2026-03-28T23:15Z', '2026-03-29T19:15Z'],
  },
  {
    zone: 'UTC',
    window: 'sat sun 00:00-24:00',
    why: 'does not close between two whole days',
    times: ['2026-03-27T12:00Z', '2026-03-28T00:00Z', '2026-03-30T00:00Z', '2026-04-04T00:00Z'],
  },
  {
    zone: 'UTC',
    window: 'sun mon 22:00-04:00',
    why: 'goes from the end of the week to its begin',
    times: ['2026-03-29T12:00Z', '2026-03-29T22:00Z', '2026-03-30T04:00Z', '2026-03-30T22:00Z', '2026-03-31T04:00Z'],
  },
  {
    zone: 'UTC',
    window: 'wed 12:00-12:01',
    why: 'knows the days before 1970',
    times: ['1969-12-30T12:00Z', '1969-12-31T12:00Z', '1969-12-31T12:01Z', '1970-01-07T12:00Z'],
  },
];

describe('a window', () => {
  it.each(CASES)('$window in $zone $why', ({ zone, window, times }) => {
    const told = times.slice(1).map((_, index) => {
      const state = windowAt(windowOf(window), Date.parse(times[index] ?? ''), zone);
      return { isOpen: state.isOpen, changesAt: new Date(state.changesAt).toISOString() };
    });
    expect(told).toEqual(
      times.slice(1).map((time, index) => ({ isOpen: index % 2 === 1, changesAt: new Date(time).toISOString() })),
    );
  });

  it.each(['UTC', 'Europe/Prague', 'Pacific/Apia'])('of all days in %s never changes', (zone) => {
    const always = { isOpen: true, changesAt: Number.POSITIVE_INFINITY };
    expect(windowAt(windowOf('00:00-24:00'), Date.UTC(2026, 2, 28), zone)).toEqual(always);
  });

  it('is judged to the millisecond', () => {
    const opensAt = Date.UTC(2026, 2, 28, 1);
    const window = windowOf('01:00-05:00');
    expect(windowAt(window, opensAt - 1, 'UTC')).toEqual({ isOpen: false, changesAt: opensAt });
    expect(windowAt(window, opensAt, 'UTC').isOpen).toBe(true);
    expect(windowAt(window, opensAt + 4 * 60 * MINUTE_MS - 1, 'UTC').isOpen).toBe(true);
  });

  it('takes every name that Intl takes', () => {
    const names = [
      ...Intl.supportedValuesOf('timeZone').slice(0, 60),
      'Asia/Katmandu',
      'europe/prague',
      'Etc/GMT+5',
      'EST',
    ];
    const now = Date.UTC(2026, 2, 28);
    for (const name of names) expect(windowAt(windowOf('01:00-05:00'), now, name).changesAt).toBeGreaterThan(now);
  });
});

/** What the clock on the wall shows, asked of Intl anew for each minute. */
function naive(zone: string): (window: WallWindow, time: number) => boolean {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return ({ days, fromMinutes, toMinutes }, time) => {
    const [name = '', clock = ''] = format.format(time).split(/,? /);
    const today = WEEKDAYS.indexOf(name.toLowerCase() as Weekday);
    const isDay = (index: number) => days.includes(WEEKDAYS.at(index % 7) ?? 'mon');
    const minute = minutes(clock);
    if (fromMinutes < toMinutes) return isDay(today) && minute >= fromMinutes && minute < toMinutes;
    return (minute >= fromMinutes && isDay(today)) || (minute < toMinutes && isDay(today + 6));
  };
}

const ZONES = [
  'Europe/Prague',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'UTC',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'America/Havana',
  'America/St_Johns',
  'Asia/Gaza',
];

const windows: fc.Arbitrary<WallWindow> = fc
  .record<Pick<RolloutWindow, 'days' | 'fromMinutes' | 'toMinutes'>>({
    days: fc.oneof(fc.constant(WEEKDAYS), fc.subarray([...WEEKDAYS], { minLength: 1 })),
    fromMinutes: fc.oneof(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 0, max: 1_439 })),
    toMinutes: fc.oneof(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 0, max: 1_440 })),
  })
  .filter(({ fromMinutes, toMinutes }) => fromMinutes !== toMinutes && toMinutes - fromMinutes < 1_440);

/** Half of them in the weeks in which most clocks are put forward or back. */
const times = fc.oneof(
  fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2037, 0) }),
  fc
    .record({
      year: fc.integer({ min: 1990, max: 2036 }),
      month: fc.constantFrom(1, 2, 3, 8, 9, 10, 11),
      minute: fc.nat({ max: 31 * 1_440 }),
    })
    .map(({ year, month, minute }) => Date.UTC(year, month) + minute * MINUTE_MS),
);

test('a window is what the clock on the wall shows, and changes when it says', () => {
  const oracles = new Map(ZONES.map((zone) => [zone, naive(zone)]));
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), windows, times, (zone, window, now) => {
      const isOpenAt = (time: number) => oracles.get(zone)?.(window, time);
      const { isOpen, changesAt } = windowAt(window, now, zone);
      expect(changesAt).toBeGreaterThan(now);
      expect(changesAt % MINUTE_MS).toBe(0);
      expect(isOpenAt(now)).toBe(isOpen);
      expect(isOpenAt(changesAt)).toBe(!isOpen);
      const nextMinute = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
      for (let time = nextMinute; time < changesAt; time += MINUTE_MS) {
        if (isOpenAt(time) !== isOpen) throw new Error(`it changes at ${new Date(time).toISOString()} already`);
      }
    }),
    { numRuns: 200 },
  );
});
