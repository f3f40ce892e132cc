import { type JsonObject, LIMITS, type RolloutTimezone } from '@muster/twin';
import { expect, test } from 'vitest';
import { type DeviceTimezone, KnownTimezones, timezoneOf } from './timezone-of.js';

const tag: RolloutTimezone = { kind: 'tag', path: ['site', 'timezone'] };

test.each<[string, RolloutTimezone, JsonObject, DeviceTimezone]>([
  ['one zone for all', { kind: 'zone', zone: 'UTC' }, { timezone: 'Asia/Tokyo' }, { isKnown: true, zone: 'UTC' }],
  ['its own zone', tag, { site: { timezone: 'Asia/Tokyo' } }, { isKnown: true, zone: 'Asia/Tokyo' }],
  ['no tag', tag, { site: {} }, { isKnown: false, reason: 'the tag /site/timezone is missing' }],
  ['no object on the way', tag, { site: 'x' }, { isKnown: false, reason: 'the tag /site/timezone is missing' }],
  ['a mask', tag, { site: { timezone: null } }, { isKnown: false, reason: 'the tag /site/timezone is not a text' }],
  ['a number', tag, { site: { timezone: 1 } }, { isKnown: false, reason: 'the tag /site/timezone is not a text' }],
  [
    'no zone',
    tag,
    { site: { timezone: 'Mars' } },
    { isKnown: false, reason: 'the tag /site/timezone names no time zone: "Mars"' },
  ],
])('%s', (_, timezone, tags, expected) => {
  const known = new KnownTimezones();
  expect(timezoneOf(timezone, tags, known)).toEqual(expected);
  expect(timezoneOf(timezone, tags, known)).toEqual(expected);
});

test('what was remembered too long is asked for again', () => {
  const known = new KnownTimezones();
  for (let index = 0; index <= LIMITS.timezonesRemembered; index += 1) expect(known.has(`+${index}`)).toBe(false);
  expect(known.has('UTC')).toBe(true);
  expect(known.has('+0')).toBe(false);
});
